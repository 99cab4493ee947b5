"""The sentences of a clause that answer a question, scored by what was asked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.question import Kind
from retrieval.numerals import normalise

if TYPE_CHECKING:
    from retrieval.clause import Clause, Hit
    from retrieval.lexical import LexicalIndex
    from retrieval.search import Query
    from retrieval.tokens import Tokeniser

_SENTENCE = re.compile(r"[^。；;！？\n]+[。；;！？]?")
_LEAD_MAX = 120
_QUOTE_MAX = 420
_LIMITS = {Kind.LIST: 700, Kind.PROCEDURE: 700, Kind.DEFINITION: 500, Kind.REFERENCE: 1_500}

# What the answer to each kind of question looks like.
_LOOKS_LIKE: dict[Kind, re.Pattern[str]] = {
    Kind.NUMBER: re.compile(r"\d"),
    Kind.WHEN: re.compile(
        r"\d+\s?(?:年|月|日|小时|天|个工作日|分钟)|之日|立即|及时|年底|[前后]\s?[，。；]|届满|期满|同时"
    ),
    Kind.WHO: re.compile(
        r"由.{1,30}(?:负责|组织|实施|编制|审批|批准|签字|承担|审核|报告|受理)|部门|单位|负责人|人员|机构|大队|科|局|政府|监理|工程师"
    ),
    Kind.DEFINITION: re.compile(r"是指|指的是|系指|所称|[a-z]{4,}|即"),
    Kind.MAY: re.compile(
        r"不得|严禁|禁止|可以|应当|必须|不应|不宜|方可|可不|不准|应(?:符合|按|当)|有权|无须|允许|需要|判定为"
    ),
    Kind.WHAT_IF: re.compile(
        r"罚款|责令|处.{0,12}(?:徒刑|拘役|罚)|吊销|暂扣|停产|停业|追究|处分|警告|应当|立即|撤|停止|认定|视为|判定"
    ),
    Kind.LIST: re.compile(r"下列|以下|包括|[（(][一二三四五六七八九十][)）]|：$|、.+、"),
    Kind.PROCEDURE: re.compile(r"应当|应|先|后|依次|顺序|程序|步骤|方可|按照|经"),
}
_UNIT_ASKED: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(asked), re.compile(found))
    for asked, found in (
        (r"几级|多大.{0,2}风|风.{0,8}(?:多大|级|停)", r"\d+级|\d+m/s"),
        (r"学时|课时|培训多(?:久|长|少)|几个小时|多少小时|上.{0,6}课", r"\d+(?:学时|小时)"),
        (
            r"多高|多长|多宽|多深|多厚|多远|几米|多少米|间距|距离|几公分|多少公分|厘米|高度|宽度|深度|隔多|离多",
            r"\d+(?:\.\d+)?(?:m(?!pa|/s)|mm|cm|km)",
        ),
        (r"多重|几吨|多少吨|多少公斤|载重|荷载", r"\d+(?:\.\d+)?(?:t|kg|kn|n)"),
        (r"多少钱|罚多少|罚款|几万|多少万|金额|奖励多少|赔多少|多少元", r"\d+(?:\.\d+)?(?:万|亿)?元|\d+%|倍"),
        (
            r"几天|多少天|几日|多少日|多久|多长时间|几个月|几年|多少年|哪年|期限|有效期|期|管几年|年限",
            r"\d+(?:个)?(?:工作日|日|天|月|年|小时|周)|期限",
        ),
        (r"几岁|多大年纪|年龄|多少岁|周岁", r"\d+(?:周)?岁"),
        (r"几个人|多少人|几名|多少名|几个|几人", r"\d+(?:人|名|个)|[\d ]+人"),
        (
            r"几次|多少次|几轮|几遍|多久.{0,3}一次|频率",
            r"\d+(?:次|轮|遍)|每(?:年|月|周|日|天|季|班)|\d+(?:年|月|周|日|天)",
        ),
        (r"比例|百分之|几成|多少%", r"\d+(?:\.\d+)?%|/\d|倍"),
        (r"分贝|噪声|噪音", r"\d+(?:\.\d+)?(?:db)|\d{2}"),
        (r"伏|电压", r"\d+(?:\.\d+)?k?v"),
        (r"毫安|漏电.{0,6}电流|动作电流", r"\d+(?:\.\d+)?ma"),
        (r"电阻|欧姆", r"\d+(?:\.\d+)?(?:ω|m?ω|欧)"),
        (r"多少度|几度|温度", r"\d+(?:\.\d+)?(?:°|℃|度|c)"),
        (r"几分|多少分|扣", r"\d+分"),
        (r"几倍|多少倍", r"\d+(?:\.\d+)?(?:倍|d)"),
    )
)


@dataclass(frozen=True, slots=True)
class Passage:
    """A sentence of a hit with how well it answers (0 … about 2)."""

    hit: Hit
    text: str
    start: int  # where in the hit's clause text
    score: float
    covered: float  # share of the question's words that the sentence or its lead-in has
    fits_kind: bool  # whether it looks like what was asked for


class Extractor:
    """Scores the sentences of hits against one question."""

    def __init__(self, query: Query, kind: Kind, *, tokeniser: Tokeniser, lexical: LexicalIndex) -> None:
        self._kind = kind
        self._tokeniser = tokeniser
        self._words = {word: lexical.idf(word) for word in query.words}
        self._grams = _grams(query.text)
        self._terms = {word: tuple(normalise(t) for t in terms) for word, terms in query.terms.items()}
        self._looks = _LOOKS_LIKE.get(kind)
        self._unit = next((found for asked, found in _UNIT_ASKED if asked.search(query.text)), None)

    def passages(self, hit: Hit) -> list[Passage]:
        """The sentences of a hit, in reading order."""
        focus = hit.focus.text if hit.focus is not None else ""
        found: list[Passage] = []
        context = normalise(f"{' '.join(hit.clause.heading_path[-1:])}{hit.clause.context}")
        lead_in = ""
        for match in _SENTENCE.finditer(hit.clause.text):
            text = match.group().strip()
            if len(text) < 2:
                continue
            normal = normalise(text)
            covered = self._covered(normal)
            with_context = max(covered, 0.8 * self._covered(normal + context + lead_in))
            fits = self._fits(normal)
            score = with_context + 0.5 * self._shared(text) + (0.45 if fits else 0.0)
            score += 0.15 if focus and text in focus else 0.0
            score -= 0.2 if len(text) < 8 else 0.0
            found.append(Passage(hit, text, match.start(), score, with_context, fits))
            if text.endswith(("：", ":")) or re.search(r"[：:]$", text):
                lead_in = normal
        return found

    def _covered(self, normal: str) -> float:
        total = sum(self._words.values())
        if not total:
            return 0.0
        found = 0.0
        for word, weight in self._words.items():
            if word in normal or any(term in normal for term in self._terms.get(word, ())):
                found += weight
        return found / total

    def _shared(self, text: str) -> float:
        return len(_grams(text) & self._grams) / max(len(self._grams), 1)

    def _fits(self, normal: str) -> bool:
        if self._kind in (Kind.NUMBER, Kind.WHEN) and self._unit is not None:
            return bool(self._unit.search(normal))
        return bool(self._looks and self._looks.search(normal))


def best_of(passages: list[Passage]) -> Passage | None:
    """The passage that answers best."""
    return max(passages, key=lambda p: p.score, default=None)


def quote_from(clause: Clause, passage_start: int, passage_text: str, kind: Kind) -> str:
    """A verbatim span of a clause around a passage: the whole clause where it is short, or a list."""
    text = clause.text
    limit = _LIMITS.get(kind, _QUOTE_MAX)
    if len(text) <= limit:
        return text
    pieces = [(m.start(), m.end()) for m in _SENTENCE.finditer(text)]
    place = next((i for i, (s, e) in enumerate(pieces) if s <= passage_start < e), 0)
    first = last = place
    opens_list = passage_text.endswith(("：", ":"))
    while True:
        grown = False
        if last + 1 < len(pieces) and pieces[last + 1][1] - pieces[first][0] <= limit:
            last, grown = last + 1, True
        if not opens_list and first > 0 and pieces[last][1] - pieces[first - 1][0] <= limit:
            first, grown = first - 1, True
        if not grown:
            break
    end = min(pieces[last][1], pieces[first][0] + 2 * limit)
    return text[pieces[first][0] : end].strip()


def shortened(text: str) -> str:
    """A passage as the first line of an answer: label and list number gone, at most 120 characters."""
    text = re.sub(
        r"^(?:第[一二三四五六七八九十百零\d]+条(?:之[一二三])?\s*|[（(][一二三四五六七八九十\d]+[)）]\s*|\d{1,2}(?:\.\d{1,2}){1,4}\s*|\d{1,2}\s?[)）.、．]\s*|\d{1,2}\s+(?=[\u4e00-\u9fff])|[①-⑳]\s*|[a-z][)）]\s*|[一二三四五六七八九十]+、|\|\s*)",
        "",
        text.strip(),
    )
    if len(text) <= _LEAD_MAX:
        return text.rstrip("；;，,|： ")
    cut = max(text.rfind(mark, 0, _LEAD_MAX) for mark in "，；、")
    return text[: cut if cut > 40 else _LEAD_MAX].rstrip("，；、") + "……"


def _grams(text: str) -> set[str]:
    folded = "".join(re.findall(r"[\u4e00-\u9fffa-z\d]", normalise(text)))
    return {folded[i : i + 2] for i in range(len(folded) - 1)}
