"""An official web page → the text of the document on it, and the files that hang on it.

Where the body stands on which site is data (corpus/sites.yaml). Pages with unclosed tags are read with two parsers,
and the one that finds more is believed; where no known container is there, the text between title and footer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup
from bs4.element import Tag

from ingest.readers.html import read_html
from ingest.readers.text import decode
from ingest.sites import Sites

_FILE = re.compile(r"\.(docx|pdf|doc|wps)$", re.I)
_DOWNLOAD = re.compile(r"/document/download\?|/law-search/download/")
_SHORT = 1_200  # a body with fewer characters only announces the text, which then hangs on it as a file


@dataclass(frozen=True, slots=True)
class Page:
    """What a page holds: the text of its body, the addresses of its files."""

    text: str
    files: tuple[str, ...]

    @property
    def only_announces(self) -> bool:
        """Whether the text itself must be in one of the files."""
        return len(re.sub(r"\s", "", self.text)) < _SHORT and bool(self.files)


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
