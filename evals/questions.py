"""Reads question sets: JSON lines of question, kind, gold clauses, facts that the answer must hold."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ingest.keypoints import provision_of
from retrieval.clause import Clause
from retrieval.numerals import normalise

OFF_TOPIC = ("out_of_scope", "injection")  # must be refused; other questions without an answer may be hedged
FOLDER = Path(__file__).parent / "questions"


@dataclass(frozen=True, slots=True)
class Gold:
    """A clause that is right to cite: document and locator, or a piece of text that it contains."""

    document: str
    locator: str
    contains: str

    def matches(self, clause: Clause, *, restated: bool = False) -> bool:
        """Whether a clause is this one: the same document, and it contains the text; a key point that restates
        it has the same article or numbered clause."""
        if restated:
            here, there = provision_of(clause.locator), provision_of(self.locator)
            same = here == there or clause.locator.startswith(there) or self.locator.startswith(here)
            return clause.document_id == self.document and same
        return clause.document_id == self.document and squeezed(self.contains) in squeezed(
            f"{clause.context}{clause.text}{''.join(clause.columns.values())}"
        )


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `facts` are groups; of each group one wording must stand in the answer."""

    id: str
    question: str
    kind: str
    as_of: date | None
    gold: tuple[Gold, ...]
    facts: tuple[tuple[str, ...], ...]
    answerable: bool


def splits() -> list[str]:
    """The names of all question sets."""
    return sorted(path.stem for path in FOLDER.glob("*.jsonl"))


def load(split: str) -> list[Question]:
    """The questions of a split ("dev" or "test")."""
    found: list[Question] = []
    for line in (FOLDER / f"{split}.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        found.append(
            Question(
                id=row["id"],
                question=row["question"],
                kind=row["kind"],
                as_of=date.fromisoformat(row["as_of"]) if row["as_of"] else None,
                gold=tuple(Gold(**g) for g in row["gold"]),
                facts=tuple(tuple(group) for group in row["facts"]),
                answerable=row["evidence"] != "none",
            )
        )
    return found


def squeezed(text: str) -> str:
    """A text for comparison: numerals made one way, blanks and signs left out."""
    return re.sub(r"[\s，。、；：,;:“”\"'（）()《》·]", "", normalise(text))
