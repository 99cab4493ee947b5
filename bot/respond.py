"""A question → an Answer, offline: search, extract, judge the evidence, say what to mind."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Evidence
from bot.emergency import Emergencies, Emergency
from bot.evidence import Signals, signals_of
from bot.extract import Extractor, Passage, best_of, quote_from, shortened
from bot.question import MAX_LENGTH, Kind, Question, read_question
from retrieval.clause import Level
from retrieval.expand import neighbours
from retrieval.numerals import normalise
from retrieval.validity import Status, rank_of, status_at

if TYPE_CHECKING:
    from bot.bureau import Bureau
    from bot.evidence import Calibration
    from retrieval.catalog import Catalog
    from retrieval.clause import Clause, Document, Hit
    from retrieval.search import Found, Searcher

_STATUS_WORDS = {
    Status.IN_FORCE: "现行有效",
    Status.REPLACED: "已被替代或废止",
    Status.NOT_YET: "尚未施行",
    Status.EXPIRED: "期限已过",
}
_CLOSING = "仅供参考，以原文为准"
_STOP = "拿不准就先停工，撤到安全处，问专职安全员，不要凭经验冒险。"
_ALL_WORDS = 0.95  # share of the question's words, by rarity
_CELL_MAX = 60  # longer cells are texts of their own
_WHOLE = 420  # a clause up to so many characters is quoted whole
_FIGURES = (Kind.NUMBER, Kind.WHEN)
_REFUSED = {
    "foreign": "请用中文提问，例如：“新工人上岗前要培训多少学时？” (Please ask in Chinese.)",
    "empty": "没有看到问题。请用一句话说清要问什么，例如：“新工人上岗前要培训多少学时？”",
    "long": "问题太长了（超过 1000 字）。请只问一件事，用一两句话说清。",
    "injection": "我只回答施工安全法规方面的问题，按条文说话，不能改变这一点。请直接问你想知道的规定。",
}


class Assistant:
    """Answers questions over the current index. Safe to share between threads."""

    def __init__(
        self,
        searcher: Searcher,
        *,
        calibration: Calibration,
        emergencies: Emergencies,
        bureau: Bureau,
        catalog: Catalog,
    ) -> None:
        self._searcher = searcher
        self._calibration = calibration
        self._emergencies = emergencies
        self._bureau = bureau
        self._catalog = catalog

    def ask(self, text: str, *, as_of: date | None = None) -> Answer:
        """Answer a question by the texts that apply at `as_of` (default today)."""
        day = as_of or date.today()
        question = read_question(text)
        emergency = self._emergencies.meant_by(text[:MAX_LENGTH])
        if question.refused:
            return self._refused(question, text, emergency, day)
        found, passages, signals = self.look(question, day)
        references = found.query.references
        if references.not_held and not references.documents:
            return self._not_held(question, found, emergency, day)
        if missing := self._missing_clause(found):
            return self._no_such_clause(question, missing, emergency, day)
        evidence = self._judged(question, passages, signals, day)
        if evidence is Evidence.NONE or not passages:
            return self._nothing(question, found, emergency, day)
        return self.compose(question, found, passages, evidence, day, emergency)

    def _judged(self, question: Question, passages: list[Passage], signals: Signals, day: date) -> Evidence:
        """The calibrated state of evidence, and what it can be at best for the text that it rests on."""
        evidence = self._calibration.judge(signals)
        if signals.exact and evidence is not Evidence.CLEAR:
            evidence = Evidence.CLEAR if question.kind is Kind.REFERENCE else Evidence.PARTIAL
        if evidence is Evidence.PARTIAL and signals.sentence >= _ALL_WORDS and signals.fits:
            evidence = Evidence.CLEAR  # one sentence has every word of the question and what was asked for
        if evidence is not Evidence.CLEAR:
            return evidence
        best = passages[0]
        without_figure = question.kind in _FIGURES and not best.fits_kind and not signals.exact
        lapsed = status_at(best.hit.document, day) is not Status.IN_FORCE
        return (
            Evidence.PARTIAL if without_figure or lapsed or _unknown_source(best.hit.document) else evidence
        )

    def _missing_clause(self, found: Found) -> str | None:
        """The clause that a question names in a document that is held but has no such clause."""
        references = found.query.references
        if len(references.documents) != 1 or any("leg" in h.why for h in found.hits):
            return None
        document = references.documents[0]
        clauses = self._searcher.generation.clauses
        named = [x for x in references.locators if re.match(r"第[^（]+条|\d+\.\d", x)]
        if not named or any(clauses.located(document.id, re.sub(r"(?<=条).*", "", x)) for x in named):
            return None
        return f"《{document.title}》{named[0]}"

    def look(self, question: Question, day: date) -> tuple[Found, list[Passage], Signals]:
        """Search, the best sentence of each of the best hits (best first), and the signals."""
        found = self._searcher.search(question.text, k=8, as_of=day)
        extractor = Extractor(
            found.query,
            question.kind,
            tokeniser=self._searcher.tokeniser,
            lexical=self._searcher.generation.lexical,
        )
        best: list[Passage] = []
        around = [n for hit in found.hits[:2] for n in neighbours(hit, self._searcher.generation.clauses)]
        held = {hit.clause.id for hit in found.hits[:6]}
        for hit in (*found.hits[:6], *(n for n in around if n.clause.id not in held)):
            passage = best_of(extractor.passages(hit))
            if passage is not None:
                best.append(passage)
        ranked = sorted(best, key=_worth, reverse=True)
        return found, ranked, signals_of(found, ranked[0] if ranked else None)

    def compose(
        self,
        question: Question,
        found: Found,
        passages: list[Passage],
        evidence: Evidence,
        day: date,
        emergency: tuple[Emergency, ...] = (),
    ) -> Answer:
        """The answer that these passages give, the best of them first."""
        chosen = _chosen(passages)
        citations = tuple(self._citation(n, p, question.kind, day) for n, p in enumerate(chosen, 1))
        lead = shortened(chosen[0].text)
        lines = _emergency_lines(emergency)
        opening = "" if evidence is Evidence.CLEAR else "最接近的条文说（不一定就是答案，请对照原文）："
        lines.append(f"{opening}{_with_lead_in(citations[0], lead)}[1]")
        if evidence is Evidence.PARTIAL and question.asks_action:
            lines.append(_STOP)
        lines.append("")
        lines += [_ground(citation) for citation in citations]
        notes = self._notes(chosen, citations, day)
        return self._finished(question, lines, notes, evidence, citations, day)

    def _citation(self, n: int, passage: Passage, kind: Kind, day: date) -> Citation:
        hit = passage.hit
        clause = self._narrowed(hit.clause, passage)
        start = clause.text.find(passage.text)
        document = hit.document
        return Citation(
            n=n,
            clause_id=clause.id,
            title=document.title,
            doc_number=document.number,
            locator=clause.locator,
            quote=quote_from(clause, max(start, 0), passage.text, kind),
            verbatim=document.kind == "full text",
            status=_STATUS_WORDS[status_at(document, day)],
            level=document.level.value,
            source=document.source,
            lead_in=clause.context if clause.id != hit.clause.id or clause.context else "",
            beside=self._beside(clause, hit),
            text_date=document.effective,
        )

    def _beside(self, clause: Clause, hit: Hit) -> tuple[tuple[str, str], ...]:
        """The other cells of a clause's table row, or of the row that repeats it."""
        twins = (self._searcher.generation.clauses.get(name) for name in hit.repeats)
        columns = clause.columns or next((t.columns for t in twins if t is not None and t.columns), {})
        return tuple(
            (name, cell)
            for name, cell in columns.items()
            if len(cell) <= _CELL_MAX and cell not in clause.text
        )

    def _narrowed(self, clause: Clause, passage: Passage) -> Clause:
        """The 款, 项 or row inside a long clause that holds the passage; a short clause stays whole."""
        if "leg" in passage.hit.why:  # the question names this clause: all of it
            return clause
        while len(clause.text) > _WHOLE and not passage.text.endswith(("：", ":")):
            inner = [
                c for c in self._searcher.generation.clauses.children(clause.id) if passage.text in c.text
            ]
            if not inner:
                break
            clause = inner[0]
        return clause

    def _notes(self, passages: list[Passage], citations: tuple[Citation, ...], day: date) -> list[str]:
        notes: list[str] = []
        for passage, citation in zip(passages, citations, strict=True):
            document = passage.hit.document
            notes += self._status_notes(document, day)
            if not citation.verbatim:
                notes.append(f"[{citation.n}] 是本项目整理的要点，不是原文")
        return [*dict.fromkeys(notes), *_conflicts(passages)]

    def _status_notes(self, document: Document, day: date) -> list[str]:
        status = status_at(document, day)
        name = f"《{document.title}》"
        notes: list[str] = []
        if status is Status.REPLACED:
            heir = self._catalog.entries.get(document.replaced_by or "")
            successor = f"，现行的是《{heir.title}》（{heir.number or heir.id}）" if heir else ""
            notes.append(f"{name}已于 {document.repealed} 被替代或废止{successor}，请以现行文件为准")
        elif status is Status.EXPIRED:
            notes.append(f"{name}的期限到 {document.expires} 为止，已经过期")
        elif status is Status.NOT_YET:
            notes.append(f"{name}自 {document.effective} 起施行，目前尚未生效")
        elif document.expires:
            notes.append(f"{name}是有期限的专项行动，到 {document.expires} 为止")
        if _unknown_source(document):
            notes.append(f"{name}没有文号和日期，来历不明，不能当作规定")
        if document.repealed and status is Status.IN_FORCE:
            notes.append(f"按 {day} 的情况作答；{name}后来在 {document.repealed} 被替代或废止")
        return notes

    def _refused(self, question: Question, text: str, emergency: tuple[Emergency, ...], day: date) -> Answer:
        lines = [*_emergency_lines(emergency), _REFUSED[question.refused or "empty"], f"{_CLOSING}。"]
        return Answer(text[:200], "\n".join(lines), Evidence.NONE, (), (), day, tools=())

    def _no_such_clause(
        self, question: Question, clause: str, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        lines = _emergency_lines(emergency)
        lines.append(f"没有找到{clause}：手头收录的这个文本里没有这一条，请核对条号。")
        return self._finished(question, lines, [], Evidence.NONE, (), day)

    def _nothing(
        self, question: Question, found: Found, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        lines = _emergency_lines(emergency)
        lines.append("没有找到依据：手头的文件里没有能直接回答这个问题的条文，我不猜。")
        if question.asks_action or emergency:
            lines.append(_STOP)
        if day < date.today():
            lines.append(f"手头多是现行文本，{day} 时有效的旧文本可能没有收录。")
        near = [h for h in found.hits[:2] if float(h.score) > 0 and found.on_topic]
        if near:
            names = "；".join(f"《{h.document.title}》{h.clause.locator}" for h in near)
            lines.append(f"内容最接近的条文（只供对照，不能当答案）：{names}。")
        lines.append(f"可以问：{self._bureau.ask}。")
        return self._finished(question, lines, [], Evidence.NONE, (), day)

    def _not_held(
        self, question: Question, found: Found, emergency: tuple[Emergency, ...], day: date
    ) -> Answer:
        lines = _emergency_lines(emergency)
        for entry in found.query.references.not_held[:2]:
            number = f"（{entry.number}）" if entry.number else ""
            where = f"，官方页面：{entry.page}" if entry.page else ""
            lines.append(f"知道有《{entry.title}》{number}，但手头没有它的全文，不能据它回答{where}。")
            if entry.replaced_by and (heir := self._catalog.entries.get(entry.replaced_by)):
                lines.append(f"它已被《{heir.title}》（{heir.number or heir.id}）替代。")
        if question.asks_action or emergency:
            lines.append(_STOP)
        lines.append(f"可以问：{self._bureau.ask}。")
        return self._finished(question, lines, ["文件已知但未收录全文"], Evidence.NONE, (), day)

    def _finished(
        self,
        question: Question,
        lines: list[str],
        notes: list[str],
        evidence: Evidence,
        citations: tuple[Citation, ...],
        day: date,
    ) -> Answer:
        lines += [f"注意：{note}。" for note in notes]
        dates = "、".join(dict.fromkeys(f"{c.text_date}" for c in citations if c.text_date))
        lines.append(f"{_CLOSING}（文本日期：{dates}）。" if dates else f"{_CLOSING}。")
        text = "\n".join(lines)
        return Answer(question.text, text, evidence, citations, tuple(notes), day)


def _unknown_source(document: Document) -> bool:
    """Whether nothing is known of where a text comes from."""
    return document.level is Level.OTHER and not document.number and not document.effective


def _worth(passage: Passage) -> float:
    """How good a passage is as the answer: its clause's rank first, then the sentence itself."""
    named = 2.0 if passage.hit.why.get("leg") == "exact reference" else 0.0
    return named + 1.6 * passage.hit.score + passage.score


def _chosen(passages: list[Passage]) -> list[Passage]:
    """The passages that are cited: the best, and others that are nearly as good."""
    first = passages[0]
    near = [p for p in passages[1:] if _worth(p) >= 0.78 * _worth(first)]
    return [first, *near[:2]]


def _emergency_lines(emergency: tuple[Emergency, ...]) -> list[str]:
    lines = dict.fromkeys(line for kind in emergency for line in kind.lines)
    return [*(f"【紧急】{line}" for line in lines), ""] if lines else []


def _with_lead_in(citation: Citation, lead: str) -> str:
    """An item with the words before it, without which it cannot be read."""
    if not citation.lead_in or len(citation.lead_in) > 80:
        return lead
    return f"{shortened(citation.lead_in)}：{lead}"


def _ground(citation: Citation) -> str:
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    lead_in = f"（{shortened(citation.lead_in)}：）" if citation.lead_in else ""
    beside = "".join(f"（{name}：{cell}）" for name, cell in citation.beside)
    return (
        f"[{citation.n}] 《{citation.title}》{number}{citation.locator}：{lead_in}“{citation.quote}”{beside}"
    )


def _conflicts(passages: list[Passage]) -> list[str]:
    """Texts of different level that give different figures of one unit for the question."""
    figures = [
        {
            m.group(2): m.group(1)
            for m in re.finditer(r"(\d+(?:\.\d+)?)(学时|小时|m|mm|级|日|年|人|%|元|万元)", normalise(p.text))
        }
        for p in passages
    ]
    notes: list[str] = []
    first = passages[0].hit.document
    for passage, figure in zip(passages[1:], figures[1:], strict=True):
        other = passage.hit.document
        differing = [u for u in figure if u in figures[0] and figure[u] != figures[0][u]]
        if differing and other.id != first.id and rank_of(other) != rank_of(first):
            higher = "级别更高" if rank_of(other) < rank_of(first) else "级别更低"
            notes.append(
                f"《{other.title}》（{other.level.value}，{higher}）写的数字不同，两处都已列出，请核对适用范围"
            )
    return notes[:1]
