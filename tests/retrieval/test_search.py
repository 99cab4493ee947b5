"""A question finds the clauses of the right date, place and wording."""

from __future__ import annotations

from datetime import date

from anwen.wiring import Wiring
from bot.answer import Evidence
from retrieval.clause import Document
from retrieval.validity import Status, applies_in, status_at


def test_the_annex_that_repeats_the_body_is_folded_into_it(wiring: Wiring) -> None:
    hits = wiring.searcher.search("新员工要培训多少学时").hits
    own = [h for h in hits if h.document.kind == "full text"]
    training = [h for h in own if "32学时" in h.clause.text.replace(" ", "")]
    assert training[0].clause.locator in ("二（六）2", "附件（六）2")
    assert len(training) == 1 or training[0].repeats


def test_a_row_of_the_annex_keeps_the_office_that_is_responsible(wiring: Wiring) -> None:
    clause = wiring.home.current().clauses.located("晋建综〔2024〕103号", "附件（四）")[0]
    assert clause.columns["责任科室（单位）"] == "建筑管理科 法制科 执法大队"


def test_every_hit_says_which_legs_found_it(wiring: Wiring) -> None:
    hit = wiring.searcher.search("特种作业人员实习几个月才能独立上岗").hits[0]
    assert {"lexical", "dense", "heading"} <= hit.why.keys()


def test_a_document_has_its_status_at_the_day_asked_about() -> None:
    document = Document(id="x", title="x", effective="2022-04-19", repealed="2024-12-13")
    assert status_at(document, date(2022, 1, 1)) is Status.NOT_YET
    assert status_at(document, date(2024, 12, 12)) is Status.IN_FORCE
    assert status_at(document, date(2024, 12, 13)) is Status.REPLACED
    assert status_at(Document(id="y", title="y", expires="2026-12-31"), date(2027, 1, 1)) is Status.EXPIRED


def test_local_documents_apply_only_in_their_place() -> None:
    document = Document(id="x", title="x", jurisdiction="福建省泉州市")
    assert applies_in(document, "福建省泉州市晋江市")
    assert not applies_in(document, "广东省深圳市")


def test_a_repealed_text_answers_at_its_time_and_today_only_with_a_warning(full_wiring: Wiring) -> None:
    question = "特种作业操作证有效期几年"
    then = full_wiring.searcher.search(question, as_of=date(2020, 6, 1)).hits
    assert then[0].document.id == "特种作业人员安全技术培训考核管理规定（2010）"
    answer = full_wiring.assistant.ask(question, as_of=date(2026, 11, 1))
    assert answer.evidence is not Evidence.CLEAR
    if any(c.status != "现行有效" for c in answer.citations):
        assert "被替代或废止" in answer.answer
