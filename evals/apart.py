"""Keeps what is trained on apart from what is measured: by clause, and by wording.

A pair (question → clauses) clashes with the question sets where one of its clauses is in an article that is gold
there, or where its wording is nearly that of a question asked there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

from evals.questions import Question
from ingest.keypoints import provision_of
from retrieval.numerals import normalise

SAME_WORDING = 0.75  # share of the bigrams of two questions together that both have


class Measured:
    """The articles and the wordings of question sets."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self._articles: set[tuple[str, str]] = set()
        self._wordings: list[set[str]] = []
        self._with: dict[str, list[int]] = defaultdict(list)
        for question in questions:
            self._articles |= {(g.document, provision_of(g.locator)) for g in question.gold}
            grams = _bigrams(question.question)
            for gram in grams:
                self._with[gram].append(len(self._wordings))
            self._wordings.append(grams)

    def has_clause(self, clause_id: str) -> bool:
        """Whether a clause, named by its id, is in an article that is gold for some question."""
        document, locator = clause_id.split("@", maxsplit=1)[0], clause_id.split("/", 1)[-1]
        return (document, provision_of(re.sub(r"~\d+$", "", locator))) in self._articles

    def has_wording(self, text: str) -> bool:
        """Whether a text is nearly a question of the sets."""
        own = _bigrams(text)
        shared: dict[int, int] = defaultdict(int)
        for gram in own:
            for n in self._with.get(gram, ()):
                shared[n] += 1
        return any(k / len(own | self._wordings[n]) >= SAME_WORDING for n, k in shared.items())

    def clashing(self, pairs: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The pairs that must not be trained on."""
        for pair in pairs:
            if self.has_wording(pair["query"]) or any(self.has_clause(name) for name in pair["relevant"]):
                yield pair


def article_of(clause_id: str) -> tuple[str, str]:
    """The document and the article or numbered clause that a clause id names."""
    document, locator = clause_id.split("@", maxsplit=1)[0], clause_id.split("/", 1)[-1]
    return document, provision_of(re.sub(r"~\d+$", "", locator))


def _bigrams(text: str) -> set[str]:
    letters = "".join(re.findall(r"[\u4e00-\u9fffa-z\d]", normalise(text)))
    return {letters[i : i + 2] for i in range(len(letters) - 1)}
