"""Answers from what is shipped: key points are marked as such, scenes are judged, several questions are answered each."""

from __future__ import annotations

from datetime import date

import pytest

from anwen.wiring import Wiring
from bot.answer import Evidence
from bot.question import read_question

TODAY = date(2026, 11, 25)


def test_a_key_point_says_that_it_is_no_original(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("电梯井口的防护门要多高", as_of=TODAY)
    assert answer.evidence is not Evidence.NONE
    assert any(not c.verbatim for c in answer.citations)
    assert any("是本项目整理的要点，不是原文" in note for note in answer.notes)


def test_what_is_known_at_second_hand_is_never_clear(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("施工企业负责人每月带班检查时间不少于工作日的百分之多少", as_of=TODAY)
    assert answer.evidence is Evidence.PARTIAL
    assert "25%" in answer.answer
    assert any("二手资料" in note for note in answer.notes)


def test_a_text_that_has_been_amended_says_so(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("建筑工程施工许可管理办法里施工许可证多久内要开工", as_of=TODAY)
    assert answer.evidence is not Evidence.CLEAR
    assert any("修改过" in note for note in answer.notes)


def test_a_replaced_text_names_its_heir(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("安监总办〔2017〕140号安责险每人死亡限额多少", as_of=TODAY)
    assert any("应急〔2025〕27号" in note for note in answer.notes)


def test_no_amount_is_stated_for_a_local_reward_that_is_not_known(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("福建省住建领域重大事故隐患举报奖励暂行办法规定奖多少钱", as_of=TODAY)
    assert answer.evidence is Evidence.NONE
    assert "没有它的全文" in answer.answer
    assert "元" not in answer.answer


@pytest.mark.parametrize(
    ("scene", "criterion"),
    [
        ("电梯井从一楼到十楼一道网都没有，门口也没防护门，能判重大隐患不", "水平防护"),
        ("基坑边上码了几十吨钢筋，早超过设计给的限值了，怎么判？", "堆载"),
        ("用汽车吊吊个铁笼子把工人送上楼顶，算重大隐患吗", "吊运人员"),
    ],
)
def test_a_scene_is_held_against_the_criteria_of_major_hazards(
    wiring: Wiring, scene: str, criterion: str
) -> None:
    answer = wiring.assistant.ask(scene, as_of=TODAY)
    assert "建质规〔2024〕5号" in [c.doc_number for c in answer.citations]
    assert criterion in answer.answer.replace("吊人", "吊运人员")


def test_the_criteria_are_not_used_before_they_were_issued(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("吊篮里的安全绳没有独立挂，算重大隐患吗", as_of=date(2024, 6, 1))
    assert "建质规〔2024〕5号" not in [c.doc_number for c in answer.citations]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("电梯井口的门要多高，井道里面又隔几层挂一道平网？", 2),
        ("危大方案谁签字盖章？现场作业前又由谁给工人交底？", 2),
        ("我们工地挖了六米深的坑，方案要不要专家论证？", 1),
        ("五级风停还是六级风停，两本规范写得一样吗？", 1),  # a comparison is one question
    ],
)
def test_several_questions_are_told_apart(text: str, parts: int) -> None:
    assert len(read_question(text).parts) == parts


def test_each_of_several_questions_gets_its_clause(wiring: Wiring) -> None:
    answer = wiring.assistant.ask("电梯井口的门要多高，井道里面又隔几层挂一道平网？", as_of=TODAY)
    assert "1.5m" in answer.answer
    assert "2层" in answer.answer
