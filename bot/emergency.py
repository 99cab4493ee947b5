"""Danger or injury happening now: fixed lines that come before anything else. Lines and patterns are data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Emergency:
    """One kind of danger: the ways in which people say that it happens, and what to tell them first."""

    id: str
    happened: re.Pattern[str]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Emergencies:
    """All kinds of danger. A text that asks for a rule (`rule`) is no cry for help unless it has words
    of urgency (`urgent`)."""

    kinds: tuple[Emergency, ...]
    rule: re.Pattern[str]
    urgent: re.Pattern[str]

    def meant_by(self, text: str) -> tuple[Emergency, ...]:
        """The kinds of danger that a text speaks of as happening, at most two, in the order of the file."""
        if self.rule.search(text) and not self.urgent.search(text):
            return ()
        return tuple(kind for kind in self.kinds if kind.happened.search(text))[:2]


def load_emergencies(path: Path) -> Emergencies:
    """Read `emergency.yaml`. Raises ConfigError when it is malformed."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        kinds = tuple(
            Emergency(
                row["id"], re.compile("|".join(f"(?:{p})" for p in row["happened"])), tuple(row["lines"])
            )
            for row in data["kinds"]
        )
        return Emergencies(kinds, re.compile(data["rule"]), re.compile(data["urgent"]))
    except (OSError, KeyError, TypeError, re.error, yaml.YAMLError) as error:
        raise ConfigError(f"紧急提示文件 {path.name} 有错：{error}") from error
