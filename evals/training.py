"""What the shipped model is trained on: written pairs, and the ways of asking that the key points come with.

Whatever clashes with a question set by clause or by wording is left out (see `apart.py`), and so are the key points of
the articles that the fusion is fitted on: there a way of asking must be as new to the model as it is in a test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from evals.apart import Measured, article_of
from evals.questions import load, splits
from ingest.keypoints import read_keypoints

if TYPE_CHECKING:
    from retrieval.index import Generation

WRITTEN = Path(__file__).parent / "pairs" / "train.jsonl"
FUSION = WRITTEN.with_name("fusion.jsonl")


def training_pairs(generation: Generation, key_points: Path) -> Iterator[dict[str, Any]]:
    """{"query", "relevant": [clause ids]} over an index that holds the texts."""
    measured = Measured(q for split in splits() for q in load(split))
    written = [json.loads(line) for line in WRITTEN.read_text("utf-8").splitlines()]
    fitted_on = {
        article_of(name)
        for line in FUSION.read_text("utf-8").splitlines()
        for name in json.loads(line)["relevant"]
    }
    asked = _of_key_points(generation, key_points)
    spare = (pair for pair in asked if article_of(pair["relevant"][0]) not in fitted_on)
    for pair in (*written, *spare):
        if not any(measured.clashing([pair])):
            yield pair


def _of_key_points(generation: Generation, folder: Path) -> Iterator[dict[str, Any]]:
    searched: dict[str, dict[str, str]] = {}
    for document in generation.documents.values():
        searched[document.id] = {c.locator: c.id for c in generation.clauses.of_document(document.id)[::-1]}
    for path in sorted(folder.glob("*.yaml")):
        read = read_keypoints(path.name, path.read_text("utf-8"))
        clauses = searched.get(read.document, {})
        for point in read.points:
            if name := clauses.get(point.at):
                for phrase in (*point.asked, point.say):
                    yield {"query": phrase, "relevant": [name]}
