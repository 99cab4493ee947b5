"""An official web page → the text of the document on it, and the files that hang on it.

Where the body stands on which site is data (corpus/sites.yaml). Pages with unclosed tags are read with two parsers,
and the one that finds more is believed; where no known container is there, the text between title and footer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from ingest.readers.html import read_html
from ingest.readers.text import decode
from retrieval.errors import ConfigError

_FILE = re.compile(r"\.(docx|pdf|doc|wps)$", re.I)
_DOWNLOAD = re.compile(r"/document/download\?|/law-search/download/")
_SHORT = 1_200  # a body with fewer characters only announces the text, which then hangs on it as a file


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


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: the text of its body, the addresses of its files."""

    text: str
    files: tuple[str, ...]

    @property
    def only_announces(self) -> bool:
        """Whether the text itself must be in one of the files."""
        return len(re.sub(r"\s", "", self.text)) < _SHORT and bool(self.files)


def load_sites(path: Path) -> Sites:
    """Read `sites.yaml`. Raises ConfigError when it is malformed."""
    import yaml

    try:
        data = yaml.safe_load(path.read_text("utf-8"))
        sites = tuple(
            Site(**{k: tuple(v) if isinstance(v, list) else v for k, v in row.items()})
            for row in data["sites"]
        )
        return Sites(sites, tuple(data["body"]), tuple(data["footers"]))
    except (OSError, KeyError, TypeError, yaml.YAMLError) as error:
        raise ConfigError(f"网站文件 {path.name} 有错：{error}") from error


def _site(row: dict[str, Any]) -> Site:
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in row.items()}
    return Site(**values)


def read_page(data: bytes, address: str, title: str, sites: Sites) -> Page:
    """The body and the files of a page. Raises UnreadableFile where it is not text at all."""
    html = decode(address, data)
    selectors = sites.selectors(urlsplit(address).hostname or "")
    bodies = [_body(BeautifulSoup(html, parser), selectors) for parser in ("lxml", "html.parser")]
    found = max(bodies, key=len)
    text = found or _after_title(read_html(address, data), title)
    links = BeautifulSoup(html, "html.parser").find_all("a", href=True)
    addresses = (urljoin(address, str(link["href"])) for link in links if isinstance(link, Tag))
    files = (a for a in addresses if _FILE.search(urlsplit(a).path) or _DOWNLOAD.search(a))
    return Page(_before_footer(text, sites.footers), tuple(dict.fromkeys(files)))


def _body(soup: BeautifulSoup, selectors: tuple[str, ...]) -> str:
    """The text of the first container that is there and holds more than a line."""
    for selector in selectors:
        best = max((read_html("", str(tag).encode()) for tag in soup.select(selector)), key=len, default="")
        if len(best) > 80:
            return best
    return ""


def _after_title(text: str, title: str) -> str:
    place = text.rfind(title)
    return text[place:] if place >= 0 else text


def _before_footer(text: str, footers: tuple[str, ...]) -> str:
    """The text without what sites put below it; cut only behind the last article."""
    last = max((m.end() for m in re.finditer(r"第[一二三四五六七八九十百零]+条", text)), default=0)
    cuts = [place for f in footers if (place := text.find(f, last)) > 0]
    return text[: min(cuts, default=len(text))].rstrip() + "\n"
