"""Every document has just the provisions that a reader finds in it, and loses no character."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
import yaml

from anwen.settings import CHECKOUT
from ingest.family import openings
from ingest.fidelity import check
from ingest.labels import ARTICLE, number_of
from ingest.repair import repair
from ingest.tree import build_tree
from retrieval.clause import ClauseKind

EXPECTED: dict[str, dict[str, Any]] = yaml.safe_load(
    (CHECKOUT / "tests" / "expected" / "structure.yaml").read_text("utf-8")
)
_NUMBERED = (ClauseKind.PART, ClauseKind.ARTICLE, ClauseKind.ROW, ClauseKind.ITEM)


def source_of(name: str) -> str:
    """The text of a document of the list: the shipped seed, or an official text."""
    if name.startswith("jinjiang"):
        return (CHECKOUT / "corpus" / "texts" / "jinjiang-2024-103.md").read_text("utf-8")
    path = CHECKOUT.parent / "shared" / "corpus" / name
    if not path.is_file():
        pytest.skip("../shared/corpus is not here: the official texts are not part of the repository")
    return path.read_text("utf-8")


@pytest.mark.parametrize("name", EXPECTED)
def test_a_document_has_the_provisions_that_a_reader_finds(name: str) -> None:
    repaired = repair(source_of(name))
    family, found = openings(repaired)
    expected = EXPECTED[name]
    assert family == expected["family"]
    locators = [re.sub(r"\s", "", o.locator) for o in found if o.kind in _NUMBERED]
    {"statute": _statute, "standard": _standard, "notice": _notice}[family](locators, expected)


@pytest.mark.parametrize("name", EXPECTED)
def test_every_character_has_one_owner_or_a_listed_deletion(name: str) -> None:
    source = source_of(name)
    repaired = repair(source)
    result = check(source, repaired, build_tree(repaired, openings(repaired)[1]))
    assert result.whole, (
        [source[i : i + 20] for i in result.lost[:3]],
        [source[i : i + 20] for i in result.doubled[:3]],
    )


def _statute(locators: list[str], expected: dict[str, Any]) -> None:
    articles = [
        number_of(m.group(1)) if not m.group(2) else x for x in locators if (m := ARTICLE.fullmatch(x))
    ]
    if restarts := expected.get("restarts"):
        assert articles == [n for last in restarts for n in range(1, last + 1)]
        return
    wanted = expected.get("articles") or list(range(1, expected["tree"]["条"] + 1))
    assert Counter(articles) == Counter([*wanted, *expected.get("extra", [])])
    assert len(articles) == expected["count"]
    annexes = {p: n for p, n in expected.get("tree", {}).items() if p != "条"}
    _notice_numbers([x for x in locators if x.startswith("附")], annexes, expected)


def _standard(locators: list[str], expected: dict[str, Any]) -> None:
    numbers = [x for x in locators if re.fullmatch(r"(?:\d+|[A-Z])(?:\.\d+)*", x)]
    wanted = {
        f"{parent}.{n}" if parent else str(n)
        for parent, last in expected["tree"].items()
        for n in range(1, last + 1)
    } - set(expected.get("gaps", []))
    assert {n for n in numbers if not re.fullmatch(r"[A-Z]", n)} == wanted
    doubled = {n for n, times in Counter(numbers).items() if times > 1 and "." in n}
    assert doubled == set(expected.get("doubles", []))


def _notice(locators: list[str], expected: dict[str, Any]) -> None:
    _notice_numbers(locators, expected["tree"], expected)
    doubled = {x for x, times in Counter(locators).items() if times > 1 and _is_counted(x)}
    assert doubled == {re.sub(r"[\s/]", "", x) for x in expected.get("doubles", [])}


def _notice_numbers(locators: list[str], tree: dict[str, int], expected: dict[str, Any]) -> None:
    """Each number of the tree stands in one of the forms in which notices write it, and no others do."""
    have = set(locators)
    gaps = {re.sub(r"/$", "", g) for g in expected.get("gaps", [])}
    allowed: set[str] = set()
    missing: list[str] = []
    for parent, last in tree.items():
        for n in range(expected.get("starts", {}).get(parent, 1), last + 1):
            if f"{parent.rstrip('/')}/{n}" in gaps and parent.endswith("/"):
                continue
            forms = _forms(re.sub(r"[\s/]", "", parent), n)
            allowed |= forms
            if not forms & have and f"{parent}/{n}" not in gaps:
                missing.append(f"{parent} {n}")
    assert not missing
    extra = {x for x in have - allowed if _is_counted(x)}
    assert not {x for x in extra if not re.fullmatch(r"附[件录][一二三\d]?|备注", x)}


def _is_counted(locator: str) -> bool:
    """Items deeper than 1. – （1）, 1）, ①, 款 and 项 – are not in the list."""
    return not re.search(r"（\d+）|\d+）|[①-⑳]|第\d", locator)


def _forms(parent: str, n: int) -> set[str]:
    digits = "零一二三四五六七八九"
    tens, ones = divmod(n, 10)
    chinese = ("" if tens <= 1 else digits[tens]) + ("十" if tens else "") + (digits[ones] if ones else "")
    return {f"{parent}{chinese}", f"{parent}（{chinese}）", f"{parent}{n}", f"{parent}.{n}"}
