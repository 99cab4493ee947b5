"""The ways in which people ask for a clause, matched with the question that is asked.

A key point comes with a few questions that it answers ("护栏要多高"); a regulation does not speak like that. The
idea is that of doc2query (Nogueira et al. 2019, arXiv:1904.08375), with questions written by people who read the
clause, and kept apart from the clause so that what it says and how it is asked for count separately.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from retrieval.lexical import LexicalIndex

if TYPE_CHECKING:
    from retrieval.dense import Matrix

Column = npt.NDArray[np.float32]


class Asked:
    """The phrases of all clauses, sorted by the number of the clause that is shown for them."""

    def __init__(self, folder: Path, shown: npt.NDArray[np.int32]) -> None:
        """`shown` is the clause shown for each unit, so that scores can be told unit by unit."""
        self._lexical = LexicalIndex.open(folder / "lexical")
        self._vectors = np.load(folder / "vectors.npy").astype(np.float32)
        targets: npt.NDArray[np.int32] = np.load(folder / "targets.npy")
        self._clauses, self._starts = np.unique(targets, return_index=True)
        place = np.searchsorted(self._clauses, shown)
        place[place == len(self._clauses)] = 0
        self._place = np.where(self._clauses[place] == shown, place, -1)
        order = np.argsort(shown, kind="stable")
        self._first = order[np.minimum(np.searchsorted(shown[order], self._clauses), len(order) - 1)]

    @classmethod
    def build(
        cls, folder: Path, targets: Sequence[int], tokens: Sequence[list[str]], vectors: Matrix
    ) -> None:
        """Write phrases, given by the clause each is for, its tokens and its vector, shape (phrases, dimensions)."""
        folder.mkdir(parents=True)
        order = np.argsort(np.asarray(targets), kind="stable")
        np.save(folder / "targets.npy", np.asarray(targets, dtype=np.int32)[order])
        np.save(folder / "vectors.npy", vectors[order].astype(np.float16))
        LexicalIndex.build(folder / "lexical", [tokens[i] for i in order])

    def scores(self, tokens: list[str], vector: Matrix) -> tuple[Column, Column]:
        """For each clause that has phrases the best BM25 and the best cosine among them, shapes (clauses,)."""
        lexical = np.maximum.reduceat(self._lexical.scores(tokens), self._starts)
        alike = np.maximum.reduceat(self._vectors @ vector[0], self._starts)
        return lexical, alike

    def of_units(self, scores: Column, units: npt.NDArray[np.int64]) -> Column:
        """Scores of clauses as scores of units; 0 for a unit whose clause has no phrases."""
        place = self._place[units]
        return np.where(place >= 0, scores[place], np.float32(0))

    def best_units(self, scores: Column, k: int) -> list[int]:
        """A unit of each of the k clauses with the highest scores."""
        k = min(k, len(scores))
        return [int(u) for u in self._first[np.argpartition(-scores, k - 1)[:k]]]
