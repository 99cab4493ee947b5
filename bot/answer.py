"""What a reader gets: an Answer with its Evidence and Citations."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any


class Evidence(StrEnum):
    """How well an answer is grounded; always shown."""

    CLEAR = "clear"
    PARTIAL = "partial"
    NONE = "none"

    @property
    def words(self) -> str:
        """How a reader is told."""
        return {"clear": "有明确依据", "partial": "部分依据", "none": "未找到依据"}[self.value]


def named(title: str) -> str:
    """A title in its brackets; those inside it become single ones (GB/T 15834, 4.15)."""
    return f"《{title.replace('《', '〈').replace('》', '〉')}》"


@dataclass(frozen=True, slots=True)
class Citation:
    """One clause that the answer rests on. `quote` is a verbatim span of it unless `verbatim` is False
    (a key point of ours); `lead_in` is what stands before an item and is needed to read it; `beside` are the
    other cells of its table row, by column."""

    n: int
    clause_id: str
    title: str
    doc_number: str | None
    locator: str
    quote: str
    verbatim: bool
    status: str
    level: str
    source: str | None
    lead_in: str = ""
    beside: tuple[tuple[str, str], ...] = ()
    text_date: str | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer: plain text with [n] marks, its evidence, its citations, what to mind about it."""

    question: str
    answer: str
    evidence: Evidence
    citations: tuple[Citation, ...]
    notes: tuple[str, ...]
    as_of: date
    removed: tuple[str, ...] = ()
    tools: tuple[str, ...] = field(default=("search_regulations",))

    def to_json(self, question_id: str | None = None) -> dict[str, Any]:
        """The answer as `anwen ask --json` prints it."""
        return {
            "id": question_id,
            "question": self.question,
            "answer": self.answer,
            "evidence": self.evidence.value,
            "citations": [
                {
                    "n": c.n,
                    "clause_id": c.clause_id,
                    "title": c.title,
                    "doc_number": c.doc_number,
                    "locator": c.locator,
                    "quote": c.quote,
                    "verbatim": c.verbatim,
                    "status": c.status,
                    "level": c.level,
                    "source": c.source,
                }
                for c in self.citations
            ],
            "notes": list(self.notes),
            "removed": list(self.removed),
            "tools": list(self.tools),
            "as_of": self.as_of.isoformat(),
        }
