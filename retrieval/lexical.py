"""Lexical search: BM25 with bm25s (Lù 2024, arXiv:2407.03618) over words and character bigrams."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from retrieval.tokens import Tokeniser

Scores = npt.NDArray[np.float32]
K1, B = 1.2, 0.6


class LexicalIndex:
    """BM25 scores of every unit for a bag of weighted tokens."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._vocabulary: dict[str, int] = model.vocab_dict
        for name in ("data", "indices", "indptr"):  # plain views: slicing a memmap costs more than reading it
            model.scores[name] = np.asarray(model.scores[name])

    @classmethod
    def build(cls, folder: Path, tokens: list[list[str]]) -> None:
        """Index the tokens of each unit and write the index to a folder."""
        import bm25s

        model = bm25s.BM25(k1=K1, b=B, method="lucene")
        model.index([t or ["∅"] for t in tokens], show_progress=False)
        model.save(str(folder), show_progress=False)

    @classmethod
    def open(cls, folder: Path) -> LexicalIndex:
        import bm25s

        return cls(bm25s.BM25.load(str(folder), mmap=True, load_vocab=True))

    def knows(self, token: str) -> bool:
        """Whether any unit has this token."""
        return token in self._vocabulary

    def scores(self, tokens: list[str]) -> Scores:
        """The BM25 score of every unit, shape (units,)."""
        known = [t for t in tokens if t in self._vocabulary]
        if not known:
            return np.zeros(int(self._model.scores["num_docs"]), dtype=np.float32)
        return np.asarray(self._model.get_scores(known), dtype=np.float32)

    def coverage(
        self, words: Sequence[str], terms: dict[str, tuple[str, ...]], tokeniser: Tokeniser
    ) -> Scores:
        """The share of the words, weighted by rarity, that each unit has; a lay word counts as
        present where any of its regulation terms is."""
        total = 0.0
        covered = np.zeros(int(self._model.scores["num_docs"]), dtype=np.float32)
        for word in words:
            weight = self.idf(word)
            total += weight
            others = [t for term in terms.get(word, ()) for t in tokeniser.words(term)]
            if not others:
                covered[self._units_with(word)] += weight
                continue
            has = np.zeros(len(covered), dtype=bool)
            for token in (word, *others):
                has[self._units_with(token)] = True
            covered[has] += weight
        return covered / np.float32(total) if total else covered

    def _units_with(self, token: str) -> Any:
        number = self._vocabulary.get(token)
        if number is None:
            return np.zeros(0, dtype=np.int64)
        pointers = self._model.scores["indptr"]
        return self._model.scores["indices"][int(pointers[number]) : int(pointers[number + 1])]

    def idf(self, token: str) -> float:
        """How rare a token is: ln(units / units with it), the largest value where none has it."""
        total = int(self._model.scores["num_docs"])
        number = self._vocabulary.get(token)
        if number is None:
            return float(np.log(total + 1))
        pointers = self._model.scores["indptr"]
        count = int(pointers[number + 1] - pointers[number])
        return float(np.log((total + 1) / (count + 0.5)))
