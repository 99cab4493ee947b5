"""Fusion: the scores of the legs made one score with weights that were fitted, not guessed."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from retrieval.clause import Clause, ClauseKind
from retrieval.errors import ConfigError
from retrieval.numerals import normalise

Column = npt.NDArray[np.float32]
FEATURES = (
    "lexical",  # BM25 of the question's own tokens, over the best of this question
    "terms",  # the same with the regulation terms for its lay words
    "words",  # BM25 of whole words only
    "dense",  # cosine of the static vectors
    "nearest",  # the same over the best of this question
    "meeting",  # how well each word of the question is met (late interaction)
    "unmet",  # share of the question that the unit does not meet
    "heading",  # BM25 against title and headings
    "coverage",  # share of the question's words, by rarity, that the unit has
    "named",  # the question names this document
    "level",  # 1 for a law … 0 for the lowest level
    "figure",  # a figure is asked for, and the unit has one
    "row",  # a row of a table
    "plain",  # text that no grammar placed
    "definition",  # a term with its English, or 是指: and a meaning is asked for
    "part",  # an item of a longer provision
    "length",  # log of its characters
    "asked",  # BM25 against the ways in which people ask for its clause, over the best of this question
    "asked_words",  # the same, not over the best, / 20
    "alike",  # cosine to the nearest of these ways
    "most_alike",  # the same over the best of this question
    "asked_meeting",  # how well the nearest of these ways meet each word of the question (late interaction)
    "asked_back",  # how well the question meets each word of them
)
_ASKS_FIGURE = re.compile(r"多少|几|多[久长高宽深厚大远重快]|最[多少低高]|上限|期限|比例|百分")
_ASKS_MEANING = re.compile(r"什么叫|什么是|啥叫|是指|指的?是|是啥|意思|定义|怎么才算|才算|算是|指啥|代表")


def traits_of_clause(clause: Clause, *, whole: bool) -> tuple[float, float, float, float, float, float]:
    """What is known of a unit before any question: has a figure, row, plain, definition, item, length."""
    text = normalise(clause.text)
    body = re.sub(r"^(?:第[^ ]{1,9}条|[\dA-Z]{1,2}(?:\.\d+)+|[(（]?\w{1,2}[)）、.])\s*", "", text)
    return (
        float(bool(re.search(r"\d", body))),
        float(clause.kind is ClauseKind.ROW),
        float(clause.kind is ClauseKind.PLAIN),
        float(
            bool(re.search(r"是指|系指|所称|指的是|^[\u4e00-\u9fff()]{2,18}\s?[a-z][a-z -]{3,}", body[:200]))
        ),
        float(not whole),
        math.log(max(len(text), 8)) - 5.0,
    )


def asks(question: str) -> tuple[float, float]:
    """Whether a question asks for a figure, and whether for a meaning."""
    return float(bool(_ASKS_FIGURE.search(question))), float(bool(_ASKS_MEANING.search(question)))


@dataclass(frozen=True, slots=True)
class Fusion:
    """A score over FEATURES by one hidden layer: w2 · relu(W1 x + b1) + w · x, features standardised."""

    mean: Column
    scale: Column
    linear: Column
    hidden: Column
    bias: Column
    out: Column

    def score(self, features: npt.NDArray[np.float32]) -> Column:
        """The fused score of each candidate, features of shape (candidates, len(FEATURES))."""
        x = (features - self.mean) / self.scale
        layer = np.maximum(x @ self.hidden + self.bias, 0.0)
        return np.asarray(x @ self.linear + layer @ self.out, dtype=np.float32)


def load_fusion(path: Path) -> Fusion:
    """Read the fitted weights. Raises ConfigError when they are for other features."""
    row = json.loads(path.read_text("utf-8"))
    if tuple(row["features"]) != FEATURES:
        raise ConfigError(f"{path.name} 的特征与程序不符，请重新拟合（anwen fit）")
    arrays = (
        np.array(row[name], dtype=np.float32) for name in ("mean", "scale", "linear", "hidden", "bias", "out")
    )
    return Fusion(*arrays)


def over_best(scores: Column) -> Column:
    """Scores as shares of the best one; zeros stay zeros."""
    best = float(scores.max(initial=0.0))
    return np.asarray(scores / best, dtype=np.float32) if best > 0 else scores
