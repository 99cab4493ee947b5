"""Fits what is fitted: the fusion weights, and the calibration of the evidence (`anwen fit`).

Fusion: on question → clause pairs whose clauses the static model has not been trained on (evals/pairs/fusion.jsonl);
loss: the softmax cross-entropy of the right units among the candidates (ListNet, Cao et al. 2007), by Adam.
Evidence: logistic regression on the development questions; the thresholds are set on cross-validated
probabilities so that few questions without an answer get one. The test questions are not touched.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.answer import Evidence
from bot.evidence import Signals
from bot.question import read_question
from evals.answers import holds_facts, is_gold
from evals.apart import article_of
from evals.questions import OFF_TOPIC, load
from retrieval.rank import FEATURES, load_fusion

if TYPE_CHECKING:
    from bot.respond import Assistant
    from retrieval.search import Searcher

PAIRS = Path(__file__).parent / "pairs" / "fusion.jsonl"
MAX_OFF_TOPIC = 0.02  # share of the questions out of scope that may get any answer
MAX_LOST = 0.01  # share of the right answers that may be withheld as too uncertain
MAX_WRONG = 0.015  # share of all questions that may be answered as clear without being right
HIDDEN = 24
STEPS, RATE, DECAY = 3_000, 0.01, 1e-3


def lists(searcher: Searcher, pairs: list[tuple[str, set[str], date]]) -> list[tuple[Any, Any]]:
    """For each question the features of its candidates, and which of them are right: the clauses named, or the key
    points of their articles."""
    generation = searcher.generation
    shown_ids: dict[int, str] = {}
    points = {d.id for d in generation.documents.values() if d.kind == "key points"}
    found: list[tuple[Any, Any]] = []
    for question, relevant, day in pairs:
        units, features, _ = searcher.candidates(generation, searcher.understand(question, day))
        shown = [int(s) for s in generation.units[units, 1]]
        missing = sorted(set(shown) - shown_ids.keys())
        for start in range(0, len(missing), 500):
            clauses = generation.clauses.numbered(missing[start : start + 500])
            shown_ids |= {n: c.id for n, c in clauses.items()}
        articles = {article for article in map(article_of, relevant) if article[0] in points}
        names = [shown_ids[s] for s in shown]
        right = np.array([n in relevant or article_of(n) in articles for n in names], dtype=np.float32)
        if right.any():
            found.append((features, right))
    return found


def fit(data: list[tuple[Any, Any]], *, seed: int = 3) -> dict[str, Any]:
    """The fitted weights as they stand in fusion.json."""
    rng = np.random.default_rng(seed)
    stacked = np.concatenate([x for x, _ in data])
    mean, scale = stacked.mean(0), np.maximum(stacked.std(0), 1e-3)
    width = len(FEATURES)
    parameters = {
        "linear": np.zeros(width),
        "hidden": rng.normal(0, 0.3, (width, HIDDEN)),
        "bias": np.zeros(HIDDEN),
        "out": rng.normal(0, 0.3, HIDDEN),
    }
    state = {k: (np.zeros_like(v), np.zeros_like(v)) for k, v in parameters.items()}
    scaled = [((x - mean) / scale, y / y.sum()) for x, y in data]
    for step in range(1, STEPS + 1):
        batch = rng.choice(len(scaled), size=min(64, len(scaled)), replace=False)
        gradients = {k: DECAY * v for k, v in parameters.items()}
        for i in batch:
            x, target = scaled[i]
            _add_gradient(gradients, parameters, x, target, 1 / len(batch))
        for name, value in list(parameters.items()):
            first, second = state[name]
            first[...] = 0.9 * first + 0.1 * gradients[name]
            second[...] = 0.999 * second + 0.001 * gradients[name] ** 2
            rate = RATE * (1 - step / STEPS) * np.sqrt(1 - 0.999**step) / (1 - 0.9**step)
            parameters[name] = value - rate * first / (np.sqrt(second) + 1e-8)
    arrays = {"mean": mean, "scale": scale, **parameters}
    return {"features": list(FEATURES), **{k: np.round(v, 5).tolist() for k, v in arrays.items()}}


def _add_gradient(
    gradients: dict[str, Any], parameters: dict[str, Any], x: Any, target: Any, weight: float
) -> None:
    layer = np.maximum(x @ parameters["hidden"] + parameters["bias"], 0)
    score = x @ parameters["linear"] + layer @ parameters["out"]
    share = np.exp(score - score.max())
    error = (share / share.sum() - target) * weight
    inner = np.outer(error, parameters["out"]) * (layer > 0)
    gradients["linear"] += x.T @ error
    gradients["out"] += layer.T @ error
    gradients["hidden"] += x.T @ inner
    gradients["bias"] += inner.sum(0)


def reset(fusion: Path, evidence: Path) -> None:
    """Write weights that know nothing, from which fitting starts when features or signals have changed."""
    width = len(FEATURES)
    flat = {"mean": [0] * width, "scale": [1] * width, "linear": [1] * width}
    layer = {"hidden": [[0] * HIDDEN] * width, "bias": [0] * HIDDEN, "out": [0] * HIDDEN}
    write({"features": list(FEATURES), **flat, **layer}, fusion)
    none = {f.name: 0.0 for f in fields(Signals)}
    nothing = {"weights": none, "bias": 0.0}
    write({"topic": nothing, "right": nothing, "on_topic": 0.5, "partial": 0.5, "clear": 0.5}, evidence)


def fit_fusion(searchers: list[Searcher], path: Path) -> dict[str, float]:
    """Fit the fusion on the pairs, over the texts and over the key points, and write it; recall@1 and @5 on a
    seventh that was held out."""
    rows = [json.loads(line) for line in PAIRS.read_text("utf-8").splitlines()]
    pairs = [(r["query"], set(r["relevant"]), date.today()) for r in rows]
    cut = len(pairs) * 6 // 7
    seen = [found for searcher in searchers for found in lists(searcher, pairs[:cut])]
    unseen = [found for searcher in searchers for found in lists(searcher, pairs[cut:])]
    write(fit([*seen, *_unasked(seen)]), path)
    held = load_fusion(path)
    orders = [(np.argsort(-held.score(x)), y) for x, y in unseen]
    write(fit([*seen, *unseen, *_unasked(seen + unseen)]), path)
    return {f"recall@{k}": float(np.mean([y[o[:k]].any() for o, y in orders])) for k in (1, 5)}


def _unasked(data: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every third list as it would be in an index whose clauses nobody has written phrases for."""
    columns = [
        FEATURES.index(name)
        for name in ("asked", "asked_words", "alike", "most_alike", "asked_meeting", "asked_back")
    ]
    found = []
    for x, y in data[::3]:
        without = x.copy()
        without[:, columns] = 0
        found.append((without, y))
    return found


def fit_evidence(assistants: list[tuple[Assistant, Searcher]], path: Path) -> dict[str, float]:
    """Fit the calibration on the development questions, asked of each assistant, and write it; what it does there."""
    names = [f.name for f in fields(Signals)]
    rows, right, answerable, off_topic = [], [], [], []
    for question in load("dev"):
        taken = read_question(question.question)
        if question.kind == "emergency" or taken.refused:
            continue
        day = question.as_of or date.today()
        for assistant, searcher in assistants:
            _, passages, signals = assistant.look(taken, day)
            rows.append([getattr(signals, name) for name in names])
            answer = assistant.compose(taken, passages, Evidence.CLEAR, day)
            cited = [searcher.generation.clauses.get(c.clause_id) for c in answer.citations]
            kinds = searcher.generation.documents
            is_cited = any(is_gold(question, c, kinds[c.document_id].kind) for c in cited if c is not None)
            right.append(question.answerable and (holds_facts(question, answer.answer) or is_cited))
            answerable.append(question.answerable)
            off_topic.append(question.kind in OFF_TOPIC)
    x, y, has, off = np.array(rows), np.array(right), np.array(answerable), np.array(off_topic)
    topic, on = _regression(x, ~off, names)
    answers, p = _regression(x, y, names)
    on_topic = float(np.quantile(on[off], 1 - MAX_OFF_TOPIC, method="higher"))
    partial = float(np.quantile(p[y], MAX_LOST))
    answered = on > on_topic
    steps = [
        t for t in np.linspace(partial, 0.99, 400) if ((p >= t) & answered & ~y).sum() <= MAX_WRONG * len(y)
    ]
    clear = float(steps[0])
    thresholds = {"on_topic": on_topic + 1e-4, "partial": partial, "clear": clear}
    write({"topic": topic, "right": answers, **{k: round(v, 4) for k, v in thresholds.items()}}, path)
    taken_up = answered & (p >= partial)
    return {
        "questions": len(y),
        "off topic but answered": float(taken_up[off].mean()),
        "near miss but hedged": float(taken_up[~has & ~off].mean()),
        "refused of those with an answer": float(1 - taken_up[has].mean()),
        "clear without being right": float((taken_up & (p >= clear) & ~y).sum() / len(y)),
        "clear of the right ones": float((taken_up & (p >= clear))[y].mean()),
    }


def _regression(x: Any, y: Any, names: list[str]) -> tuple[dict[str, Any], Any]:
    """A logistic regression in raw units, and its cross-validated probabilities."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.5, class_weight="balanced"))
    folds = StratifiedKFold(10, shuffle=True, random_state=1)
    probabilities = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    model.fit(x, y)
    scaler, logistic = model[0], model[1]
    weights = logistic.coef_[0] / scaler.scale_
    bias = float(logistic.intercept_[0] - (weights * scaler.mean_).sum())
    named = {n: round(float(w), 5) for n, w in zip(names, weights, strict=True)}
    return {"weights": named, "bias": round(bias, 5)}, probabilities


def write(weights: dict[str, Any], path: Path) -> None:
    """Write the weights where the searcher reads them."""
    path.write_text(json.dumps(weights, ensure_ascii=False) + "\n", "utf-8")
