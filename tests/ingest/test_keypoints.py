"""Key points: read, shown by article, stepping back for the text itself, and held against it."""

from __future__ import annotations

from pathlib import Path

import pytest

from anwen.settings import Settings
from anwen.wiring import Wiring
from ingest.check_keypoints import faults_against, faults_of
from ingest.keypoints import parse_keypoints, provision_of, read_keypoints
from ingest.parse import parse
from ingest.readers import read_file
from retrieval.catalog import Catalog, Entry
from retrieval.errors import UnreadableFile

POINTS = """
document: 帽规
basis: 2024年文本
trust: 高
roles: {written: 撰写人, reviewed: 复核人}
points:
- at: 第二条第一款
  say: 安全帽最多用30个月就要换
  subject: 安全帽
  modal: 应当
  values: [{what: 更换周期, compare: "<=", number: 30, unit: 个月}]
  asked: [头盔能戴几年, 帽子多久换新的]
- at: 第二条第二款
  say: 受过重击的安全帽不得再用
  subject: 安全帽
  modal: 不得
  asked: [砸过的帽子还能戴吗]
"""
TEXT = (
    "某安全帽规定\n第一条 为了安全，制定本规定。\n第二条 安全帽每三十个月更换一次。\n"
    "受过一次强烈冲击的安全帽不得继续使用。\n第三条 本规定自2024年1月1日起施行。\n"
)


@pytest.fixture
def catalog() -> Catalog:
    entry = Entry("帽规", "某安全帽规定", effective="2024-01-01", file="帽规.txt")
    return Catalog({entry.id: entry})


@pytest.fixture
def home(tmp_path: Path, catalog: Catalog) -> Wiring:
    made = Wiring(Settings(home=tmp_path / "home"), index=tmp_path / "index")
    made.__dict__["catalog"] = catalog
    (tmp_path / "帽规.yaml").write_text(POINTS, "utf-8")
    (tmp_path / "帽规.txt").write_text(TEXT, "utf-8")
    made.pipeline.ingest([tmp_path / "帽规.yaml"])
    return made


def test_the_points_of_an_article_are_shown_together(home: Wiring) -> None:
    hit = home.searcher.search("安全帽多久换一次").hits[0]
    assert hit.document.kind == "key points"
    assert hit.clause.locator == "第二条"
    assert "30个月" in hit.clause.text
    assert "不得再用" in hit.clause.text


def test_a_clause_is_found_by_the_way_in_which_people_ask(home: Wiring) -> None:
    hit = home.searcher.search("头盔能戴几年").hits[0]
    assert hit.clause.locator == "第二条"
    assert float(hit.why["alike"]) > 0.9


def test_the_text_itself_takes_over_and_is_found_the_same_way(home: Wiring, tmp_path: Path) -> None:
    home.pipeline.ingest([tmp_path / "帽规.txt"])
    home.home._checked = 0.0
    hit = home.searcher.search("头盔能戴几年").hits[0]
    assert hit.document.kind == "full text"
    assert "三十个月" in hit.clause.text
    assert not any(d.kind == "key points" for d in home.home.current().documents.values())


def test_when_the_text_is_removed_the_points_speak_again(home: Wiring, tmp_path: Path) -> None:
    home.pipeline.ingest([tmp_path / "帽规.txt"])
    home.pipeline.remove("帽规")
    home.home._checked = 0.0
    assert home.searcher.search("安全帽多久换一次").hits[0].document.kind == "key points"


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        ("第二条第一款", "第九条", "原文没有这一条"),
        ("最多用30个月", "最多用36个月", "36 不在这一条里"),
        (
            "受过重击的安全帽不得再用",
            "安全帽每三十个月更换一次，受过一次强烈冲击的安全帽不得继续使用",
            "一字不差",
        ),
        ("number: 30", "number: 40", "不在要点的文字里"),
        ("砸过的帽子还能戴吗", "头盔能戴几年", "也给了"),
    ],
)
def test_a_point_that_is_not_true_to_its_clause_is_a_fault(
    right: str, wrong: str, fault: str, catalog: Catalog, tmp_path: Path
) -> None:
    text = tmp_path / "帽规.txt"
    text.write_text(TEXT, "utf-8")
    parsed = parse(read_file(text), catalog)
    sound = read_keypoints("x.yaml", POINTS)
    assert [*faults_of(sound), *faults_against(sound, parsed)] == []
    broken = read_keypoints("x.yaml", POINTS.replace(right, wrong))
    assert any(fault in f for f in [*faults_of(broken), *faults_against(broken, parsed)])


def test_a_file_of_an_unknown_document_is_refused(catalog: Catalog) -> None:
    with pytest.raises(UnreadableFile, match="目录里没有"):
        parse_keypoints("x.yaml", POINTS.replace("帽规", "鞋规"), catalog)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("points: [{at: 第一条}]", "缺少 say"),
        ("[1, 2]", "不是合格的要点文件"),
        ("points: 3", "不是合格的要点文件"),
        (POINTS.replace("modal: 不得", "modal: 也许"), "情态“也许”"),
    ],
)
def test_a_malformed_file_is_refused_with_the_reason(text: str, reason: str) -> None:
    with pytest.raises(UnreadableFile, match=reason):
        read_keypoints("x.yaml", text)


def test_points_of_ones_own_do_not_take_the_place_of_those_shipped(wiring: Wiring, tmp_path: Path) -> None:
    false = POINTS.replace("document: 帽规", "document: CJJT275-2018")
    (tmp_path / "x.yaml").write_text(false, "utf-8")
    report = wiring.pipeline.ingest([tmp_path / "x.yaml"])
    assert "不能用另一份顶替" in report.failures[0].reason
    assert not report.changed


@pytest.mark.parametrize(
    ("locator", "provision"),
    [
        ("第二十八条第三款第（二）项", "第二十八条"),
        ("表7.1.1第2行", "7.1.1"),
        ("3.2.6第1款", "3.2.6"),
        ("附件（六）2", "附件（六）2"),
    ],
)
def test_a_locator_belongs_to_its_provision(locator: str, provision: str) -> None:
    assert provision_of(locator) == provision
