"""The things that everything else speaks of: Document, Clause, Hit, and how a clause is named."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Level(StrEnum):
    """Rank of a document, highest first (立法法; 标准化法 for the standards)."""

    LAW = "法律"
    ADMINISTRATIVE_REGULATION = "行政法规"
    JUDICIAL_INTERPRETATION = "司法解释"
    LOCAL_REGULATION = "地方性法规"
    DEPARTMENTAL_RULE = "部门规章"
    LOCAL_RULE = "地方政府规章"
    NORMATIVE_DOCUMENT = "规范性文件"
    NATIONAL_STANDARD = "国家标准"
    INDUSTRY_STANDARD = "行业标准"
    LOCAL_NORMATIVE_DOCUMENT = "地方规范性文件"
    OTHER = "其他"


@dataclass(frozen=True, slots=True)
class Document:
    """One text of one regulation or standard.

    Dates are ISO strings as precise as known ("2025", "2025-03", "2025-03-29"); `effective` is the
    day on which *this text* began, not the day of the first edition. `expires` is the end of a
    document of limited term, `repealed` the day on which it was replaced or withdrawn.
    """

    id: str
    title: str
    number: str | None = None
    issuer: str | None = None
    level: Level = Level.OTHER
    jurisdiction: str = "全国"
    issued: str | None = None
    effective: str | None = None
    repealed: str | None = None
    replaced_by: str | None = None
    expires: str | None = None
    kind: str = "full text"
    display: str = "full"
    note: str | None = None
    source: str | None = None
    short: tuple[str, ...] = ()
    trust: str | None = None  # of key points: how far their source is to be trusted
    amended: str | None = None  # what has amended it since this text

    @property
    def text_id(self) -> str:
        """`document@text-date`, the first half of every clause id of this text."""
        return f"{self.id}@{self.effective or self.issued or '0'}"

    @property
    def effective_precision(self) -> str:
        """How exactly the start is known: "day", "month", "year" or "unknown"."""
        return {10: "day", 7: "month", 4: "year"}.get(len(self.effective or ""), "unknown")


class ClauseKind(StrEnum):
    """What a node of a document's tree is."""

    PART = "part"  # 编, 章, 节, a numbered chapter, an annex: a heading over others
    ARTICLE = "article"  # 条, a numbered clause of a standard, a numbered paragraph of a notice
    PARAGRAPH = "paragraph"  # 款
    ITEM = "item"  # 项, 目, 1), a)
    ROW = "row"  # a row of a table
    PLAIN = "plain"  # text that no grammar could place


@dataclass(frozen=True, slots=True)
class Clause:
    """One node of a document's tree.

    `text` is the node with all below it, `own` its own characters only; `start` and `end` bound
    the own characters in the source text. `context` is the lead-in of the parent, where the
    node is an item that cannot be read alone. `columns` holds the cells of a table row by name.
    """

    id: str
    document_id: str
    locator: str
    heading_path: tuple[str, ...]
    kind: ClauseKind
    text: str
    own: str
    start: int
    end: int
    parent: str | None
    order: int
    context: str = ""
    columns: dict[str, str] = field(default_factory=dict)
    external_id: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that was found: how well it fits (0–1) and which legs found it, and why."""

    clause: Clause
    document: Document
    score: float
    why: dict[str, float | str]
    focus: Clause | None = None  # the item inside the clause that fits best
    repeats: tuple[str, ...] = ()  # ids of clauses that say the same


def clause_id(document: Document, locator: str, occurrence: int = 1) -> str:
    """`document@text-date/locator[~n]`: stable across rebuilds of the index."""
    suffix = f"~{occurrence}" if occurrence > 1 else ""
    return f"{document.text_id}/{locator}{suffix}"
