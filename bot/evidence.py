"""How well an answer is grounded, from calibrated signals: clear, partial or none."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from bot.answer import Evidence
from retrieval.errors import ConfigError

if TYPE_CHECKING:
    from bot.extract import Passage
    from retrieval.search import Found


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against there being an answer in the texts; all between 0 and about 2."""

    lexical: float  # unnormalised BM25 of the best unit, by length of the question
    dense: float  # cosine of the best unit
    coverage: float  # share of the question's words in the best unit
    passage: float  # score of the best sentence
    sentence: float  # share of the question's words in the best sentence
    fits: float  # whether the best sentence looks like what was asked for
    domain: float  # share of the question's words that the texts use often
    unknown: float  # share of the question's words that no text has
    named: float  # the question names a document that is held
    agreement: float  # how many of the legs put the best hit among their best
    lay: float  # whether the lexicon knows words of the question


@dataclass(frozen=True, slots=True)
class Calibration:
    """A fitted logistic regression over Signals, with the probabilities from which on an answer is
    clear or partial. `signals` are the names that the weights belong to."""

    weights: dict[str, float]
    bias: float
    clear: float
    partial: float

    def probability(self, signals: Signals) -> float:
        """How probable it is that the best clause answers the question."""
        z = self.bias + sum(self.weights[f.name] * getattr(signals, f.name) for f in fields(signals))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))

    def judge(self, signals: Signals) -> Evidence:
        """The state of evidence."""
        probability = self.probability(signals)
        if probability >= self.clear:
            return Evidence.CLEAR
        return Evidence.PARTIAL if probability >= self.partial else Evidence.NONE


def load_calibration(path: Path) -> Calibration:
    """Read the fitted calibration. Raises ConfigError when it is for other signals."""
    row = json.loads(path.read_text("utf-8"))
    if set(row["weights"]) != {f.name for f in fields(Signals)}:
        raise ConfigError(f"{path.name} 的信号与程序不符，请重新拟合（evals/fit.py）")
    return Calibration(row["weights"], row["bias"], row["clear"], row["partial"])


def signals_of(found: Found, best: Passage | None, *, raw_lexical: float) -> Signals:
    """The signals of one search and its best sentence."""
    words = found.query.words
    hits = found.hits
    top = hits[0].why if hits else {}
    known = found.known

    def value(name: str) -> float:
        number = top.get(name, 0.0)
        return float(number) if not isinstance(number, str) else 0.0

    exact = 1.0 if top.get("leg") == "exact reference" else 0.0
    return Signals(
        lexical=min(raw_lexical / 30.0, 2.0),
        dense=max(value("dense"), exact),
        coverage=max(value("coverage"), exact),
        passage=best.score if best else 0.0,
        sentence=best.covered if best else 0.0,
        fits=1.0 if best and best.fits_kind else 0.0,
        domain=sum(1 for w in words if known.get(w, 0.0) and known[w] < 6.5) / max(len(words), 1),
        unknown=sum(1 for w in words if w not in known) / max(len(words), 1),
        named=1.0 if found.query.references.documents else 0.0,
        agreement=(value("lexical") > 0.85) + (value("dense") > 0.45) + (value("heading") > 0.6),
        lay=min(len(found.query.terms), 3) / 3,
    )
