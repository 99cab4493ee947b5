"""Trains the word vectors of the late interaction (see `interaction.py`).

For each labelled question the clauses that the pooled vectors rank highest are its hard negatives; the loss
is the softmax cross-entropy of the right clause among sixteen of them (ListNet, Cao et al. 2007).
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.interaction import MAX_PIECES

_MINED = 40
_LISTED = 16
_BATCH = 32
_SCALE = 20.0


@dataclass(frozen=True, slots=True)
class Words:
    """A table of word vectors, shape (pieces, dimensions), and the log of each word's importance."""

    table: Any
    importance: Any

    def save(self, folder: Path) -> None:
        """Write them beside the pooled model, fp16."""
        from safetensors.numpy import save_file

        arrays = {"table": self.table.astype(np.float16), "importance": self.importance.astype(np.float16)}
        save_file(arrays, folder / "words.safetensors")
        (folder / "words.safetensors").chmod(0o644)


def fit_words(
    pooled: Any,
    units: list[list[int]],
    questions: list[tuple[list[int], list[int]]],
    *,
    shown: list[int],
    epochs: int,
    rate: float,
    seed: int,
) -> Words:
    """Fit from the pooled table; `questions` are (pieces, right units), `shown` tells which units belong
    to one clause and so are no negatives of each other."""
    import torch
    from torch.nn import functional

    rng = random.Random(seed)
    torch.manual_seed(seed)
    rarity = torch.from_numpy(_rarity(units, len(pooled)))
    different = [sorted(set(unit[:MAX_PIECES])) or [0] for unit in units]
    lists = _mined(pooled, units, questions, shown)
    table = torch.nn.Parameter(torch.from_numpy(np.array(pooled, dtype=np.float32)))
    importance = torch.nn.Parameter(torch.zeros(len(pooled)))
    optimizer = torch.optim.Adam([{"params": [table], "lr": rate}, {"params": [importance], "lr": 3 * rate}])

    def loss_of(rows: list[tuple[list[int], list[int]]]) -> Any:
        """The mean loss of (question, units, the right one first). All pieces are taken out of the table at once:
        each look into it costs a gradient of its full size."""
        once, places, asked = [], [], []
        for question, chosen in rows:
            width = max(len(different[u]) for u in chosen)
            padded = torch.tensor([different[u] + [0] * (width - len(different[u])) for u in chosen])
            unique, inverse = torch.unique(padded, return_inverse=True)
            once.append(unique)
            places.append(inverse)
            asked.append(torch.tensor(question))
        unit_pieces = functional.normalize(functional.embedding(torch.cat(once), table), dim=1)
        question_pieces = functional.normalize(functional.embedding(torch.cat(asked), table), dim=1)
        importances = torch.exp(importance[torch.cat(asked)])
        weights = (rarity[torch.cat(asked)] * importances).split([len(a) for a in asked])
        losses = []
        for unique, inverse, of_units, of_question, weight in zip(
            once,
            places,
            unit_pieces.split([len(u) for u in once]),
            question_pieces.split([len(a) for a in asked]),
            weights,
            strict=True,
        ):
            cosines = (of_units @ of_question.T).masked_fill((unique == 0)[:, None], -1.0)
            best = functional.embedding(inverse, cosines).amax(1)  # (units, words of the question)
            met = (best * weight).sum(1) / weight.sum()
            losses.append(-torch.log_softmax(met * _SCALE, 0)[0])
        return torch.stack(losses).mean()

    steps, step = max(epochs * (len(lists) // _BATCH), 1), 0
    for _ in range(epochs):
        rng.shuffle(lists)
        for start in range(0, len(lists) - _BATCH + 1, _BATCH):
            for group, base in zip(optimizer.param_groups, (rate, 3 * rate), strict=True):
                group["lr"] = base * (1 - 0.9 * step / steps)
            rows = [
                (question, [rng.choice(gold), *rng.sample(others, min(_LISTED - 1, len(others)))])
                for question, gold, others in lists[start : start + _BATCH]
            ]
            loss = loss_of(rows)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            step += 1
    return Words(table.detach().numpy(), importance.detach().numpy())


def _rarity(units: list[list[int]], size: int) -> Any:
    seen = np.zeros(size)
    for unit in units:
        seen[list(set(unit[:MAX_PIECES]))] += 1
    return np.log((len(units) + 1) / (seen + 0.5)).astype(np.float32)


def _mined(
    pooled: Any, units: list[list[int]], questions: list[tuple[list[int], list[int]]], shown: list[int]
) -> list[Any]:
    """For each question its right units and the wrong ones that the pooled vectors rank highest."""

    def mean(rows: list[list[int]]) -> Any:
        vectors = np.stack([pooled[row or [0]].mean(0) for row in rows])
        return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)

    documents = mean([unit[:512] for unit in units])
    found: list[Any] = []
    for start in range(0, len(questions), 500):
        part = questions[start : start + 500]
        scores = mean([q for q, _ in part]) @ documents.T
        top = np.argpartition(-scores, min(_MINED, len(units) - 1), axis=1)[:, :_MINED]
        for (question, gold), row in zip(part, top, strict=True):
            kin = {shown[g] for g in gold}
            others = [int(u) for u in row if shown[u] not in kin]
            found.append((question, gold, others))
    return found
