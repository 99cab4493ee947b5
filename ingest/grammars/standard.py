"""Standards numbered in decimals: 3 / 3.2 / 3.2.6, items 1 / 1) / a), appendices A.0.1.

工程建设标准编写规定 (建标〔2008〕182号): below the numbered 条 stand 款 (1, 2) and 项 (1), 2)).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.grammars.chain import longest_chain
from ingest.grammars.lists import Item, ListStack, inline_items
from ingest.labels import DECIMAL, decimal_key, is_reference, key_text
from ingest.repair import Line
from ingest.tree import ARTICLE, ITEM, LEAF, PART, Opening
from retrieval.clause import ClauseKind

Key = tuple[int, ...]

_CHAPTER = re.compile(
    r"(?:第\s?([一二三四五六七八九十]+)\s?章|([1-9]\d?)(?:\s[.．])?)\s?·?(?=[\u4e00-\u9fff])"
)
_APPENDIX = re.compile(r"附\s?录\s?([A-Z])(?![\d.])")
_END_MATTER = re.compile(
    r"(?:本(?:规范|标准|规程|导则)用词(?:用语)?说明|引用标准名录|附\s?[：:]?\s?条文说明|参考文献|制订说明|修订说明|条文说明$|索引$)"
)
_EXERCISES = re.compile(r"练习题|参考答案|判断题|选择题|事故案例")
_NOT_BEFORE = r"[第、和及与～~—至\-（(A-Z.．]"
_SECTION_MAX = 30
_ITEM_STYLES = ("1", "1）", "1.", "（1）", "a)", "①")


@dataclass(frozen=True, slots=True)
class _Number:
    key: Key
    start: int
    end: int


def openings(lines: list[Line], prefix: str = "") -> list[Opening]:
    """Where the chapters, sections, clauses and items of a standard begin."""
    numbers = _numbers(lines)
    keys = {n.key for n in numbers}
    parents = {k[:i] for k in keys for i in range(2, len(k))}
    found = _chapters(lines, numbers, prefix)
    found += _end_matter(lines, numbers)
    for number in numbers:
        depth = PART + len(number.key) - 2 + (1 if number.key[-1:] != (0,) else 0)
        has_children = number.key in parents
        found.append(
            Opening(
                number.start,
                number.end,
                depth if has_children else ARTICLE,
                ClauseKind.PART if has_children else ClauseKind.ARTICLE,
                prefix + key_text(number.key),
            )
        )
    return found + _items(lines, found)


def decimal_numbers(lines: list[Line]) -> list[Key]:
    """The keys of the decimal numbers that open provisions, in order (to tell the family by)."""
    return [n.key for n in _numbers(lines)]


def _numbers(lines: list[Line]) -> list[_Number]:
    appendices = {ord(m.group(1)) - ord("A") + 1 for line in lines if (m := _APPENDIX.match(line.text))}
    candidates = [
        (n.key, n) for line in lines for n in _at_start(line) if n.key[0] == 0 or n.key[1] in appendices
    ]
    chain = longest_chain(candidates)
    numbers = [n for _, n in chain]
    numbers += _glued(lines, numbers)
    return sorted(numbers, key=lambda n: n.start)


def _at_start(line: Line) -> list[_Number]:
    """The decimal number that opens a line; both of "5.0.1、5.0.2 …", as explanations have them."""
    if inner := re.search(r"(?<=\S)#\s?(?=\d)", line.text):  # a heading glued behind its mark
        rest = Line(line.start + inner.end(), line.text[inner.end() :], heading=True)
        return _at_start(Line(line.start, line.text[: inner.start()], line.heading)) + _at_start(rest)
    match = DECIMAL.match(line.text)
    if not match:
        return []
    after = line.text[match.end() :]
    if pair := re.match(rf"[、～~]\s?(?={DECIMAL.pattern}\s?[\u4e00-\u9fff])", after):
        second = DECIMAL.match(after, pair.end())
        assert second is not None
        return [_number(line, match, 0), _number(line, second, match.end())]
    number = _number(line, match, 0)
    return [] if is_reference(after) or max(number.key[2:]) > 80 else [number]


def _number(line: Line, match: re.Match[str], shift: int) -> _Number:
    start = line.start + shift
    return _Number(decimal_key(match.group(1), match.group(2)), start + match.start(), start + match.end())


def _glued(lines: list[Line], numbers: list[_Number]) -> list[_Number]:
    """Numbers that OCR left inside a line, found where the count goes on: the next sibling, the
    first child, or the next section of what stands before."""
    known = {n.key for n in numbers}
    opened = sorted(numbers, key=lambda n: n.start)
    found: list[_Number] = []
    position = 0
    current: Key | None = None
    for line in lines:
        stop = line.start + len(line.text)
        offset = 0
        while position < len(opened) and opened[position].start < stop:
            current = opened[position].key
            offset = opened[position].end - line.start
            position += 1
        limit = opened[position].key if position < len(opened) else None
        if not offset and (heading := _bare_heading(line)):
            key, end = heading
            if (limit is None or key <= limit[:2]) and (current is None or key > current[:2]):
                current, offset = key, end
        while current is not None:
            number = _next_inside(line, offset, current, limit, known)
            if number is None:
                break
            found.append(number)
            known.add(number.key)
            current, offset = number.key, number.end - line.start
    return found


def _bare_heading(line: Line) -> tuple[Key, int] | None:
    """A chapter or appendix heading to which OCR glued its first number: (its key, where it ends)."""
    if match := _APPENDIX.match(line.text):
        return (1, ord(match.group(1)) - ord("A") + 1), match.end()
    if (match := _CHAPTER.match(line.text)) and (chapter := _chapter_number(line)):
        return (0, chapter), match.end()
    return None


def _successors(key: Key) -> list[Key]:
    """Numbers that may come after a key: first child, next sibling, next section and its first clause."""
    after: list[Key] = [(*key, 1)] if len(key) < 6 else []
    if len(key) == 2:
        return [*after, (*key, 0, 1), (*key, 1, 1)]
    for cut in range(len(key), 2, -1):
        sibling = (*key[: cut - 1], key[cut - 1] + 1)
        after += [sibling, (*sibling, 1)]
    return after


def _next_inside(line: Line, offset: int, current: Key, limit: Key | None, known: set[Key]) -> _Number | None:
    best: _Number | None = None
    for key in _successors(current):
        if key in known or (limit is not None and key >= limit):
            continue
        written = r"\s?[.．]\s?".join(re.escape(p) for p in key_text(key).split("."))
        for match in re.finditer(rf"(?<!{_NOT_BEFORE}){written}(?!\s?[.．]\s?\d)", line.text[offset:]):
            before = line.text[offset : offset + match.start()]
            after = line.text[offset + match.end() :]
            if not _stands(key, before, after, first=current == key[:-1], at_start=not offset):
                continue
            start = line.start + offset + match.start()
            if best is None or start < best.start:
                best = _Number(key, start, line.start + offset + match.end())
            break
    return best


def _stands(key: Key, before: str, after: str, *, first: bool, at_start: bool) -> bool:
    """Whether the next number of the count, found inside a line, opens a provision there."""
    if not before.strip():
        # "8.4.230m以下…": the figure of the sentence is glued to the number that opens the line
        return at_start and bool(re.match(r"\d{2}\s?(?:m|mm|kN|V)[\u4e00-\u9fff]", after))
    if is_reference(after) or not re.match(r"\s?[\u4e00-\u9fff“《（(A-Z]", after):
        return False
    if re.search(
        r"(?:本规范|本标准|本规程|符合|按照|按|依据|根据|见|图|表|附录|式|条|满足|执行)\s?$", before
    ):
        return False
    if len(key) == 3 and not first:
        return bool(re.search(r"[。；;：:）)%\s]$", before)) or _section_follows(after, key)
    return True


def _section_follows(after: str, key: Key) -> bool:
    """Whether a short heading and the first clause of this section come next ("4.3 支护4.3.1 …")."""
    return bool(re.match(rf"\s?[\u4e00-\u9fff、]{{2,15}}\s?{re.escape(key_text(key))}\s?[.．]\s?1", after))


def _chapters(lines: list[Line], numbers: list[_Number], prefix: str) -> list[Opening]:
    """Chapters (3 基本规定, 第三章) and appendices: each before the first number that lies in it."""
    first: dict[tuple[int, int], int] = {}
    for number in numbers:
        first.setdefault((number.key[0], number.key[1]), number.start)
    found: list[Opening] = []
    taken: dict[int, int] = {}
    for line in lines:
        if match := _APPENDIX.match(line.text):
            at = first.get((1, ord(match.group(1)) - ord("A") + 1))
            if at is None or line.start <= at or line.start == at:
                found.append(
                    Opening(
                        line.start,
                        line.start + match.end(),
                        PART,
                        ClauseKind.PART,
                        f"{prefix}附录{match.group(1)}",
                    )
                )
            continue
        chapter = _chapter_number(line)
        if chapter is None:
            continue
        at = first.get((0, chapter))
        if at is not None:
            between = [n for n in numbers if line.start < n.start < at]
            fits = line.start <= at and not between
        else:
            low = max((n.key[1] for n in numbers if n.key[0] == 0 and n.start < line.start), default=0)
            high = min((n.key[1] for n in numbers if n.key[0] == 0 and n.start > line.start), default=99)
            fits = low < chapter < high or (low == chapter - 1 and high == chapter)
            fits = fits and chapter == max([low, *taken]) + 1
        if fits:
            taken[chapter] = line.start
            match = _CHAPTER.match(line.text)
            assert match is not None
            found.append(
                Opening(line.start, line.start + match.end(), PART, ClauseKind.PART, f"{prefix}{chapter}")
            )
    for chapter, start, end in _glued_chapters(lines, first, set(taken)):
        found.append(Opening(start, end, PART, ClauseKind.PART, f"{prefix}{chapter}"))
    return found


def _glued_chapters(
    lines: list[Line], first: dict[tuple[int, int], int], known: set[int]
) -> list[tuple[int, int, int]]:
    """Chapter headings at the end of the line before their first number: (chapter, start, end)."""
    found: list[tuple[int, int, int]] = []
    for (kind, chapter), at in first.items():
        if kind or chapter in known:
            continue
        previous = [line for line in lines if line.start < at]
        for line in previous[-2:]:
            text = line.text[: at - line.start]
            match = re.search(
                rf"(?:^|#\s?|(?<=[。；\d²³）)%]))({chapter})\s?([\u4e00-\u9fff]{{2,14}})$", text.rstrip()
            )
            if match:
                found.append((chapter, line.start + match.start(1), line.start + match.end(1)))
    return found


def _chapter_number(line: Line) -> int | None:
    from ingest.labels import number_of

    match = _CHAPTER.match(line.text)
    if not match:
        return None
    head = re.split(r"\d+\s?[.．]\s?\d", line.text)[0]  # "7 文明施工7.0.1…" glued to its first clause
    if len(head) > _SECTION_MAX * (2 if line.heading else 1) or re.search(r"[。；：，:;]", head):
        return None
    return number_of(match.group(1) or match.group(2))


def _end_matter(lines: list[Line], numbers: list[_Number]) -> list[Opening]:
    """用词说明, 引用标准名录, 条文说明: read, kept, not searched."""
    last = max((n.start for n in numbers), default=0)
    half = lines[len(lines) // 2].start if lines else 0
    return [
        Opening(line.start, line.start, LEAF, ClauseKind.PLAIN, line.text[:12], searched=False)
        for line in lines
        if len(line.text) <= 30
        and line.start > min(last, half)
        and (_END_MATTER.match(line.text) or (line.heading and _EXERCISES.search(line.text)))
    ]


def _items(lines: list[Line], provisions: list[Opening]) -> list[Opening]:
    """The 款 and 项 inside each clause."""
    ordered = sorted(provisions, key=lambda o: o.start)
    found: list[Opening] = []
    stack = ListStack(_ITEM_STYLES)
    base = ""
    labels: list[str] = []
    position = 0

    def add(start: int, end: int, item: Item) -> None:
        del labels[item.level :]
        labels.append(_cited(item))
        found.append(Opening(start, end, ITEM + item.level, ClauseKind.ITEM, base + "".join(labels)))

    for line in lines:
        stop = line.start + len(line.text)
        start = line.start
        while position < len(ordered) and ordered[position].start < stop:
            opening = ordered[position]
            base = opening.locator if opening.kind is not ClauseKind.PLAIN else ""
            stack.clear()
            labels.clear()
            start = opening.body
            position += 1
        if not base or line.text.startswith("|"):
            continue
        text = line.text[start - line.start :]
        if start == line.start and (item := stack.take(text)):
            add(start, start + item.end, item)
        for offset, number in inline_items(text, stack.last("1") + 1):
            if number == 1 and not text[:offset].rstrip().endswith(("：", ":")):
                continue
            item = stack.take(text[offset:])
            if item is not None and item.style == "1":
                add(start + offset, start + offset + item.end, item)
    return found


def _cited(item: Item) -> str:
    if item.style in ("1", "1."):
        return f"第{item.number}款"
    if item.style == "1）":
        return f"第{item.number}项"
    return item.label
