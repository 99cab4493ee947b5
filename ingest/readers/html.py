"""HTML → text, with Beautiful Soup on lxml: scripts and hidden parts dropped, tables as rows."""

from __future__ import annotations

from bs4 import BeautifulSoup
from bs4.element import Tag

_DROP = ["script", "style", "noscript", "template", "nav", "footer", "iframe", "svg", "form", "head"]
_BLOCK = ["p", "div", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6", "section", "article", "blockquote"]


def read_html(name: str, data: bytes) -> str:
    """The visible text of a page, a block a line; the encoding is the page's own or is detected."""
    from ingest.readers.text import decode

    text = decode(name, data)
    soup = BeautifulSoup(text, "lxml")
    for tag in soup.find_all(_DROP):
        tag.decompose()
    for tag in soup.find_all(style=True):
        if isinstance(tag, Tag) and "display:none" in str(tag.get("style", "")).replace(" ", "").lower():
            tag.decompose()
    for table in soup.find_all("table"):
        if isinstance(table, Tag) and not table.find("table"):
            table.replace_with("\n" + "\n".join(_rows(table)) + "\n")
    for tag in soup.find_all(_BLOCK):
        tag.insert_before("\n")
        tag.insert_after("\n")
    lines = (" ".join(line.split()) for line in soup.get_text().splitlines())
    return "\n".join(line for line in lines if line) + "\n"


def _rows(table: Tag) -> list[str]:
    """The rows of a table as pipe rows, a rule under the first."""
    rows = [
        "| " + " | ".join(" ".join(cell.get_text(" ").split()) for cell in row.find_all(["td", "th"])) + " |"
        for row in table.find_all("tr")
    ]
    return [*rows[:1], "|---|", *rows[1:]] if len(rows) > 1 else rows
