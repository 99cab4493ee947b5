"""What opens a provision and what only looks as if it did, and how a provision is cited."""

from __future__ import annotations

from ingest.family import openings
from ingest.repair import repair
from ingest.tree import build_tree
from retrieval.clause import ClauseKind


def locators(text: str) -> list[str]:
    """The locators of all nodes, in order."""
    repaired = repair(text)
    return [n.opening.locator for n in build_tree(repaired, openings(repaired)[1])]


STATUTE = """# 某办法
第一章 总则
第一条 为了安全，制定本办法。
第二条 有下列情形之一的，停工：
（一）无证；
（二）无方案：
1.没有编；
2.没有审。
前款规定由监理执行。
第三条 依照第二条的规定处罚。
第二条的规定不影响民事责任。
"""


def test_articles_paragraphs_and_items_are_cited_as_people_cite_them() -> None:
    found = locators(STATUTE)
    assert "第二条第一款第（二）项第2目" in found
    assert "第二条第二款" in found
    assert "第三条第二款" in found  # a line that opens with a reference is a paragraph, not an article
    assert found.count("第二条") == 1


STANDARD = """## 1 总则
1.0.1 为规范作业，制定本标准。
1.0.2 本标准适用于施工现场。
## 2 规定
2.1 一般规定2.1.1 作业前应检查：
1 安全帽；
1)帽壳；
2)帽衬；
2 安全带。
2.1.2施工应符合本标准第2.1.1条的规定，
2.1.1 条的规定不适用于抢险。
2.1.3 高度不大于
1.5m的平台。作业应有人监护。2.1.4 夜间应有照明。
11.5.14.2的试验按附录进行。
"""


def test_numbers_glued_to_text_open_clauses_and_references_do_not() -> None:
    found = locators(STANDARD)
    assert [x for x in found if x.startswith("2.1.") and "第" not in x] == [
        "2.1.1",
        "2.1.2",
        "2.1.3",
        "2.1.4",
    ]
    assert "2.1.1第1款第2项" in found
    assert "11.5.14.2" not in found


NOTICE = """某局关于印发方案的通知
一、工作目标
到2026年底前清零。
二、主要任务
（一）排查。每年2轮。
1.建立机制。逐项目排查。
2.动态清零。
（二）培训。
1.新员工32学时。
附件
事项\t重点任务\t责任科室
(一) 排查\t1.每年至少2轮。 2.及时研判。\t执法大队
"""


def test_notices_and_their_flattened_tables_keep_their_columns() -> None:
    found = locators(NOTICE)
    assert "二（一）2" in found
    assert "附件（一）2" in found
    repaired = repair(NOTICE)
    rows = [o for o in openings(repaired)[1] if o.kind is ClauseKind.ROW]
    assert rows[0].columns == {
        "事项": "(一) 排查",
        "重点任务": "1.每年至少2轮。 2.及时研判。",
        "责任科室": "执法大队",
    }


def test_text_that_no_grammar_places_stays_as_a_plain_paragraph() -> None:
    repaired = repair("施工现场要注意安全。\n大家都要戴好安全帽。")
    nodes = build_tree(repaired, openings(repaired)[1])
    assert [n.opening.kind for n in nodes] == [ClauseKind.PLAIN]
