"""The bureau that the assistant serves: where its rules apply, whom to ask, its campaign, what is not its work."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a campaign task: what is to be done, by when ("每年", an ISO date, None), its locator."""

    what: str
    deadline: str | None
    at: str


@dataclass(frozen=True, slots=True)
class Task:
    """One task of the campaign with the offices that answer for it."""

    name: str
    offices: tuple[str, ...]
    at: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Milestone:
    """What is to be reached by a day."""

    by: str
    what: str
    at: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure that the campaign sets: `what` `compare` `number` `unit`."""

    what: str
    compare: str
    number: float
    unit: str
    at: str


@dataclass(frozen=True, slots=True)
class Campaign:
    """A campaign of limited term; every locator is of its document."""

    document: str
    until: str
    tasks: tuple[Task, ...]
    milestones: tuple[Milestone, ...]
    themes: tuple[str, ...]
    themes_at: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class NotOurs:
    """A matter that another office handles: which, its telephone, the clause (document, locator) where known."""

    matter: str
    who: str
    call: str
    basis: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Bureau:
    """One bureau's file: its name, its jurisdiction from the province down, whom to ask."""

    name: str
    jurisdiction: str
    ask: str
    campaign: Campaign | None = None
    not_ours: tuple[NotOurs, ...] = ()


def load_bureau(path: Path) -> Bureau:
    """Read a bureau's file. Raises ConfigError when it is malformed."""
    import yaml

    try:
        data = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        campaign = data.pop("campaign", None)
        others = [
            {**row, "basis": (row["basis"]["document"], row["basis"]["at"]) if row.get("basis") else None}
            for row in data.pop("not_ours", ())
        ]
        return Bureau(
            **data,
            campaign=_campaign(campaign) if campaign else None,
            not_ours=tuple(NotOurs(**row) for row in others),
        )
    except (OSError, TypeError, KeyError, AttributeError, yaml.YAMLError) as error:
        raise ConfigError(f"主管部门文件 {path.name} 有错：{error}") from error


def _campaign(data: dict[str, Any]) -> Campaign:
    tasks = tuple(
        Task(t["name"], tuple(t["offices"]), t["at"], tuple(Row(**_dated(r, "deadline")) for r in t["rows"]))
        for t in data["tasks"]
    )
    return Campaign(
        document=data["document"],
        until=str(data["until"]),
        tasks=tasks,
        milestones=tuple(Milestone(**_dated(m, "by")) for m in data["milestones"]),
        themes=tuple(data["themes"]),
        themes_at=data["themes_at"],
        figures=tuple(Figure(**f) for f in data["figures"]),
    )


def _dated(row: dict[str, Any], name: str) -> dict[str, Any]:
    """A row whose date, which YAML has read as one, is text again."""
    return {**row, name: None if row[name] is None else str(row[name])}
