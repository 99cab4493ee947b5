"""The official sites: where the body stands on their pages, and which of them to look at for a document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from retrieval.errors import ConfigError

if TYPE_CHECKING:
    from retrieval.catalog import Entry


@dataclass(frozen=True, slots=True)
class Site:
    """An official site: host, CSS selectors of its bodies, and how to tell what is to be looked for there."""

    name: str
    host: str
    look: str
    body: tuple[str, ...] = ()
    issued_by: tuple[str, ...] = ()
    levels: tuple[str, ...] = ()
    numbers: str | None = None


@dataclass(frozen=True, slots=True)
class Sites:
    """All sites, with the selectors and footers that hold everywhere."""

    sites: tuple[Site, ...]
    body: tuple[str, ...]
    footers: tuple[str, ...]

    def selectors(self, host: str) -> tuple[str, ...]:
        """The selectors to try for a page of a host, its own first."""
        own = (s for site in self.sites if site.host == host for s in site.body)
        return (*dict.fromkeys(own), *self.body)

    def where(self, entry: Entry) -> Site | None:
        """The site on which a document is to be looked for by its name: that of its kind of number, else that of
        its issuer, else that of its level."""
        number, issuer = entry.number or entry.id, entry.issuer or ""
        of_number = (s for s in self.sites if s.numbers and re.match(s.numbers, number))
        of_issuer = (s for s in self.sites if any(name in issuer for name in s.issued_by))
        of_level = (s for s in self.sites if entry.level.value in s.levels)
        return next((s for found in (of_level, of_number, of_issuer) for s in found), None)


def load_sites(path: Path) -> Sites:
    """Read `sites.yaml`. Raises ConfigError when it is malformed."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        sites = tuple(_site(row) for row in data["sites"])
        return Sites(sites, tuple(data["body"]), tuple(data["footers"]))
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"网站文件 {path.name} 有错：{error}") from error


def _site(row: dict[str, Any]) -> Site:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Site(**values)
