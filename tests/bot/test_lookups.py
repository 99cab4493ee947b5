"""Questions that a table answers: a figure of the question against a threshold, hours of training by who is asked about."""

from __future__ import annotations

import pytest

from anwen.settings import CORPUS
from bot.lookups import Finding, look_up
from bot.tables import Tables, load_tables


@pytest.fixture(scope="module")
def tables() -> Tables:
    return load_tables(CORPUS / "tables")


def said(question: str, tables: Tables) -> str:
    finding = look_up(question, tables, names={}) or Finding(())
    return "；".join(says for says, _ in finding.lead)


@pytest.mark.parametrize(
    ("question", "must", "must_not"),
    [
        ("基坑挖4.5米深，方案要专家论证吗", "没到开挖深度5m", "属于超过一定规模"),
        ("挖坑五米深要不要论证", "开挖深度达到5m，属于超过一定规模", "没到"),
        ("基坑4米9深要论证吗", "没到开挖深度5m", "达到5m"),
        ("基坑宽8米深2米半，要编专项方案吗", "一般不属于危大工程", "要编专项施工方案"),
        ("长30米、深6米的基坑要专家论证不", "开挖深度达到5m，属于超过", "没到"),
        ("模板支撑跨度20米、高度4米，算超过一定规模吗", "搭设跨度达到18m，属于超过", "搭设高度"),
        ("落地脚手架搭30米算危大吗", "搭设高度达到24m，属于危大工程", "达到50m"),
        ("吊篮算不算危大工程", "高处作业吊篮，属于危大工程", "超过一定规模的危大工程，方案"),
        ("人工挖孔桩挖12米深要专家论证吗", "没到开挖深度16m", "达到16m"),
    ],
)
def test_a_figure_is_held_against_the_thresholds(
    question: str, must: str, must_not: str, tables: Tables
) -> None:
    answer = said(question, tables)
    assert must in answer
    assert must_not not in answer.replace("不属于超过一定规模", "")


@pytest.mark.parametrize(
    "question",
    ["模板支撑20米要论证吗", "多深的坑会塌", "专家论证要几个专家", "基坑要不要论证"],
)
def test_without_a_figure_that_tells_nothing_is_computed(question: str, tables: Tables) -> None:
    assert said(question, tables) == ""


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("不是说新工人只要24学时吗", "至少32学时"),
        ("新来的工人岗前培训多少课时", "至少32学时"),
        ("老工人每年要再培训几个小时", "至少20学时"),
        ("特种作业人员实习多久才能独立上岗", "至少3个月"),
        ("安全员每年培训多少学时", "至少12学时"),
        ("项目经理初次安全培训要多少学时", "至少32学时"),
    ],
)
def test_hours_are_those_of_the_people_asked_about(question: str, first: str, tables: Tables) -> None:
    finding = look_up(question, tables, names={})
    assert finding is not None
    assert first in finding.lead[0][0]


def test_the_hours_of_mines_stand_beside_with_the_reason(tables: Tables) -> None:
    finding = look_up("新工人上岗前要培训多少学时", tables, names={})
    assert finding is not None
    assert any("72学时" in line and "不含建筑施工" in line for line in finding.beside)


@pytest.mark.parametrize("question", ["煤矿新工人要培训多少学时", "注册安全工程师继续教育多少学时"])
def test_other_trades_are_left_to_the_texts(question: str, tables: Tables) -> None:
    assert look_up(question, tables, names={}) is None


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("工地支模坍了，死4个、重伤6个，这算哪一级事故？", "属于较大事故"),
        ("死了3个人算什么级别的事故", "属于较大事故"),
        ("两个工人死了算较大事故吗", "属于一般事故"),
        ("死亡2人重伤10人是几级事故", "属于较大事故"),
        ("死了十个人算啥等级的事故", "属于重大事故"),
        ("损失6000万是重大还是较大事故", "属于重大事故"),
        ("直接损失1亿2千万算什么级别事故", "属于特别重大事故"),
    ],
)
def test_an_accident_is_of_the_gravest_class_that_any_measure_reaches(
    question: str, verdict: str, tables: Tables
) -> None:
    assert verdict in said(question, tables)


@pytest.mark.parametrize(
    "question",
    [
        "基坑先挖3米再往下挖3米，要专家论证吗",
        "基坑深度由6米改为4米，还要专家论证吗",
        "基坑深不到5米要专家论证吗",
        "基坑4~5米深要不要专家论证",
        "基坑土方量6立方米要论证吗",
        "挖4米深基坑，旁边紧挨6层老房子，要专家论证吗",
        "基坑深2.5米但地下有管线，是不是危大工程",
        "吊装12吨的构件要专家论证吗",
        "移动脚手架5米高是危大工程吗",
        "工程造价2亿，死的人还没数清，是什么级别事故",
        "昨天死1个，今天又死2个，是什么等级事故",
        "死亡1至2人算什么级别事故",
    ],
)
def test_what_is_uncertain_is_left_to_the_texts(question: str, tables: Tables) -> None:
    assert said(question, tables) == ""


@pytest.mark.parametrize(
    ("question", "verdict"),
    [
        ("离坑边10米有个水塘，基坑深2米半，是危大工程吗", "一般不属于危大工程"),
        ("附着升降脚手架提升高度60米要专家论证吗", "没到提升高度150m"),
        ("公司年产值5亿，死1人，是什么级别事故", "死亡1人，属于一般事故"),
        ("直接经济损失6000万元是什么级别事故", "属于重大事故"),
    ],
)
def test_only_the_measure_asked_about_counts(question: str, verdict: str, tables: Tables) -> None:
    assert verdict in said(question, tables)


@pytest.mark.parametrize(
    "question", ["实习生要培训多少学时", "老板娘要培训多少小时", "三级教育公司级要多少学时"]
)
def test_hours_are_not_led_with_for_those_whom_the_table_does_not_name(question: str, tables: Tables) -> None:
    assert said(question, tables) == ""


def test_the_amount_of_an_unknown_local_reward_is_not_clear(tables: Tables) -> None:
    finding = look_up("晋江匿名举报有奖吗奖多少", tables, names={})
    assert finding is not None
    assert finding.partial
    assert any("晋江" in line and "没有找到" in line for line in finding.beside)
