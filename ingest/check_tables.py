"""Holds data tables against the texts: every row that names a clause names one that exists and has its figures."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from retrieval.numerals import numbers_in

if TYPE_CHECKING:
    from ingest.parse import ParsedDocument

_FIGURES = ("at_least", "equals", "value", "number", "low", "high")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a row says: these figures stand in this clause."""

    document: str
    at: str
    figures: tuple[float, ...]


def claims(data: Any, document: str | None = None) -> Iterator[Claim]:
    """The claims of a table, wherever in it they stand; `document` is inherited from the row above."""
    if isinstance(data, list):
        for row in data:
            yield from claims(row, document)
    elif isinstance(data, dict):
        source = data.get("source") or data.get("basis") or data
        document = source.get("document") or document
        at = source.get("at")
        if document and at:
            stated = [float(data[k]) for k in _FIGURES if isinstance(data.get(k), int | float)]
            stated += [float(x) for k in ("rule", "what") for x in numbers_in(str(data.get(k, "")))]
            yield Claim(document, at, tuple(stated))
        for key, value in data.items():
            if key not in ("source", "basis"):
                yield from claims(value, document)


def faults_of_claim(claim: Claim, text: ParsedDocument) -> Iterator[str]:
    """What is wrong with a claim when it is held against its text; amounts may be written in 元 or 万元."""
    clauses = [c for c in text.clauses if c.locator == claim.at]
    if not clauses:
        yield f"{claim.document} {claim.at}：原文没有这一条"
        return
    article = re.sub(r"第（.*", "", claim.at)
    near = (c for c in text.clauses if c.locator == article or c.locator.startswith(claim.at))
    held = {float(x) for c in near for x in numbers_in(f"{c.own} {' '.join(c.columns.values())}")}
    for figure in claim.figures:
        if not {figure, figure * 10_000} & held:
            yield f"{claim.document} {claim.at}：原文这一条里没有 {figure:g}"
