"""Page breaks, stray blanks and page furniture go; nothing goes that is not listed."""

from __future__ import annotations

from anwen.settings import CHECKOUT
from ingest.repair import repair


def seed() -> str:
    return repair((CHECKOUT / "corpus" / "texts" / "jinjiang-2024-103.md").read_text("utf-8")).text


def test_sentences_broken_by_a_page_are_joined() -> None:
    text = seed()
    assert "推广定型化、标准化安全设施" in text
    assert "监理单位定期报告制度，动态更新" in text
    assert "经济开发区和局有关科室要及时总结" in text


def test_stray_blanks_between_chinese_characters_go_but_those_after_a_label_stay() -> None:
    assert (
        repair("第一条 进入 现场 必须 戴好 32 学时的牌子。").text == "第一条 进入现场必须戴好32学时的牌子。"
    )
    assert repair("3.2.6 遇到 5 级以上大风").text == "3.2.6 遇到5级以上大风"


def test_a_heading_is_not_joined_to_the_sentence_below_it() -> None:
    text = "# 建筑施工高处作业安全技术规范编制组\n为规范高处作业，制定本规范。"
    assert repair(text).text.split("\n")[0] == "建筑施工高处作业安全技术规范编制组"


def test_page_numbers_and_running_headers_go_with_their_reason() -> None:
    repaired = repair("第一条 总则。\n— 3 —\nGB 55034-2022\n第二条 附则。")
    assert repaired.text == "第一条 总则。\n第二条 附则。"
    assert {d.reason for d in repaired.deletions} >= {"page number", "running header"}


def test_what_is_kept_and_what_is_deleted_make_up_the_source() -> None:
    source = "---\ntitle: x\n---\n# 第一章  总 则\n\n\u200b第一条　为了**安全**。<p>完</p>\n"
    repaired = repair(source)
    pieces = dict(zip(repaired.origin, repaired.text, strict=True))
    for deletion in repaired.deletions:
        pieces |= {i: source[i] for i in range(deletion.start, deletion.end)}
    assert "".join(pieces[i] for i in range(len(source))) == source
