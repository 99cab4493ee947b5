"""Fusion: the scores of the legs made one score with weights that were fitted, not guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.errors import ConfigError

Column = npt.NDArray[np.float32]
FEATURES = (
    "lexical",  # BM25 of the question's own tokens, over the best of this question
    "terms",  # the same with the regulation terms for its lay words
    "dense",  # cosine of the static vectors
    "heading",  # BM25 against title and headings
    "coverage",  # share of the question's words, by rarity, that the unit has
    "named",  # the question names this document
    "level",  # 1 for a law … 0 for the lowest level
)


@dataclass(frozen=True, slots=True)
class Fusion:
    """A linear score over FEATURES."""

    weights: tuple[float, ...]

    def score(self, features: npt.NDArray[np.float32]) -> Column:
        """The fused score of each candidate, features of shape (candidates, len(FEATURES))."""
        return np.asarray(features @ np.asarray(self.weights, dtype=np.float32), dtype=np.float32)


def load_fusion(path: Path) -> Fusion:
    """Read the fitted weights. Raises ConfigError when they are for other features."""
    row = json.loads(path.read_text("utf-8"))
    if tuple(row["features"]) != FEATURES:
        raise ConfigError(f"{path.name} 的特征与程序不符，请重新拟合（evals/fit.py）")
    return Fusion(tuple(row["weights"]))


def over_best(scores: Column) -> Column:
    """Scores as shares of the best one; zeros stay zeros."""
    best = float(scores.max(initial=0.0))
    return np.asarray(scores / best, dtype=np.float32) if best > 0 else scores
