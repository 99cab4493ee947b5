"""What is trained on is kept apart from what is measured, by clause and by wording."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from anwen.settings import CORPUS
from evals.apart import Measured
from evals.questions import Gold, Question, load, splits
from evals.training import WRITTEN

QUESTION = Question(
    id="q1",
    question="护栏到底要做多高才行？",
    kind="number",
    as_of=None,
    gold=(Gold("JGJ80-2016", "4.3.1第1款", "上杆距地面高度应为1.2m"),),
    facts=(("1.2m",),),
    answerable=True,
)


@pytest.mark.parametrize(
    ("pair", "clashes"),
    [
        ({"query": "栏杆几米", "relevant": ["JGJ80-2016@2016-12-01/4.3.1"]}, True),  # the same clause
        (
            {"query": "护栏到底要做多高才行", "relevant": ["GB55034-2022@2023-06-01/3.2.1"]},
            True,
        ),  # the same words
        ({"query": "栏杆几米", "relevant": ["JGJ80-2016@2016-12-01/4.3.10"]}, False),
        ({"query": "安全帽多久换", "relevant": ["GB55034-2022@2023-06-01/3.2.1~2"]}, False),
    ],
)
def test_a_pair_clashes_by_clause_or_by_wording(pair: dict[str, object], clashes: bool) -> None:
    assert bool(list(Measured([QUESTION]).clashing([pair]))) is clashes


@pytest.mark.parametrize("name", [WRITTEN, WRITTEN.with_name("fusion.jsonl")], ids=["train", "fusion"])
def test_no_pair_of_the_repository_clashes_with_a_question_set(name: Path) -> None:
    measured = Measured(question for split in splits() for question in load(split))
    pairs = [json.loads(line) for line in name.read_text("utf-8").splitlines()]
    assert len(pairs) > 1_000
    assert list(measured.clashing(pairs)) == []


def test_no_way_of_asking_in_the_key_points_is_a_test_question() -> None:
    measured = Measured(question for split in ("test", "blind") for question in load(split))
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((CORPUS / "keypoints").glob("*.yaml")):
        for point in yaml.load(path.read_text("utf-8"), Loader=loader)["points"]:
            for phrase in point["asked"]:
                assert not measured.has_wording(phrase), f"{path.name} {point['at']}: {phrase}"


def test_the_question_sets_ask_of_many_kinds() -> None:
    kinds = {question.kind for split in ("test", "blind") for question in load(split)}
    assert len(kinds) >= 12
    assert sum(len(load(split)) for split in splits()) >= 400
