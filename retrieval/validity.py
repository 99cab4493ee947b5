"""Whether a document is in force at a date, how it ranks, and what to say about it."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from retrieval.clause import Document, Level

if TYPE_CHECKING:
    from retrieval.catalog import Entry


class Status(StrEnum):
    """What a document is at a given date."""

    IN_FORCE = "in force"
    REPLACED = "replaced"
    NOT_YET = "not yet effective"
    EXPIRED = "expired"


_RANK = {level: rank for rank, level in enumerate(Level)}


def status_at(document: Document | Entry, day: date) -> Status:
    """A document's status at a date; a date known to the year only counts from its first day."""
    if (start := _day(document.effective)) and day < start:
        return Status.NOT_YET
    if (end := _day(document.repealed)) and day >= end:
        return Status.REPLACED
    if (term := _day(document.expires)) and day > term:
        return Status.EXPIRED
    return Status.IN_FORCE


def applies_in(document: Document | Entry, place: str | None) -> bool:
    """Whether a document applies at a place such as 福建省泉州市晋江市 (None: anywhere)."""
    return place is None or document.jurisdiction == "全国" or place.startswith(document.jurisdiction)


def rank_of(document: Document) -> int:
    """0 for the highest level; a lower number prevails over a higher one."""
    return _RANK[document.level]


def _day(text: str | None) -> date | None:
    if not text:
        return None
    parts = [int(p) for p in text.split("-")]
    return date(*[*parts, 1, 1][:3])
