"""Numbers however written, and one tokeniser for index and question."""

from __future__ import annotations

import pytest

from anwen.wiring import Wiring
from retrieval.numerals import chinese_number, normalise, numbers_in


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("三十二", 32),
        ("十", 10),
        ("两", 2),
        ("一百零二", 102),
        ("二〇二四", 2024),
        ("一万二千", 12_000),
        ("安全", None),
    ],
)
def test_chinese_numerals_have_values(text: str, value: int | None) -> None:
    assert chinese_number(text) == value


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("三十二学时", "32学时"),
        ("两米", "2m"),
        ("百分之百", "100%"),
        ("３２个学时", "32学时"),
        ("第二十八条", "第28条"),
        ("二十四个月", "24个月"),
    ],
)
def test_ways_of_writing_a_figure_are_one(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


def test_words_that_only_look_like_numerals_stay() -> None:
    assert normalise("一般规定统一执行") == "一般规定统一执行"
    assert numbers_in("专职安全员一名，高度1.2米") == {"1", "1.2"}


def test_a_compound_is_found_by_the_words_inside_it(wiring: Wiring) -> None:
    tokens = wiring.tokeniser.tokens("单排脚手架搭设高度不应超过24m")
    assert {"单排", "脚手架", "24m"} <= set(tokens)


def test_lay_words_are_found_on_word_boundaries_only(wiring: Wiring) -> None:
    assert "吊车" in wiring.lexicon.terms("吊车能不能站人", wiring.tokeniser)
    assert "体检" not in wiring.lexicon.terms("气体检测报警仪怎么用", wiring.tokeniser)
