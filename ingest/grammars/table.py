"""Tables: each row a node whose cells keep the names of their columns.

Two shapes: pipe rows (Markdown, HTML, Word), and rows flattened to tabs as in the bureau's annex,
where the middle cell holds a numbered list of its own.
"""

from __future__ import annotations

import re

from ingest.grammars.lists import ListStack
from ingest.repair import Line
from ingest.tree import ITEM, LEAF, PART, Opening
from retrieval.clause import ClauseKind

ROW = 35
_GROUP = re.compile(r"[一二三四五六七八九十]+")
_NUMBERED = re.compile(r"(\d{1,2})[.．、]")
_CAPTION = re.compile(r"(?:[续附]\s?)?表\s?([A-Z]?[\d.．\-–]*\d)")
_ROW_LABEL = re.compile(r"[（(][一二三四五六七八九十]+[)）]")
_INNER = re.compile(r"(?:(?<=^)|(?<=[\s。；]))(\d{1,2})[.．](?=\s?[\u4e00-\u9fff“《2])")


def pipe_rows(lines: list[Line]) -> list[Opening]:
    """The rows of pipe tables. The first row of a table names its columns."""
    found: list[Opening] = []
    caption = "表"
    header: list[str] | None = None
    group = ""
    count = 0
    for line in lines:
        if not line.text.startswith("|"):
            if match := _CAPTION.match(line.text):
                caption = f"表{match.group(1)}"
                count = 0
            elif header is not None:
                caption = "表"
                count = 0
            header = None
            continue
        cells = [cell.strip() for cell in line.text.strip().strip("|").split("|")]
        if header is None:
            header = cells
            continue
        count += 1
        columns = {name: cell for name, cell in zip(header, cells, strict=False) if name and cell}
        locator = f"{caption}第{count}行"
        if _GROUP.fullmatch(cells[0]) and (number := _NUMBERED.match(cells[-1])):
            locator = f"{cells[0]}{number.group(1)}"
            if cells[0] != group:
                group = cells[0]
                found.append(Opening(line.start, line.start, PART, ClauseKind.PART, group))
        found.append(Opening(line.start, line.start, ROW, ClauseKind.ROW, locator, columns=columns))
    return found


def tab_rows(lines: list[Line], prefix: str) -> list[Opening]:
    """The rows of a table flattened to tabs: row, the numbered entries of its cells, last cell."""
    found: list[Opening] = []
    header: list[str] = []
    for line in lines:
        if "\t" not in line.text:
            continue
        cells = line.text.split("\t")
        match = _ROW_LABEL.match(cells[0].strip())
        if match is None:
            header = [cell.strip() for cell in cells]
            found.append(
                Opening(line.start, line.start, LEAF, ClauseKind.PLAIN, f"{prefix}表头", searched=False)
            )
            continue
        columns = {name: cell.strip() for name, cell in zip(header, cells, strict=False) if cell.strip()}
        label = match.group().replace("(", "（").replace(")", "）")
        base = f"{prefix}{label}"
        found.append(
            Opening(line.start, line.start + match.end(), ROW, ClauseKind.ROW, base, columns=columns)
        )
        offset = line.start + len(cells[0]) + 1
        for name, cell in zip(header[1:], cells[1:], strict=False):
            inner = _entries(cell, offset, base, columns)
            if inner:
                found += inner
            else:
                found.append(Opening(offset, offset, ITEM, ClauseKind.PLAIN, f"{base}{name}", searched=False))
            offset += len(cell) + 1
    return found


def _entries(cell: str, offset: int, base: str, columns: dict[str, str]) -> list[Opening]:
    stack = ListStack(("1.",))
    found: list[Opening] = []
    for match in _INNER.finditer(cell):
        item = stack.take(cell[match.start() :])
        if item is None:
            continue
        others = {k: v for k, v in columns.items() if v != cell.strip()}
        found.append(
            Opening(
                offset + match.start(),
                offset + match.start() + item.end,
                ITEM,
                ClauseKind.ITEM,
                f"{base}{item.number}",
                columns=others,
            )
        )
    return found
