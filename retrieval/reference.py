"""Exact references in a question: 《安全生产法》第二十八条, 文号, GB 55034 3.2.6, short names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from retrieval.catalog import Catalog, Entry, fold_name
from retrieval.clause import Document
from retrieval.numerals import chinese_number, fold_width

_CN = "零一二三四五六七八九十百"
_ARTICLE = re.compile(
    rf"第?\s?(?P<article>[{_CN}]+|\d{{1,3}})\s?条(?P<sub>之[{_CN}])?"
    rf"(?:\s?第?\s?(?P<paragraph>[{_CN}]+|\d{{1,2}})\s?款)?(?:\s?第?\s?[（(]?(?P<item>[{_CN}]+|\d{{1,2}})[)）]?\s?项)?"
)
_DECIMAL = re.compile(
    r"(?<![\dA-Za-z.])((?:[A-Z]|[1-9]\d?)(?:\.\d{1,2}){1,4})(?![\d%‰]|\s?(?:m|米|吨|元|倍|公里|t|kN|kV|V|A|MPa)\b)"
)
_STANDARD = re.compile(
    r"(GB|JGJ|CJJ|JB|GBZ|AQ|DBJ)\s?(?:/\s?)?([TZJ])?\s?(\d+(?:\.\d)?)(?:\s?[-—–]\s?(\d{4}))?", re.I
)
_PART = re.compile(r"附\s?[件录]\s?[一二三四五\dA-Z]?|[一二三四五六七八九十]+（[一二三四五六七八九十]+）\d*")
_PART_OF_WORD = re.compile(r"[律学院官庭]|规(?!定)")  # 建筑法规 is not 建筑法, but 建筑法规定 is


@dataclass(frozen=True, slots=True)
class References:
    """What a question names: documents held, documents only known of, locators; and the question without the names."""

    documents: tuple[Document, ...]
    not_held: tuple[Entry, ...]
    locators: tuple[str, ...]
    rest: str


class ReferenceFinder:
    """Finds the references of a question among the documents of an index and of the catalog."""

    def __init__(self, documents: Iterable[Document], catalog: Catalog) -> None:
        self._documents = list(documents)
        names: dict[str, list[Document]] = {}
        for document in self._documents:
            for name in (document.title, document.number, document.id, *document.short):
                if name and len(fold_name(name)) >= 2:
                    same = names.setdefault(fold_name(name), [])
                    if document not in same:
                        same.append(document)
        self._held = names
        self._known = {n: e for n, e in catalog.by_name.items() if n not in names and len(n) >= 3}
        self._longest_first = sorted([*names, *self._known], key=len, reverse=True)
        self._held_ids = {d.id for d in self._documents}
        self._local = [
            (place, d)
            for d in self._documents
            if (place := re.sub(r"^.*[省市](?=.)|[省市县区]$", "", d.jurisdiction)) != "全国"
        ]

    def find(self, question: str) -> References:
        """The documents and locators that a question names."""
        documents: list[Document] = []
        entries: list[Entry] = []
        folded, places = _folded(question)
        left = list(question)
        pairs = {folded[i : i + 2] for i in range(len(folded) - 1)}
        for name in self._longest_first:
            if name[:2] not in pairs:
                continue
            place = folded.find(name)
            if place < 0 or _PART_OF_WORD.match(folded, place + len(name)):
                continue
            if name.isdigit() and not re.search(rf"(?:GB|JGJ|T|Z|J|CJJ){name}", folded):
                continue
            documents += self._held.get(name, ())
            entries += [e for e in self._known.get(name, ()) if e.id not in self._held_ids]
            while (place := folded.find(name)) >= 0:
                folded = folded[:place] + "\0" * len(name) + folded[place + len(name) :]
                for n in range(places[place], places[place + len(name) - 1] + 1):
                    left[n] = " "
        documents += self._standards(question, documents)
        documents += [d for place, d in self._local if place in question]
        held = tuple(dict.fromkeys(documents))
        rest = "".join(left) if held else question
        for town, _ in self._local:
            rest = rest.replace(town, " ")
        not_held = tuple(dict.fromkeys(entries)) if not held else ()
        return References(held, not_held, _locators(question), _STANDARD.sub(" ", rest) if held else rest)

    def _standards(self, question: str, found: list[Document]) -> list[Document]:
        more: list[Document] = []
        for match in _STANDARD.finditer(fold_width(question)):
            family, kind, number, year = match.groups()
            head = fold_name(f"{family}{kind or ''}{number}")
            for document in self._documents:
                folded = fold_name(document.number or "")
                same = re.sub(r"\d{4}$", "", folded) in (head, fold_name(f"{family}T{number}"))
                if same and (year is None or folded.endswith(year)) and document not in found:
                    more.append(document)
        return more


def _folded(question: str) -> tuple[str, list[int]]:
    """A question folded as names are, and the place in it that each folded character came from."""
    pairs = [(c, place) for place, char in enumerate(question) for c in fold_name(char)]
    return "".join(c for c, _ in pairs), [place for _, place in pairs]


def _locators(question: str) -> tuple[str, ...]:
    """Locators as the index writes them: 第二十八条第三款第（二）项, 3.2.6, 附件1."""
    text = fold_width(question).replace("(", "（").replace(")", "）")
    found: list[str] = []
    for match in _ARTICLE.finditer(text):
        if not match.group().startswith("第") and len(match.group("article")) < 2:  # 一条绳, 两条
            continue
        locator = f"第{_chinese(match.group('article'))}条{match.group('sub') or ''}"
        if match.group("paragraph"):
            locator += f"第{_chinese(match.group('paragraph'))}款"
        if match.group("item"):
            locator += f"第（{_chinese(match.group('item'))}）项"
        found.append(locator)
    found += [m.group(1) for m in _DECIMAL.finditer(_STANDARD.sub(" ", text))]
    found += [re.sub(r"\s", "", m.group()) for m in _PART.finditer(text)]
    return tuple(dict.fromkeys(found))


def _chinese(number: str) -> str:
    value = int(number) if number.isdigit() else chinese_number(number) or 0
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones else "")
