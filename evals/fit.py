"""Fits the fusion weights on question → clause pairs that the static model has not seen.

`python -m evals.fit` reads evals/pairs/fusion.jsonl and writes corpus/models/fusion.json. Loss: the
softmax cross-entropy of the right units among the candidates (ListNet, Cao et al. 2007), by Adam.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.rank import FEATURES

if TYPE_CHECKING:
    from datetime import date

    from retrieval.search import Searcher

HIDDEN = 12
STEPS, RATE, DECAY = 1_500, 0.01, 1e-3


def lists(searcher: Searcher, pairs: list[tuple[str, set[str], date]]) -> list[tuple[Any, Any]]:
    """For each question the features of its candidates, and which of them are right."""
    generation = searcher.generation
    shown_ids: dict[int, str] = {}
    found: list[tuple[Any, Any]] = []
    for question, relevant, day in pairs:
        units, features, _ = searcher.candidates(generation, searcher.understand(question, day))
        shown = [int(s) for s in generation.units[units, 1]]
        missing = sorted(set(shown) - shown_ids.keys())
        for start in range(0, len(missing), 500):
            clauses = generation.clauses.numbered(missing[start : start + 500])
            shown_ids |= {n: c.id for n, c in clauses.items()}
        right = np.array([shown_ids[s] in relevant for s in shown], dtype=np.float32)
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


def write(weights: dict[str, Any], path: Path) -> None:
    """Write the weights where the searcher reads them."""
    path.write_text(json.dumps(weights, ensure_ascii=False) + "\n", "utf-8")
