"""The bureau that the assistant serves: where its rules apply and whom to ask."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Bureau:
    """One bureau's file: its name, its jurisdiction from the province down, whom to ask."""

    name: str
    jurisdiction: str
    ask: str


def load_bureau(path: Path) -> Bureau:
    """Read a bureau's file. Raises ConfigError when it is malformed."""
    import yaml

    try:
        return Bureau(**yaml.safe_load(path.read_text("utf-8")))
    except (OSError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"主管部门文件 {path.name} 有错：{error}") from error
