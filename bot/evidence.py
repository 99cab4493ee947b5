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

_RARE = 6.5  # a word rarer than this (ln of units over units with it) is no common word of the texts


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for and against there being an answer in the texts; all between 0 and about 2."""

    lexical: float  # BM25 of the best unit, not normalised, / 30
    dense: float  # cosine of the best hit
    meeting: float  # how well each word of the question is met in the best hit
    unmet: float  # share of the question that the best hit does not meet
    fused: float  # fused score of the best hit, not normalised, / 10
    margin: float  # how far the best hit is ahead of the fourth
    coverage: float  # share of the question's words, by rarity, in the best hit
    passage: float  # score of the best sentence
    sentence: float  # share of the question's words in the best sentence
    fits: float  # whether the best sentence looks like what was asked for
    domain: float  # share of the question's words that the texts use often
    unknown: float  # share of the question's words that no text has
    lay: float  # share of the question's words that the lexicon knows
    named: float  # the question names a document that is held
    exact: float  # the question names the clause
    asked: float  # BM25 against the ways in which people ask for the best hit's clause, / 20
    alike: float  # cosine to the nearest of these ways


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted logistic regression over Signals: weight by name, and bias."""

    weights: dict[str, float]
    bias: float

    def probability(self, signals: Signals) -> float:
        z = self.bias + sum(self.weights[f.name] * getattr(signals, f.name) for f in fields(signals))
        return 1 / (1 + math.exp(-max(-30.0, min(30.0, z))))


@dataclass(frozen=True, slots=True)
class Calibration:
    """`topic`: how probable it is that a question is about these texts at all. `right`: how probable it is
    that the best clause answers it. Thresholds: below `on_topic` or `partial` there is no answer, from
    `clear` on it is asserted."""

    topic: Regression
    right: Regression
    on_topic: float
    partial: float
    clear: float

    def judge(self, signals: Signals) -> Evidence:
        """The state of evidence."""
        right = self.right.probability(signals)
        if self.topic.probability(signals) < self.on_topic or right < self.partial:
            return Evidence.NONE
        return Evidence.CLEAR if right >= self.clear else Evidence.PARTIAL


def load_calibration(path: Path) -> Calibration:
    """Read the fitted calibration. Raises ConfigError when it is for other signals."""
    row = json.loads(path.read_text("utf-8"))
    topic, right = (Regression(**row[name]) for name in ("topic", "right"))
    if {*topic.weights} != {f.name for f in fields(Signals)}:
        raise ConfigError(f"{path.name} 的信号与程序不符，请重新拟合（anwen fit）")
    return Calibration(topic, right, row["on_topic"], row["partial"], row["clear"])


def signals_of(found: Found, best: Passage | None) -> Signals:
    """The signals of one search and its best sentence."""
    words = found.query.words
    hit = best.hit if best else None
    known = found.known

    def value(name: str) -> float:
        number = hit.why.get(name, 0.0) if hit else 0.0
        return float(number) if not isinstance(number, str) else 0.0

    return Signals(
        lexical=min(found.raw_lexical / 30.0, 2.0),
        dense=value("dense"),
        meeting=value("meeting"),
        unmet=value("unmet"),
        fused=value("fused") / 10.0,
        margin=hit.score - found.hits[3].score if hit and len(found.hits) > 3 else 1.0,
        coverage=value("coverage"),
        passage=best.score if best else 0.0,
        sentence=best.covered if best else 0.0,
        fits=1.0 if best and best.fits_kind else 0.0,
        domain=sum(1 for w in words if known.get(w, _RARE) < _RARE) / max(len(words), 1),
        unknown=sum(1 for w in words if w not in known) / max(len(words), 1),
        lay=len(found.query.terms) / max(len(words), 1),
        named=1.0 if found.query.references.documents else 0.0,
        exact=1.0 if hit and "leg" in hit.why else 0.0,
        asked=value("asked_words"),
        alike=value("alike"),
    )
