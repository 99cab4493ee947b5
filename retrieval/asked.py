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

from retrieval.interaction import Interaction
from retrieval.lexical import LexicalIndex
from retrieval.rank import over_best

if TYPE_CHECKING:
    from retrieval.dense import Matrix, WordVectors

Column = npt.NDArray[np.float32]
_MET = 64  # phrases that are looked at word by word


class Asked:
    """The phrases of all clauses, sorted by the number of the clause that is shown for them."""

    def __init__(self, folder: Path, shown: npt.NDArray[np.int32]) -> None:
        """`shown` is the clause shown for each unit, so that scores can be told unit by unit."""
        self._lexical = LexicalIndex.open(folder / "lexical")
        self._vectors = np.load(folder / "vectors.npy").astype(np.float32)
        targets: npt.NDArray[np.int32] = np.load(folder / "targets.npy")
        words = folder / "words"
        self._interaction = Interaction(words) if words.is_dir() else None
        self._clauses, self._starts = np.unique(targets, return_index=True)
        self._of_phrase = np.searchsorted(self._clauses, targets)
        place = np.searchsorted(self._clauses, shown)
        place[place == len(self._clauses)] = 0
        self._place = np.where(self._clauses[place] == shown, place, -1)
        order = np.argsort(shown, kind="stable")
        self._first = order[np.minimum(np.searchsorted(shown[order], self._clauses), len(order) - 1)]

    @classmethod
    def build(
        cls,
        folder: Path,
        asked: Sequence[tuple[int, str, list[str]]],
        vectors: Matrix,
        model: WordVectors | None,
    ) -> None:
        """Write phrases, each given by the clause it is for, itself, and its tokens; `vectors` of shape (phrases,
        dimensions), `model` for late interaction where there is one."""
        targets, phrases, tokens = zip(*asked, strict=True)
        folder.mkdir(parents=True)
        order = np.argsort(np.asarray(targets), kind="stable")
        np.save(folder / "targets.npy", np.asarray(targets, dtype=np.int32)[order])
        np.save(folder / "vectors.npy", vectors[order].astype(np.float16))
        LexicalIndex.build(folder / "lexical", [tokens[i] for i in order])
        if model is not None:
            words = [[t for t in tokens[i] if not t.startswith("_")] for i in order]
            Interaction.build(folder / "words", [phrases[i] for i in order], words, model)

    def scores(
        self, question: str, tokens: list[str], vector: Matrix, model: WordVectors | None
    ) -> tuple[Column, Column, Column, Column]:
        """For each clause that has phrases the best BM25, the best cosine, how well the nearest of them meet the
        question's words, and how well it meets theirs (0 where none is near); shapes (clauses,)."""
        lexical = self._lexical.scores(tokens)
        alike = self._vectors @ vector[0]
        met, back = np.zeros((2, len(self._clauses)), dtype=np.float32)
        if self._interaction is not None and model is not None:
            rough = over_best(lexical) + 2 * over_best(alike)
            near = np.argpartition(-rough, min(_MET, len(rough) - 1))[:_MET]
            meeting, _, meeting_back = self._interaction.scores(question, near, model)
            np.maximum.at(met, self._of_phrase[near], meeting)
            np.maximum.at(back, self._of_phrase[near], meeting_back)
        return (
            np.maximum.reduceat(lexical, self._starts),
            np.maximum.reduceat(alike, self._starts),
            met,
            back,
        )

    def of_units(self, scores: Column, units: npt.NDArray[np.int64]) -> Column:
        """Scores of clauses as scores of units; 0 for a unit whose clause has no phrases."""
        place = self._place[units]
        return np.where(place >= 0, scores[place], np.float32(0))

    def best_units(self, scores: Column, k: int) -> list[int]:
        """A unit of each of the k clauses with the highest scores."""
        k = min(k, len(scores))
        return [int(u) for u in self._first[np.argpartition(-scores, k - 1)[:k]]]
