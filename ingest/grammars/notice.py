"""Notices and plans: 一、/（一）/1./（1）, nested as they come (党政机关公文格式 GB/T 9704 7.3.3)."""

from __future__ import annotations

import re

from ingest.grammars.lists import ListStack
from ingest.repair import Line
from ingest.tree import PART, Opening
from retrieval.clause import ClauseKind

_STYLES = ("一、", "（一）", "1.", "（1）", "1）", "①", "a)")
_REMARK = re.compile(r"备\s?注\s?[:：]?\s*(?=$|1\s?[.．、])")
_INSIDE = re.compile(r"(?<=[；;])\s?(\d{1,2}[.．])(?!\d)")  # an entry that OCR left inside a line
_PARTS = ("一、", "（一）")


def openings(lines: list[Line], prefix: str = "") -> list[Opening]:
    """Where the numbered parts and paragraphs of a notice begin. `prefix` is the annex's label."""
    stack = ListStack(_STYLES)
    labels: list[str] = []
    found: list[Opening] = []
    for line in lines:
        offset = 0
        if remark := _REMARK.match(line.text):
            stack.clear()
            labels = ["备注"]
            offset = remark.end()
            if found and found[-1].locator == _locator(prefix, labels):
                found.pop()  # "备注：" printed once as a heading and again before its first entry
            found.append(Opening(line.start, line.start, PART, ClauseKind.PART, _locator(prefix, labels)))
        for start in (offset, *(m.start(1) for m in _INSIDE.finditer(line.text, offset))):
            if start > offset and not line.text[start:].startswith(f"{stack.last('1.') + 1}"):
                continue
            item = stack.take(line.text[start:])
            if item is None:
                continue
            keep = 1 if labels[:1] == ["备注"] else 0
            del labels[item.level + keep :]
            labels.append(item.label)
            short = len(line.text) <= 45 and not line.text.endswith(("。", "；"))
            part = item.style in _PARTS and short
            found.append(
                Opening(
                    line.start + start,
                    line.start + start + item.end,
                    PART + item.level + keep,
                    ClauseKind.PART if part else ClauseKind.ARTICLE if item.level < 3 else ClauseKind.ITEM,
                    _locator(prefix, labels),
                )
            )
    return found


def _locator(prefix: str, labels: list[str]) -> str:
    inner = "".join(labels)
    gap = " " if prefix and not inner.startswith("（") else ""
    return f"{prefix}{gap}{inner}"
