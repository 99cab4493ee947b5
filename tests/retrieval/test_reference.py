"""Documents and clauses that a question names are found by name, number and abbreviation."""

from __future__ import annotations

from datetime import date

import pytest

from anwen.wiring import Wiring


@pytest.mark.parametrize(
    ("question", "document", "locator"),
    [
        ("《安全生产法》第二十八条讲什么", "安全生产法", "第二十八条"),
        ("安全生产法第28条", "安全生产法", "第二十八条"),
        ("GB 55034 3.2.6", "GB55034-2022", "3.2.6"),
        ("JGJ80的4.1.1是怎么规定的", "JGJ80-2016", "4.1.1"),
        ("37号令第十二条", "危险性较大的分部分项工程安全管理规定", "第十二条"),
        ("建办质〔2018〕31号附件2", "建办质〔2018〕31号", "附件2"),
        ("JGJ/T46-2024里怎么说", "JGJT46-2024", None),
    ],
)
def test_a_reference_is_found(full_wiring: Wiring, question: str, document: str, locator: str | None) -> None:
    references = full_wiring.searcher.understand(question, date(2026, 11, 1)).references
    assert [d.id for d in references.documents] == [document]
    assert locator is None or locator in references.locators


def test_the_clause_that_is_named_comes_first(full_wiring: Wiring) -> None:
    hit = full_wiring.searcher.search("《安全生产法》第二十八条").hits[0]
    assert (hit.document.id, hit.clause.locator) == ("安全生产法", "第二十八条")
    assert hit.why == {"leg": "exact reference"}


def test_a_document_that_is_known_but_not_held_is_told_apart(wiring: Wiring) -> None:
    references = wiring.searcher.understand("JGJ 166 里碗扣架立杆间距多大", date(2026, 11, 1)).references
    assert not references.documents
    assert [e.id for e in references.not_held] == ["JGJ166-2016"]


def test_a_name_inside_a_longer_word_is_no_reference(full_wiring: Wiring) -> None:
    references = full_wiring.searcher.understand("建筑法规有哪些", date(2026, 11, 1)).references
    assert "建筑法" not in [d.id for d in references.documents]
