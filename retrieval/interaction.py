"""Late interaction over static word vectors: how well each word of a question is met in a unit.

MaxSim of Khattab & Zaharia, "ColBERT" (SIGIR 2020), with the static model's vectors in place of a
transformer's, and each question word weighted by its rarity and its learned importance. Finds 堆放高度 for 码多高.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.dense import WordVectors

Column = npt.NDArray[np.float32]
MAX_PIECES = 128
_MET = 0.5  # a word whose best cosine is below this is not fully met


class Interaction:
    """The words of every unit as piece numbers of the static model, one flat array with offsets."""

    def __init__(self, folder: Path) -> None:
        self._pieces: npt.NDArray[np.int32] = np.asarray(np.load(folder / "pieces.npy", mmap_mode="r"))
        self._offsets: npt.NDArray[np.int64] = np.load(folder / "offsets.npy")
        self._rarity: Column = np.load(folder / "rarity.npy")

    @classmethod
    def build(cls, folder: Path, texts: Sequence[str], words: list[list[str]], model: WordVectors) -> None:
        """Write the different pieces of each text, its words given, to a folder."""
        folder.mkdir(parents=True)
        rows = [np.unique(row[:MAX_PIECES]) for row in model.pieces(list(texts), words)]
        seen = np.zeros(model.size, dtype=np.int64)
        for row in rows:
            seen[row] += 1
        np.save(folder / "pieces.npy", np.concatenate([*rows, np.zeros(0, dtype=np.int32)]))
        np.save(folder / "offsets.npy", np.cumsum([0, *map(len, rows)]))
        np.save(folder / "rarity.npy", np.log((len(rows) + 1) / (seen + 0.5)).astype(np.float32))

    def scores(
        self, question: str, units: npt.NDArray[np.int64], model: WordVectors
    ) -> tuple[Column, Column, Column]:
        """For each unit the weighted mean, over the question's words, of the best cosine in it; the share of the
        question's weight that it does not meet; and the weighted mean, over its own words, of the best cosine in the
        question. Shapes (units,)."""
        asked = np.unique(model.pieces([question])[0])
        weights = self._rarity[asked] * model.importance(asked)
        if not len(asked) or weights.sum() <= 0:
            nothing = np.zeros(len(units), dtype=np.float32)
            return nothing, nothing + 1, nothing
        weights /= weights.sum()
        spans = [self._pieces[self._offsets[u] : self._offsets[u + 1]] for u in units]
        lengths = np.array([max(len(s), 1) for s in spans])
        flat = np.concatenate([s if len(s) else np.zeros(1, dtype=np.int32) for s in spans])
        different, places = _distinct(flat, model.size)
        cosines = model.vectors(different) @ model.vectors(asked).T  # (different pieces, question words)
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        best = np.maximum.reduceat(cosines[places], starts, axis=0)
        own = self._rarity[different]
        met_back = np.add.reduceat((cosines.max(axis=1) * own)[places], starts)
        back = met_back / np.maximum(np.add.reduceat(own[places], starts), 1e-6)
        unmet = np.clip(_MET - best, 0, None) @ weights / _MET
        return np.asarray(best @ weights), np.asarray(unmet), np.asarray(back, dtype=np.float32)


def _distinct(flat: npt.NDArray[np.int32], size: int) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The different numbers of an array and where each element stands among them (np.unique without sorting)."""
    present = np.zeros(size, dtype=bool)
    present[flat] = True
    different = np.flatnonzero(present).astype(np.int32)
    place = np.zeros(size, dtype=np.int32)
    place[different] = np.arange(len(different), dtype=np.int32)
    return different, place[flat]
