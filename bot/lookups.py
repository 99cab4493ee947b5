"""Questions that a table answers better than a sentence of a text: a figure against a threshold, hours of training.

Each finding says what follows from the table and names the clauses that it rests on; the text itself is cited beside.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.answer import named
from retrieval.numerals import chinese_number, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.tables import DangerousWork, Source, Tables, Threshold, Training

_ASKS_SCALE = re.compile(r"论证|专家|危大|危险性较大|超.{0,4}规模|超危|专项(?:施工)?方案|深基坑|高支模")
_FIGURE = re.compile(r"(\d+(?:\.\d+)?)\s*(kn/m2|kn/m|kn|m)(?:(半)|(\d)(?![\dm]))?(?![a-z/])")
# What makes a figure uncertain: a negation, an estimate, a range, several stages. Then nothing is computed.
_UNCERTAIN = re.compile(
    r"(?<!是)不是|谣言|改[为成]|不[到足满]|[没未][到有]死|快\d|差|将近|接近|以[下内]|左右|大概|来米|多米|几米|再|又|加上|累计|先|后来|昨天|今天"
    r"|[~～]|\d\s*[-—–至到]\s*\d|不死"
)
_NEARBY = re.compile(
    r"管线|管道|楼|房|地铁|隧道|学校|医院|高压线|电线|道路|马路|铁路|河|紧挨|旁边|邻近|毗邻|周边|周围|附近"
)
_NOTHING_NEAR = re.compile(r"(?:周边|周围|附近|旁边|四周)[^，。]{0,2}(?:没|无|空)[^，。]{0,8}")
_AREA = re.compile(r"\d+(?:\.\d+)?\s*(?:万)?(?:平方米?|立方米?|平米|㎡|m²|m³|m2|m3|方(?!案))")
_TONNES = re.compile(r"\d\s*(?:吨|t(?![a-z]))", re.I)
_OTHER_FRAMES = re.compile(r"移动|满堂|支撑架|操作架|门式")
_MEASURED = "深高跨宽长标重"  # what a figure in metres is the measure of
_PARAMETERS = {  # the measures that speak of a parameter
    "开挖深度": "深",
    "搭设高度": "高",
    "搭设跨度": "跨",
    "跨度": "跨",
    "提升高度": "高",
    "施工高度": "高",
    "分段架体搭设高度": "高",
    "搭设总高度": "高",
    "搭设基础标高": "标",
}
_ASKS_TRAINING = re.compile(
    r"学时|课时|(?:培训|教育|上课|学习|实习).{0,12}(?:多久|多长|多少|几|小时|时间)|(?:多久|多长|多少|几).{0,10}(?:培训|教育|课|实习)"
)
_WHO = (
    ("待岗转岗", r"转岗|换岗|待岗|复工|调岗"),
    ("特种作业人员", r"特种|特殊工种|电工|架子工|塔吊司机|信号工|司索|焊工|电焊"),
    ("负责人和安全员", r"负责人|经理|安全员|管理人员|老板(?!娘)|法人|法定代表人|安管"),
    ("新工人", r"新|刚来|刚招|进场|入场|入职|岗前|上岗前|三级教育|小工"),
    ("在岗工人", r"每年|再培训|年年|继续教育|老工人"),
)
_KIN = {  # whose hours are told beside
    "新工人": ("高危行业新员工", "在岗工人"),
    "负责人和安全员": ("高危行业负责人",),
    "在岗工人": ("高危行业新员工",),
}
_ASKS_CLASS = re.compile(
    r"(?:哪|什么|啥|几)(?:一)?(?:级|类|等).{0,6}事故|事故.{0,6}(?:级别|等级|哪级|哪类|几级)|算.{0,8}(?:一般|较大|重大|特别重大|特大)事故|(?:一般|较大|重大|特大).{0,6}还是"
)
_ASKS_REWARD = re.compile(
    r"举报.{0,20}(?:奖|赏).{0,10}(?:多少|几|钱|元|金)|(?:奖金|奖励|悬赏).{0,10}举报.{0,10}(?:多少|几|钱)"
)
_OTHER_TRADES = re.compile(r"注册|注安|监理|特种设备|矿|危化|化工|烟花|冶炼|消防|有限空间|职业卫生|吊篮")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a table says to a question: sentences to lead with, each with its source in order (none where the text
    leads better), lines to set beside them, and whether the answer can be partial at best."""

    lead: tuple[tuple[str, Source], ...]
    beside: tuple[str, ...] = ()
    partial: bool = False


def look_up(
    question: str, tables: Tables, *, names: dict[str, str], lapsed: frozenset[str] = frozenset()
) -> Finding | None:
    """The finding for a question, if a table has one; `names` are the titles of documents by id, `lapsed` the ids
    of those that do not apply at the day asked about."""
    found = (
        _works(question, tables)
        or _accident(question, tables)
        or _reward(question, tables)
        or _training(question, tables, names, lapsed)
    )
    if found is None or any(source.document in lapsed for _, source in found.lead):
        return None
    return found


def _works(question: str, tables: Tables) -> Finding | None:
    from bot.tables import Source

    if not _ASKS_SCALE.search(question):
        return None
    work = _work_meant(question, tables.dangerous)
    asks_limit = re.search(r"多[深高长大宽重]", question)
    if work is None or asks_limit or _UNCERTAIN.search(question) or _TONNES.search(question):
        return None
    if work.work.startswith("落地") and _OTHER_FRAMES.search(question):
        return None
    figures = _figures(_AREA.sub(" ", question))
    dangerous = _verdict(work.dangerous, figures, work)
    oversized = _verdict(work.oversized, figures, work)
    lead: list[tuple[str, Source]] = []
    document = tables.dangerous_document
    if dangerous:
        says, at = dangerous
        lead.append((f"{work.work}：{says}，属于危大工程，要编专项施工方案", Source(document, at)))
    if oversized:
        says, at = oversized
        lead.append((f"{says}，属于超过一定规模的危大工程，方案要经专家论证", Source(document, at)))
    missed = [t for t in work.oversized if t.value is not None and _reached(t, figures, work) is False]
    if not oversized and missed:
        limit = missed[0]
        says = f"没到{limit.parameter}{limit.value:g}{limit.unit}，不属于超过一定规模的危大工程，国家规定不要求专家论证，当地另有要求的按当地"
        lead.append((says, Source(document, limit.at)))
    if not dangerous and (short := [t for t in work.dangerous if _reached(t, figures, work) is False]):
        others = [t.always for t in work.dangerous if t.always]
        unless = f"（例外：{'；'.join(others)}）" if others else ""
        limit = short[0]
        says = f"{work.work}：没到{limit.parameter}{limit.value:g}{limit.unit}，一般不属于危大工程{unless}"
        lead = [(says, Source(document, limit.at))]
    near = work.work.startswith("基坑") and _NEARBY.search(_NOTHING_NEAR.sub("", question))
    if near and not oversized:
        return None  # what stands near may change the verdict: the texts say how
    asks_expert = re.search(r"论证|专家|超", question)
    if asks_expert and work.oversized and not oversized and not missed:
        return None
    return Finding(tuple(lead)) if lead else None


def _work_meant(question: str, works: Sequence[DangerousWork]) -> DangerousWork | None:
    """The work whose longest word stands in the question."""
    found = [(len(word), -n, work) for n, work in enumerate(works) for word in work.words if word in question]
    return max(found, key=lambda f: f[:2])[2] if found else None


@dataclass(frozen=True, slots=True)
class _Figure:
    value: float
    unit: str
    measure: str  # "深" of 挖4.5米深 and of 深度4.5米; "" where nothing tells


def _figures(question: str) -> list[_Figure]:
    text = normalise(question)
    found: list[_Figure] = []
    end = 0
    for match in _FIGURE.finditer(text):
        before, after = (
            text[max(end, match.start() - 10) : match.start()],
            text[match.end() : match.end() + 1],
        )
        if re.search(r"[离距隔边口][^，,。]{0,6}$", before) or re.match(
            r"[外远宽]|以外", text[match.end() :]
        ):
            end = match.end()  # a distance, not a measure of the work
            continue
        near = re.search(rf"([{_MEASURED}])(?:度|度为|约|是|为|有|了|到|达)*\s*$", before)
        far = [c for c in before if c in _MEASURED]
        measure = near.group(1) if near else after if after and after in _MEASURED else (far or [""])[-1]
        part = 0.5 if match.group(3) else int(match.group(4) or 0) / 10  # 两米半, 4米9
        found.append(_Figure(float(match.group(1)) + part, match.group(2), measure))
        end = match.end() + (0 if near or measure != after else 1)
    return found


def _reached(threshold: Threshold, figures: list[_Figure], work: DangerousWork) -> bool | None:
    """Whether a figure of the question reaches a threshold; None where the question has none for it. A bare figure
    counts only where the work has but one parameter of its unit."""
    if threshold.value is None or threshold.parameter is None:
        return None
    unit = normalise(threshold.unit or "")
    rivals = {
        t.parameter for t in (*work.dangerous, *work.oversized) if t.value and normalise(t.unit or "") == unit
    }
    wanted = _PARAMETERS.get(threshold.parameter, "")
    fitting = [
        f for f in figures if f.unit == unit and (f.measure == wanted if f.measure else len(rivals) == 1)
    ]
    told = [f for f in fitting if f.measure] or fitting
    return any(f.value >= threshold.value for f in told) if told else None


def _verdict(
    thresholds: tuple[Threshold, ...], figures: list[_Figure], work: DangerousWork
) -> tuple[str, str] | None:
    """The first threshold that is met, in words, with its locator."""
    for threshold in thresholds:
        if _reached(threshold, figures, work):
            return f"{threshold.parameter}达到{threshold.value:g}{threshold.unit}", threshold.at
    only = [t for t in thresholds if t.always]
    if len(only) == len(thresholds) == 1:
        return str(only[0].always), only[0].at
    return None


def _accident(question: str, tables: Tables) -> Finding | None:
    """The class of an accident whose dead, seriously injured or loss the question tells."""
    if not _ASKS_CLASS.search(question) or _UNCERTAIN.search(question):
        return None
    counted = re.sub(r"[一二两三四五六七八九十百]+(?=个)", lambda m: str(chinese_number(m.group())), question)
    text = normalise(counted)
    told = {
        "deaths": _count(
            text, r"死(?:亡|了|掉)?(\d+)", r"(\d+)(?:个|名|人|位)+(?:工人|工友)?(?:都)?(?:死|遇难|没了)"
        ),
        "serious": _count(text, r"重伤(?:了)?(\d+)", r"(\d+)(?:个|名|人|位)+(?:工人|工友)?重伤"),
        "loss": _loss(text),
    }
    if not any(value is not None for value in told.values()):
        return None
    for rank in tables.accidents:  # the gravest first: any one of the measures suffices
        for measure, value in told.items():
            low, high = getattr(rank, measure)
            if value is not None and (low is None or value >= low) and (high is None or value < high):
                counts = "、".join(_told(m, v) for m, v in told.items() if v is not None)
                return Finding(((f"{counts}，属于{rank.name}", rank.source),))
    return None


def _count(text: str, *patterns: str) -> float | None:
    match = next((m for p in patterns if (m := re.search(p, text))), None)
    return float(match.group(1)) if match else None


def _loss(text: str) -> float | None:
    """The loss in 万元: 6000万, 1.2亿, 1亿2千万."""
    amount = r"(\d+(?:\.\d+)?)(亿|千万|万)(?:(\d+)(千万|万))?"
    match = re.search(rf"(?<!间接)(?:经济)?损失[^，,。\d]{{0,6}}{amount}", text)
    match = match or re.search(rf"{amount}元?的?(?:直接)?(?:经济)?损失", text)
    if match is None:
        return None
    worth = {"亿": 10_000, "千万": 1_000, "万": 1}
    more = float(match.group(3)) * worth[match.group(4)] if match.group(3) else 0
    return float(match.group(1)) * worth[match.group(2)] + more


def _told(measure: str, value: float) -> str:
    words = {"deaths": "死亡{:g}人", "serious": "重伤{:g}人", "loss": "直接经济损失{:g}万元"}
    return words[measure].format(value)


def _reward(question: str, tables: Tables) -> Finding | None:
    """What is not known of the amounts of local reward schemes: none is stated where none is known."""
    if not _ASKS_REWARD.search(question):
        return None
    unknown = [f"{r.scheme}：{r.note}" for r in tables.local_rewards if r.amount is None]
    return Finding((), tuple(unknown), partial=True)


def _training(question: str, tables: Tables, names: dict[str, str], lapsed: frozenset[str]) -> Finding | None:
    """The hours that apply to those asked about, local ones first; those of others, and of other occasions, beside."""
    if not _ASKS_TRAINING.search(question) or _OTHER_TRADES.search(question):
        return None
    who = next((name for name, words in _WHO if re.search(words, question)), None)
    if who is None:
        return None
    kin = {who, *_KIN.get(who, ())}
    rows = [row for row in tables.training if row.who in kin and _worth_telling(row, who, question)]
    asked = [
        row
        for row in rows
        if (row.who == who or (row.who == "在岗工人" and who == "新工人"))
        and "三级" not in question
        and row.trust is None
        and row.source.document not in lapsed
        and _is_asked(row, who, question)
    ]
    lead = tuple((f"{_amount(row)}（{row.applies}）", row.source) for row in asked[:3])
    return (
        Finding(lead, tuple(_line(row, names, lapsed) for row in rows if row not in asked[:3]))
        if rows
        else None
    )


def _is_asked(row: Training, who: str, question: str) -> bool:
    yearly = bool(re.search(r"每年|再培训|年年|一年|继续教育", question))
    practice = "实习" in question
    if "年" in row.occasion:
        return yearly
    if "实习" in row.occasion:
        return practice
    return (
        row.who == who
        and not practice
        and (not yearly or bool(re.search(r"新|岗前|初次|进场|入场", question)))
    )


def _worth_telling(row: Training, who: str, question: str) -> bool:
    """What is known at second hand is told only to those who ask for just that."""
    if row.trust is None:
        return True
    return "三级" in question if "三级" in row.occasion else row.who == who and who != "新工人"


def _amount(row: Training) -> str:
    amount = f"至少{row.at_least:g}" if row.at_least is not None else f"{row.equals:g}"
    return f"{row.who}{row.occasion}：{amount}{row.unit}"


def _line(row: Training, names: dict[str, str], lapsed: frozenset[str]) -> str:
    title = names.get(row.source.document, row.source.document)
    over = "；这个文件已过期或被替代" if row.source.document in lapsed else ""
    return f"{_amount(row)}（{named(title)}{row.source.at or ''}；{row.applies}{over}）"
