"""The tables that answers are looked up in: training hours, dangerous works, major hazards, accidents, rewards.

Data with a source clause for every value (corpus/tables/*.yaml); `anwen corpus check` holds them to the texts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ConfigError
from retrieval.validity import applies_in

if TYPE_CHECKING:
    from retrieval.catalog import Catalog


@dataclass(frozen=True, slots=True)
class Source:
    """Where a value stands: document id and locator; no locator where the text has not been seen."""

    document: str
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Training:
    """A training requirement: who, on what occasion, at least (or exactly) how much."""

    who: str
    occasion: str
    unit: str
    source: Source
    applies: str
    at_least: float | None = None
    equals: float | None = None
    trust: str | None = None


@dataclass(frozen=True, slots=True)
class Threshold:
    """One condition under which a work counts: a parameter that reaches a value, or `always` in words."""

    at: str
    parameter: str | None = None
    compare: str | None = None
    value: float | None = None
    unit: str | None = None
    always: str | None = None


@dataclass(frozen=True, slots=True)
class DangerousWork:
    """A kind of work, the words for it, when it is 危大 (`dangerous`) and when 超过一定规模 (`oversized`)."""

    work: str
    words: tuple[str, ...]
    dangerous: tuple[Threshold, ...]
    oversized: tuple[Threshold, ...]


@dataclass(frozen=True, slots=True)
class MajorHazard:
    """A criterion of a major hazard: work, condition, what an inspector looks at, article."""

    work: str
    condition: str
    look_at: tuple[str, ...]
    words: tuple[str, ...]
    at: str


@dataclass(frozen=True, slots=True)
class AccidentClass:
    """A class of accident: [low, high) of deaths, serious injuries, loss in 万元; any one of them suffices."""

    name: str
    deaths: tuple[float | None, float | None]
    serious: tuple[float | None, float | None]
    loss: tuple[float | None, float | None]
    source: Source


@dataclass(frozen=True, slots=True)
class Deadline:
    """Who reports an accident to whom, within what time."""

    who: str
    to: str
    within: str
    source: Source


@dataclass(frozen=True, slots=True)
class Fine:
    """The fine of a unit that is responsible for an accident of a class, 万元."""

    accident: str
    low: float
    high: float
    source: Source


@dataclass(frozen=True, slots=True)
class RewardRule:
    """A rule of the national reward scheme."""

    topic: str
    rule: str
    source: Source
    is_amount: bool


@dataclass(frozen=True, slots=True)
class LocalReward:
    """What is known of a local scheme; `amount` is None where it is not known, and then none is stated."""

    place: str
    scheme: str
    held: bool
    amount: str | None
    note: str


@dataclass(frozen=True, slots=True)
class Tables:
    """All tables."""

    training: tuple[Training, ...]
    dangerous: tuple[DangerousWork, ...]
    dangerous_document: str
    hazards: tuple[MajorHazard, ...]
    hazards_document: str
    accidents: tuple[AccidentClass, ...]
    deadlines: tuple[Deadline, ...]
    fines: tuple[Fine, ...]
    superseded_fines: tuple[Fine, ...]
    rewards: tuple[RewardRule, ...]
    local_rewards: tuple[LocalReward, ...]

    def applying_in(self, place: str, catalog: Catalog) -> Tables:
        """The tables without the training hours that another place has set for itself."""
        entries = catalog.entries
        here = tuple(
            row
            for row in self.training
            if (entry := entries.get(row.source.document)) is None or applies_in(entry, place)
        )
        return replace(self, training=here)


def load_tables(folder: Path) -> Tables:
    """Read all tables of a folder. Raises ConfigError, naming the file, when one is malformed."""
    name = ""
    try:
        name = "training-hours.yaml"
        training = tuple(Training(**_sourced(r)) for r in _read(folder / name))
        name = "dangerous-works.yaml"
        works = _read(folder / name)
        dangerous = tuple(
            DangerousWork(
                w["work"], tuple(w["words"]), _thresholds(w["dangerous"]), _thresholds(w["oversized"])
            )
            for w in works["works"]
        )
        name = "hazards-2024.yaml"
        criteria = _read(folder / name)
        hazards = tuple(
            MajorHazard(i["work"], i["condition"], tuple(i["look_at"]), tuple(i["words"]), i["at"])
            for i in criteria["items"]
        )
        name = "accidents.yaml"
        accidents = _read(folder / name)
        name = "rewards.yaml"
        rewards = _read(folder / name)
        national = rewards["national"]
        return Tables(
            training=training,
            dangerous=dangerous,
            dangerous_document=works["document"],
            hazards=hazards,
            hazards_document=criteria["document"],
            accidents=tuple(_class(r) for r in accidents["classes"]),
            deadlines=tuple(Deadline(**_sourced(r)) for r in accidents["reporting"]),
            fines=tuple(_fine(r) for r in accidents["fines"]),
            superseded_fines=tuple(_fine(r) for r in accidents["superseded_fines"]),
            rewards=tuple(
                RewardRule(r["topic"], r["rule"], Source(national["document"], r["at"]), kind == "amounts")
                for kind in ("rules", "amounts")
                for r in national[kind]
            ),
            local_rewards=tuple(
                LocalReward(r["place"], r["scheme"], r["held"], r["amount"], r["note"])
                for r in rewards["local"]
            ),
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ConfigError(f"数据表 {name} 有错：{error}") from error


def _read(path: Path) -> Any:
    import yaml

    try:
        return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from error


def _sourced(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "source": Source(**row["source"])}


def _thresholds(rows: list[dict[str, Any]]) -> tuple[Threshold, ...]:
    return tuple(Threshold(**row) for row in rows)


def _class(row: dict[str, Any]) -> AccidentClass:
    ranges = {key: tuple(row[key]) for key in ("deaths", "serious", "loss")}
    return AccidentClass(**{**_sourced(row), **ranges})


def _fine(row: dict[str, Any]) -> Fine:
    return Fine(row["class"], row["low"], row["high"], Source(**row["source"]))
