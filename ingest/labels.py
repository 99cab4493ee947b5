"""What opens a provision: the shapes of labels in Chinese regulations and standards."""

from __future__ import annotations

import re

from retrieval.numerals import chinese_number

CN = "一二三四五六七八九十百千零〇"
CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

ARTICLE = re.compile(rf"第\s?([{CN}\d]+)\s?条(?:之([一二三四五六七八九十]))?")
PART = re.compile(rf"第\s?([{CN}\d]+)\s?([编章节篇])")
ANNEX = re.compile(
    rf"(附\s?[件录])\s?([{CN}]+|\d{{1,2}}|[A-Z])?(?=$|[\s：:、.．（(\u4e00-\u9fff])(?![^\n]{{0,30}}(?:下载|所列|规定|的要求|进行|执行|确定|中的))"
)
DECIMAL = re.compile(r"([1-9]\d?|[A-Z])((?:\s?[.．]\s?(?:\d{1,2}|[lO](?!\w)))+)(?![\d.．]*\d)")

# Labels of lists, in the order in which they are tried; each gives its number.
LIST_STYLES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("一、", re.compile(rf"([{CN}]+)\s?、")),
    ("（一）", re.compile(rf"[（(]\s?([{CN}]+)\s?[)）]")),
    ("（1）", re.compile(r"[（(]\s?(\d{1,2})\s?[)）]")),
    ("1）", re.compile(r"(\d{1,2})\s?[)）]")),
    ("1.", re.compile(r"(\d{1,2})\s?(?:[.．、](?!\d)|[.．](?=20\d\d\s?年))")),
    ("①", re.compile(rf"([{CIRCLED}])")),
    ("a)", re.compile(r"([a-z])\s?[)）]")),
    (
        "1",
        re.compile(
            r"(\d{1,2})(?=\s?[\u4e00-\u9fffA-Z“《（(])(?!\s?(?:年|月|日|[%℃°]|级|层|根|个|台|倍|号|m|人|次|名|道|kN|MPa|kV|V|A|[~～]))"
        ),
    ),
)

_CROSS_REFERENCE = re.compile(
    r"\s?(?:条(?![形件状纹])|款(?!号)|项(?!目)|节(?=[的规，。、中第])|的|所述|规定的|中的|和\s?第?\d|[、～~—]\s?第?\d|[)）]|至\s?第?\d|或第|[-－]\s?\d|[，。；;])"
)
_MEASURE = re.compile(
    r"(?:[mVANths](?![a-zA-Z])|[×xX+＋=<>≤≥%℃°])"
    r"|\s?(?:mm|cm|km|kg|kN|kPa|MPa|kV|Pa|kW|Hz|[×xX]\s?\d|(?:元|万元|倍|级|分|吨|米)(?:$|[，。；、以及之]))"
)
_ARTICLE_REFERENCE = re.compile(r"(?:的|规定|第|、|和|至|或|所|以|[（(]|款|项(?!目)|中|[，。；])")


def number_of(label: str) -> int | None:
    """The value of a label's number: 三 → 3, 12 → 12, ③ → 3, b → 2."""
    if label.isdigit():
        return int(label)
    if label in CIRCLED:
        return CIRCLED.index(label) + 1
    if len(label) == 1 and label.isascii() and label.islower():
        return ord(label) - ord("a") + 1
    return chinese_number(label)


def decimal_key(head: str, tail: str) -> tuple[int, ...]:
    """A sortable key for 3.2.6 → (0, 3, 2, 6) and A.0.1 → (1, 1, 0, 1)."""
    parts = [
        int(p.replace("l", "1").replace("O", "0")) for p in re.split(r"[.．]", re.sub(r"\s", "", tail))[1:]
    ]
    if head.isdigit():
        return (0, int(head), *parts)
    return (1, ord(head) - ord("A") + 1, *parts)


def key_text(key: tuple[int, ...]) -> str:
    """(0, 3, 2, 6) → "3.2.6"."""
    head = str(key[1]) if key[0] == 0 else chr(ord("A") + key[1] - 1)
    return ".".join([head, *map(str, key[2:])])


def is_reference(after: str) -> bool:
    """Whether a number goes on as a cross-reference or a measured value rather than as a provision."""
    return bool(_CROSS_REFERENCE.match(after) or _MEASURE.match(after))


def is_article_reference(after: str) -> bool:
    """Whether 第X条 goes on as a reference to an article rather than as the article itself."""
    return bool(_ARTICLE_REFERENCE.match(after))


def opens(line: str) -> bool:
    """Whether a line begins with a label of any kind, or is a caption or table row."""
    if line.startswith("|") or re.match(r"[续附]?[表图]\s?[A-Z\d]", line):
        return True
    for pattern in (ARTICLE, PART):
        if (m := pattern.match(line)) and not is_article_reference(line[m.end() :]):
            return True
    if ANNEX.match(line):
        return True
    if (m := DECIMAL.match(line)) and not is_reference(line[m.end() :]):
        return True
    return any(p.match(line) for _, p in LIST_STYLES)
