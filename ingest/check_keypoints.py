"""Holds key points against the texts that they restate: does the clause exist, do its figures stand there, are the
words our own. What it cannot see – a swapped subject, a lost condition – is the second reader's work."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from ingest.keypoints import COMPARISONS, KeyPoint, KeyPoints
from retrieval.numerals import normalise, numbers_in

if TYPE_CHECKING:
    from ingest.parse import ParsedDocument
    from retrieval.clause import Clause

COPIED = 26  # so many characters in a row, signs not counted, are no longer our own words
SAY_MAX = 160


def faults_of(points: KeyPoints) -> Iterator[str]:
    """What is wrong with a file by itself: fields, values that the fact does not state, what stands twice."""
    said: set[str] = set()
    asked: dict[str, str] = {}
    for n, point in enumerate(points.points, 1):
        place = f"{points.document} {point.at}（第 {n} 条要点）"
        if not point.say or len(point.say) > SAY_MAX:
            yield f"{place}：要点应在 {SAY_MAX} 字以内"
        if point.say in said:
            yield f"{place}：与前面一条相同"
        said.add(point.say)
        if not point.subject:
            yield f"{place}：缺主语"
        stated = {float(x) for x in numbers_in(point.say)}
        stated |= {float(x) * 10_000 for x in re.findall(r"(\d+(?:\.\d+)?)万", normalise(point.say))}
        for value in point.values:
            if value.compare not in COMPARISONS or (value.compare == "range") != (value.to is not None):
                yield f"{place}：数值“{value.what}”的比较方式不对"
            if not {value.number, value.to or value.number} <= stated:
                yield f"{place}：数值“{value.what}”不在要点的文字里"
        for phrase in point.asked:
            if asked.setdefault(phrase, point.at) != point.at:
                yield f"{place}：问法“{phrase}”也给了 {asked[phrase]}"


def faults_against(points: KeyPoints, text: ParsedDocument) -> Iterator[str]:
    """What is wrong with a file when it is held against the text: clauses, figures, copied words."""
    clauses: dict[str, list[Clause]] = {}
    for clause in text.clauses:
        clauses.setdefault(clause.locator, []).append(clause)
    source = _letters("".join(c.own for c in text.clauses))
    runs = {source[i : i + COPIED] for i in range(len(source) - COPIED + 1)}
    for n, point in enumerate(points.points, 1):
        place = f"{points.document} {point.at}（第 {n} 条要点）"
        if point.at not in clauses:
            yield f"{place}：原文没有这一条"
            continue
        missing = numbers_in(point.say) - _figures(point, text)
        if missing:
            yield f"{place}：{'、'.join(sorted(missing))} 不在这一条里"
        for words in (*([] if point.listed else [point.say]), *point.asked):
            if run := _copied(words, runs):
                yield f"{place}：“{run}”与原文一字不差"


def _figures(point: KeyPoint, text: ParsedDocument) -> set[str]:
    """The figures of the provision that a point belongs to, all its parts and its own locator included."""
    found = set(numbers_in(point.at))
    for clause in text.clauses:
        below = re.match("表?" + re.escape(point.provision) + r"(?![\d.]\d|\d)", clause.locator)
        if below or clause.locator.startswith(point.at):
            own = clause.own.removeprefix(clause.locator)  # a number glued to its text: 8.4.230m
            found |= numbers_in(f"{own} {' '.join(clause.columns.values())}")
    return found


def _letters(text: str) -> str:
    return re.sub(r"[^\u4e00-\u9fff0-9A-Za-z]", "", text)


def _copied(words: str, runs: set[str]) -> str | None:
    own = _letters(words)
    return next(
        (own[i : i + COPIED] for i in range(len(own) - COPIED + 1) if own[i : i + COPIED] in runs), None
    )
