"""Every document that is known by name, whether its text is held or not."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from retrieval.clause import Level
from retrieval.errors import ConfigError
from retrieval.numerals import fold_width


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of the catalog; dates as precise as known ("2025", "2025-03-29")."""

    id: str
    title: str
    short: tuple[str, ...] = ()
    number: str | None = None
    issuer: str | None = None
    level: Level = Level.OTHER
    mandatory: bool = False
    jurisdiction: str = "全国"
    issued: str | None = None
    effective: str | None = None
    repealed: str | None = None
    expires: str | None = None
    replaced_by: str | None = None
    replaces: tuple[str, ...] = ()
    display: str = "full"
    page: str | None = None
    note: str | None = None
    amended: str | None = None  # what has amended the text that is described here
    held: str = "none"
    file: str | None = None

    def names(self) -> tuple[str, ...]:
        """All names by which people call the document."""
        return tuple(n for n in (self.title, self.number, self.id, *self.short) if n)


@dataclass(frozen=True, slots=True)
class Catalog:
    """The entries by id, and by every folded name (several entries may share one)."""

    entries: dict[str, Entry]
    by_name: dict[str, tuple[Entry, ...]] = field(default_factory=dict)

    def find(self, name: str) -> Entry | None:
        """The entry of this name; of several that share it, the one in force."""
        found = self.by_name.get(fold_name(name), ())
        return next((e for e in found if not e.repealed), found[0] if found else None)


def load_catalog(path: Path) -> Catalog:
    """Read `catalog.yaml`. Raises ConfigError when an entry is malformed."""
    import yaml

    entries: dict[str, Entry] = {}
    by_name: dict[str, list[Entry]] = {}
    try:
        rows = yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        for row in rows:
            entry = _entry(row)
            entries[entry.id] = entry
            for name in entry.names():
                same = by_name.setdefault(fold_name(name), [])
                if entry not in same:
                    same.append(entry)
    except (OSError, yaml.YAMLError, TypeError, KeyError, ValueError) as error:
        raise ConfigError(f"目录文件 {path.name} 有错：{error}") from error
    return Catalog(entries, {name: tuple(same) for name, same in by_name.items()})


def _entry(row: dict[str, Any]) -> Entry:
    values = dict(row)
    for key in ("issued", "effective", "repealed", "expires"):
        if values.get(key) is not None:
            values[key] = str(values[key])
    for key in ("short", "replaces"):
        values[key] = tuple(str(v) for v in values.get(key) or ())
    values["level"] = Level(values.get("level", Level.OTHER))
    return Entry(**values)


def fold_name(name: str) -> str:
    """A name without what people leave out: blanks, brackets, dashes, slashes, 中华人民共和国."""
    name = fold_width(name).upper().replace("中华人民共和国", "")
    return re.sub(r"[\s《》〈〉<>()\[\]〔〕【】/／\-—–_.:：、“”\"']", "", name)
