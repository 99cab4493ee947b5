"""What a source loses before it is read: layout, mark-up, page furniture. Nothing unlisted is lost.

The repaired text is the source less a list of deletions, each with its reason; every character
kept remembers where in the source it stood. No character is ever added or moved.
"""

from __future__ import annotations

import re
from array import array
from collections import Counter
from dataclasses import dataclass

from ingest.labels import ARTICLE, PART, opens

_FRONT_MATTER = re.compile(r"\A\s*---\n.*?\n---[ \t]*(?:\n|\Z)", re.S)
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_TAG = re.compile(r"</?(?:p|br|b|strong|em|span|div|u|i|sup|sub)\b[^>\n]*>", re.I)
_LINE_MARK = re.compile(r"^[ \t\u3000]*#{1,6}[ \t\u3000]*|^[ \t\u3000>]+|[ \t\u3000]+$", re.M)
_BOLD = re.compile(r"\*\*|(?<=\n)\\\*(?=\n)")
_RULE = re.compile(r"^(?:-{3,}|\*{3,}|\|(?:\s*:?-+:?\s*\|)+)[ \t]*$", re.M)
_PAGE_NUMBER = re.compile(r"^[ \t]*[-—–·]*[ \t]*(?:第[ \t]*)?\d{1,3}(?:[ \t]*页)?[ \t]*[-—–·]*[ \t]*$", re.M)
_STANDARD_HEADER = re.compile(r"^(?:GB|JGJ|CJJ|JB|GBZ|JG|DB)[/TZJ ]*\d+(?:\.\d+)?[—–-]\d{4}$")

_HAN = "\u4e00-\u9fff"
_PUNCT = "，。；：、？！“”‘’《》〈〉（）〔〕【】…—"
_STRAY_BLANK = re.compile(
    rf"(?<=[{_HAN}{_PUNCT}])[ \t\u3000]+(?=[{_HAN}{_PUNCT}\d])|(?<=[\d%])[ \t\u3000]+(?=[{_HAN}{_PUNCT}])"
)
_LABEL_BLANK = re.compile(
    rf"^(?:{ARTICLE.pattern}|{PART.pattern}|[\dA-Z]{{1,2}}(?:\s?[.．]\s?\d{{1,2}})*|附\s?[件录]\s?[\dA-Z]?)[ \t\u3000]"
)
_ENDS = re.compile(r"[。；：！？!?;:…”》）)\]】|]$")
_TITLE_END = re.compile(
    r"(?:通知|办法|规定|方案|意见|标准|规范|规程|条例|清单|目录|导则|指南|文件|会议?|局|部|厅|委员会|办公室|\d日)$"
)
_SALUTATION = re.compile(
    r"^(?:各|附：|附件|（此件|此件|特此|\d{4}\s?年\s?\d{1,2}\s?月\s?\d{1,2}\s?日$|[一二三四五六七八九十]、)"
)
_MIN_BROKEN = 20  # a printed line shorter than this ends where its author ended it


@dataclass(frozen=True, slots=True)
class Deletion:
    """Characters [start, end) of the source that were left out, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of repaired text: where it starts, what it says, whether it was marked as a heading."""

    start: int
    text: str
    heading: bool


@dataclass(frozen=True, slots=True)
class Repaired:
    """A source without its layout. `origin[i]` is where character i of `text` stood in the source."""

    text: str
    origin: array[int]
    deletions: tuple[Deletion, ...]
    headings: frozenset[int]

    def lines(self) -> list[Line]:
        """The lines of the text, empty ones left out."""
        found: list[Line] = []
        start = 0
        for line in self.text.split("\n"):
            if line:
                found.append(Line(start, line, start in self.headings))
            start += len(line) + 1
        return found

    def source_span(self, start: int, end: int) -> tuple[int, int]:
        """Where [start, end) of the text stood in the source."""
        if start >= end:
            return (0, 0)
        return self.origin[start], self.origin[end - 1] + 1


class _Work:
    """The source while it is being repaired: which characters are dropped, and why."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.why: list[str | None] = [None] * len(source)
        self.heading_at: set[int] = set()

    def drop(self, start: int, end: int, reason: str) -> None:
        for i in range(start, end):
            if self.why[i] is None:
                self.why[i] = reason

    def kept(self) -> tuple[str, array[int]]:
        origin = array("I", (i for i, why in enumerate(self.why) if why is None))
        return "".join(self.source[i] for i in origin), origin

    def drop_in_kept(self, pattern: re.Pattern[str], reason: str) -> None:
        text, origin = self.kept()
        for match in pattern.finditer(text):
            for i in range(match.start(), match.end()):
                self.why[origin[i]] = reason


def repair(source: str) -> Repaired:
    """Take the layout out of a source text."""
    work = _Work(source)
    if front := _FRONT_MATTER.match(source):
        work.drop(front.start(), front.end(), "front matter")
    for pattern, reason in (
        (_INVISIBLE, "invisible character"),
        (re.compile("\r|\x0c|\x07|\x0b"), "control character"),
        (_TAG, "markup"),
        (_RULE, "rule"),
        (_BOLD, "markup"),
    ):
        work.drop_in_kept(pattern, reason)
    _drop_page_furniture(work)
    _drop_line_marks(work)
    _drop_stray_blanks(work)
    _join_lines(work)
    return _finish(work)


def _drop_page_furniture(work: _Work) -> None:
    """Page numbers, and headers that stand at the edge of page after page."""
    work.drop_in_kept(_PAGE_NUMBER, "page number")
    text, origin = work.kept()
    edges: Counter[str] = Counter()
    if "\f" in work.source:
        for page in work.source.split("\f"):
            lines = [line.strip() for line in page.splitlines() if line.strip()]
            edges.update({re.sub(r"\d+", "#", line) for line in (lines[:1] + lines[-1:])})
    offset = 0
    for line in text.splitlines(keepends=True):
        bare = line.strip().lstrip("#").strip()
        if _STANDARD_HEADER.match(bare) or (len(bare) <= 40 and edges[re.sub(r"\d+", "#", bare)] >= 3):
            work.drop(origin[offset], origin[offset + len(line) - 1] + 1, "running header")
        offset += len(line)


def _drop_line_marks(work: _Work) -> None:
    """Heading marks and blanks at the ends of lines; remembers which lines were headings."""
    text, origin = work.kept()
    for match in _LINE_MARK.finditer(text):
        if match.start() == match.end():
            continue
        if "#" in match.group() and match.end() < len(text):
            work.heading_at.add(origin[match.end()])
        for i in range(match.start(), match.end()):
            work.why[origin[i]] = "heading mark" if "#" in match.group() else "blank"


def _drop_stray_blanks(work: _Work) -> None:
    """Blanks between Chinese characters, except after a label and between the cells of a table."""
    text, origin = work.kept()
    offset = 0
    for line in text.splitlines(keepends=True):
        if not line.startswith("|") and "\t" not in line:
            label = _LABEL_BLANK.match(line)
            for match in _STRAY_BLANK.finditer(line, label.end() if label else 0):
                work.drop(origin[offset + match.start()], origin[offset + match.end() - 1] + 1, "stray blank")
        offset += len(line)


def _join_lines(work: _Work) -> None:
    """Drop the line ends that a page break put inside a sentence, and all blank lines."""
    text, origin = work.kept()
    width = _full_width(work.source)
    position = 0
    previous = ""
    gap: list[int] = []
    previous_heading = False
    for line in text.split("\n"):
        end = position + len(line)
        if line:
            heading = origin[position] in work.heading_at
            broken = previous and not heading and not previous_heading and _is_broken(previous, line, width)
            for n, i in enumerate(gap):
                if broken or n:
                    work.why[origin[i]] = "page break" if broken else "blank line"
            gap, previous, previous_heading = [], line, heading
            if end < len(text):
                gap = [end]
        elif end < len(text):
            gap.append(end)
        position = end + 1
    for i in gap[1:]:
        work.why[origin[i]] = "blank line"


def _full_width(source: str) -> int:
    """How many characters a full printed line has in a paged source; else a safe minimum."""
    if "\f" not in source:
        return _MIN_BROKEN
    lengths = sorted(len(line.strip()) for line in source.splitlines() if line.strip())
    return max(12, int(0.8 * lengths[int(0.9 * (len(lengths) - 1))])) if lengths else _MIN_BROKEN


def _is_broken(line: str, following: str, width: int) -> bool:
    """Whether a sentence runs over from one line into the next."""
    if line.startswith("|") or following.startswith("|") or "\t" in line or "\t" in following:
        return False
    if opens(following) or _SALUTATION.match(following):
        return False
    if re.match(r"\d{4}\s?年", following) and re.search(r"(?:通过|修正|修订|公布|发布|施行|批准)$", line):
        return False  # the history of adoption and amendment, a line each
    if line.endswith(("，", "、", "（", "《", "“", "和", "及")):
        return True
    return len(line) >= width and not _ENDS.search(line) and not (_TITLE_END.search(line) and len(line) <= 60)


def _finish(work: _Work) -> Repaired:
    text, origin = work.kept()
    deletions: list[Deletion] = []
    for i, why in enumerate(work.why):
        if why is None:
            continue
        if deletions and deletions[-1].end == i and deletions[-1].reason == why:
            deletions[-1] = Deletion(deletions[-1].start, i + 1, why)
        else:
            deletions.append(Deletion(i, i + 1, why))
    headings = frozenset(n for n, i in enumerate(origin) if i in work.heading_at)
    return Repaired(text, origin, tuple(deletions), headings)
