"""Danger or injury happening now: fixed lines that come before anything else. The lines are data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ConfigError

_ASKS_RULE = re.compile(
    r"(?:依据|条文|第[一二三四五六七八九十\d]+条|标准号|规范|怎么认定|算不算|属于|几级|等级|定义|什么叫|是指)"
)


@dataclass(frozen=True, slots=True)
class Emergency:
    """One kind of danger: when it is meant, and what to say first."""

    id: str
    when: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    lines: tuple[str, ...]

    def meant_by(self, text: str) -> bool:
        """Whether a text speaks of this danger as happening, not of the rule about it."""
        if _ASKS_RULE.search(text) or (self.unless and self.unless.search(text)):
            return False
        return all(pattern.search(text) for pattern in self.when)


def load_emergencies(path: Path) -> tuple[Emergency, ...]:
    """Read `emergency.yaml`. Raises ConfigError when it is malformed."""
    import yaml

    try:
        return tuple(
            Emergency(
                id=row["id"],
                when=tuple(re.compile(group) for group in row["when"]),
                unless=re.compile("|".join(row["unless"])) if row.get("unless") else None,
                lines=tuple(row["lines"]),
            )
            for row in yaml.safe_load(path.read_text("utf-8"))
        )
    except (OSError, KeyError, TypeError, re.error, yaml.YAMLError) as error:
        raise ConfigError(f"紧急提示文件 {path.name} 有错：{error}") from error


def emergencies_in(text: str, emergencies: tuple[Emergency, ...]) -> tuple[Emergency, ...]:
    """The kinds of danger that a text speaks of, at most two, in the order of the file."""
    return tuple(e for e in emergencies if e.meant_by(text))[:2]
