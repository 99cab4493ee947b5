"""Laws, regulations and rules in articles: 编/章/节/条/款/项/目 (立法法 第六十五条)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

from ingest.grammars.chain import longest_chain
from ingest.grammars.lists import ListStack
from ingest.labels import ARTICLE, PART, is_article_reference, number_of
from ingest.repair import Line
from ingest.tree import ARTICLE as ARTICLE_DEPTH
from ingest.tree import ITEM, PARAGRAPH, Opening, plain_heading
from ingest.tree import PART as PART_DEPTH
from retrieval.clause import ClauseKind

_PART_DEPTHS = {"编": PART_DEPTH - 1, "篇": PART_DEPTH - 1, "章": PART_DEPTH, "节": PART_DEPTH + 1}
_ITEM_STYLES = ("（一）", "1.", "（1）", "1）", "①", "一、")


@dataclass(frozen=True, slots=True)
class _Article:
    start: int
    end: int
    locator: str


def openings(lines: list[Line], prefix: str = "") -> list[Opening]:
    """Where the parts, articles, 款 and 项 of a statute begin. `prefix` stands before each locator."""
    articles = _articles(lines)
    starts = sorted(articles)
    found: list[Opening] = []
    current: _Article | None = None
    body: list[tuple[int, str]] = []
    for line in lines:
        inside = [s for s in starts if line.start <= s < line.start + len(line.text)]
        if not inside and (part := _part(line)):
            found += _inner(current, body, prefix)
            current, body = None, []
            found.append(part)
        elif not inside and current is not None and plain_heading(line):
            found += _inner(current, body, prefix)
            current, body = None, []
            found.append(
                Opening(line.start, line.start, PART_DEPTH, ClauseKind.PART, prefix + line.text[:20])
            )
        elif not inside:
            body.append((line.start, line.text))
        else:
            before = line.text[: inside[0] - line.start]
            if before.strip():
                body.append((line.start, before))
            for n, start in enumerate(inside):
                found += _inner(current, body, prefix)
                stop = inside[n + 1] if n + 1 < len(inside) else line.start + len(line.text)
                current = articles[start]
                body = [(current.end, line.text[current.end - line.start : stop - line.start])]
                found.append(
                    Opening(start, current.end, ARTICLE_DEPTH, ClauseKind.ARTICLE, prefix + current.locator)
                )
    return found + _inner(current, body, prefix)


def _articles(lines: list[Line]) -> dict[int, _Article]:
    """The articles by offset: labels at line starts that form a rising chain, then the gaps between."""
    segments: list[list[tuple[tuple[int, int], _Article]]] = [[]]
    for line in lines:
        match = ARTICLE.match(line.text)
        if not match or is_article_reference(line.text[match.end() :]):
            continue
        key = (number_of(match.group(1)) or 0, number_of(match.group(2)) or 0 if match.group(2) else 0)
        article = _Article(line.start, line.start + match.end(), re.sub(r"\s", "", match.group()))
        if key == (1, 0) and len(segments[-1]) > 5:
            segments.append([])  # a second regulation in one file starts again at 第一条
        segments[-1].append((key, article))
    found: dict[int, _Article] = {}
    for segment in segments:
        chain = longest_chain(segment)
        found |= {article.start: article for _, article in chain}
        for (low, before), (high, after) in pairwise(chain):
            found |= _between(lines, before.end, after.start, range(low[0] + 1, high[0]))
        if segment is segments[-1] and chain:
            (last, _), article = chain[-1]
            found |= _between(lines, article.end, lines[-1].start + 1, range(last + 1, last + 3))
    return found


def _between(lines: list[Line], start: int, end: int, numbers: range) -> dict[int, _Article]:
    """Articles that stand in the middle of a line, behind a full stop."""
    found: dict[int, _Article] = {}
    wanted = set(numbers)
    for line in lines:
        if not (start <= line.start + len(line.text) and line.start < end):
            continue
        for match in ARTICLE.finditer(line.text):
            ahead = line.text[: match.start()].rstrip()
            if (
                number_of(match.group(1)) in wanted
                and ahead.endswith(("。", "；", "：", "”"))
                and not is_article_reference(line.text[match.end() :])
            ):
                wanted.discard(number_of(match.group(1)) or 0)
                found[line.start + match.start()] = _Article(
                    line.start + match.start(), line.start + match.end(), re.sub(r"\s", "", match.group())
                )
    return found


def _part(line: Line) -> Opening | None:
    match = PART.match(line.text)
    if not match or len(line.text) > 45 or is_article_reference(line.text[match.end() :]):
        return None
    return Opening(
        line.start,
        line.start + match.end(),
        _PART_DEPTHS[match.group(2)],
        ClauseKind.PART,
        re.sub(r"\s", "", match.group()),
    )


def _inner(article: _Article | None, body: list[tuple[int, str]], prefix: str) -> list[Opening]:
    """The 款, 项 and 目 of an article, given its lines."""
    if article is None:
        return []
    base = prefix + article.locator
    stack = ListStack(_ITEM_STYLES)
    paragraphs = 0
    labels: list[str] = []
    found: list[Opening] = []
    several = _paragraph_count(body) > 1
    for start, text in body:
        if text.startswith("|"):
            continue  # a row of a table is no 款
        item = stack.take(text)
        if item is None:
            paragraphs += 1
            stack.clear()
            labels.clear()
            if several:
                found.append(
                    Opening(
                        start, start, PARAGRAPH, ClauseKind.PARAGRAPH, f"{base}第{_ordinal(paragraphs)}款"
                    )
                )
            continue
        del labels[item.level :]
        labels.append(f"第{item.label}{'目' if item.level else '项'}")
        head = f"{base}第{_ordinal(paragraphs)}款" if several else base
        found.append(
            Opening(start, start + item.end, ITEM + item.level, ClauseKind.ITEM, head + "".join(labels))
        )
    return found


def _paragraph_count(body: list[tuple[int, str]]) -> int:
    stack = ListStack(_ITEM_STYLES)
    count = 0
    for _, text in body:
        if not text.startswith("|") and stack.take(text) is None:
            count += 1
            stack.clear()
    return count


def _ordinal(number: int) -> str:
    from ingest.grammars.lists import label_text

    return label_text("一、", max(number, 1))
