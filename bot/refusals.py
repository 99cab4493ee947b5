"""Answers that give no ground: what was not taken up, not found, not held; and what every answer ends with."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Evidence, named

if TYPE_CHECKING:
    from bot.bureau import Bureau
    from bot.emergency import Emergency
    from bot.question import Question
    from ingest.sites import Sites
    from retrieval.catalog import Catalog, Entry
    from retrieval.search import Found

CLOSING = "仅供参考，以原文为准"
STOP = "拿不准就先停工，撤到安全处，问专职安全员，不要凭经验冒险。"
_REFUSED = {
    "foreign": "请用中文提问，例如：“新工人上岗前要培训多少学时？” (Please ask in Chinese.)",
    "empty": "没有看到问题。请用一句话说清要问什么，例如：“新工人上岗前要培训多少学时？”",
    "long": "问题太长了（超过 1000 字）。请只问一件事，用一两句话说清。",
    "injection": "我只回答施工安全法规方面的问题，按条文说话，不能改变这一点。请直接问你想知道的规定。",
}


class Refusals:
    """Says plainly that there is no ground, and what to do instead."""

    def __init__(self, bureau: Bureau, catalog: Catalog, sites: Sites) -> None:
        self._bureau = bureau
        self._catalog = catalog
        self._sites = sites

    def not_taken_up(
        self, question: Question, text: str, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        """The answer to what cannot be taken up: empty, too long, not Chinese, an instruction."""
        lines = [*emergency_lines(emergency), _REFUSED[question.refused or "empty"], f"{CLOSING}。"]
        return Answer(text[:200], "\n".join(lines), Evidence.NONE, (), (), day, tools=())

    def no_such_clause(
        self, question: Question, clause: str, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        """The answer where a document is held but has no such clause."""
        lines = emergency_lines(emergency)
        lines.append(f"没有找到{clause}：手头收录的这个文本里没有这一条，请核对条号。")
        return finished(question, lines, [], Evidence.NONE, (), day)

    def nothing_found(
        self, question: Question, found: Found, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        """The answer where no ground was found: the nearest clauses, whom to ask, and to stop where it is about what to do."""
        lines = emergency_lines(emergency)
        lines.append("没有找到依据：手头的文件里没有能直接回答这个问题的条文，我不猜。")
        if question.asks_action or emergency:
            lines.append(STOP)
        if day < date.today():
            lines.append(f"手头多是现行文本，{day} 时有效的旧文本可能没有收录。")
        lines += [*_nearest(found), f"可以问：{self._bureau.ask}。"]
        return finished(question, lines, [], Evidence.NONE, (), day)

    def not_held(
        self, question: Question, found: Found, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        """The answer where the question names a document that is known but not held: its number, where to get it."""
        lines = emergency_lines(emergency)
        for entry in found.query.references.not_held[:2]:
            number = f"（{entry.number}）" if entry.number else ""
            where = f"，官方页面：{entry.page}" if entry.page else self._where_to_look(entry)
            lines.append(f"知道有{named(entry.title)}{number}，但手头没有它的全文，不能据它回答{where}。")
            if entry.replaced_by and (heir := self._catalog.entries.get(entry.replaced_by)):
                lines.append(f"它已被{named(heir.title)}（{heir.number or heir.id}）替代。")
        if question.asks_action or emergency:
            lines.append(STOP)
        lines += [*_nearest(found), f"可以问：{self._bureau.ask}。"]
        return finished(question, lines, ["文件已知但未收录全文"], Evidence.NONE, (), day)

    def _where_to_look(self, entry: Entry) -> str:
        site = self._sites.where(entry)
        return f"，可到{site.name}网站（{site.look}）按名称或文号查找" if site else ""


def finished(
    question: Question,
    lines: list[str],
    notes: list[str],
    evidence: Evidence,
    citations: tuple[Citation, ...],
    day: date,
) -> Answer:
    """An answer of these lines, with its notes and the words that every answer ends with."""
    lines += [f"注意：{note}。" for note in notes]
    dates = "、".join(dict.fromkeys(f"{c.text_date}" for c in citations if c.text_date))
    lines.append(f"{CLOSING}（文本日期：{dates}）。" if dates else f"{CLOSING}。")
    text = "\n".join(lines)
    return Answer(question.text, text, evidence, citations, tuple(notes), day)


def emergency_lines(emergency: tuple[Emergency, ...]) -> list[str]:
    """The fixed lines of a danger, before anything else."""
    lines = dict.fromkeys(line for kind in emergency for line in kind.lines)
    return [*(f"【紧急】{line}" for line in lines), ""] if lines else []


def _nearest(found: Found) -> list[str]:
    near = [h for h in found.hits[:2] if float(h.score) > 0 and found.on_topic]
    names = "；".join(f"{named(h.document.title)}{h.clause.locator}" for h in near)
    return [f"内容最接近的条文（只供对照，不能当答案）：{names}。"] if near else []
