"""A question → an Answer, offline: search, extract, judge the evidence, say what to mind."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from bot.answer import Answer, Citation, Evidence, named
from bot.emergency import Emergencies, Emergency
from bot.evidence import Signals, signals_of
from bot.extract import Extractor, Passage, best_of, quote_from, shortened
from bot.lookups import Finding, look_up
from bot.question import MAX_LENGTH, Kind, Question, read_question
from bot.refusals import STOP, Refusals, emergency_lines, finished
from ingest.keypoints import SECOND_HAND
from retrieval.clause import Hit, Level
from retrieval.expand import neighbours
from retrieval.numerals import normalise
from retrieval.validity import Status, rank_of, status_at

if TYPE_CHECKING:
    from bot.bureau import Bureau
    from bot.evidence import Calibration
    from bot.tables import Source, Tables
    from ingest.sites import Sites
    from retrieval.catalog import Catalog
    from retrieval.clause import Clause, Document
    from retrieval.search import Found, Searcher

_STATUS_WORDS = {
    Status.IN_FORCE: "现行有效",
    Status.REPLACED: "已被替代或废止",
    Status.NOT_YET: "尚未施行",
    Status.EXPIRED: "期限已过",
}
_ALL_WORDS = 0.95  # share of the question's words, by rarity
_CELL_MAX = 60  # longer cells are texts of their own
_LIKE = 0.51  # cosine of a scene to a way of asking for a criterion
_NEAR = 0.6  # of the worth of the best passage: cited beside it
_MORE = {Evidence.CLEAR: 2, Evidence.PARTIAL: 4}  # so many beside it at most
_AT_LEAST = 2
_ROOM = 700  # characters of the clauses cited, beyond which only two are cited beside the best
_WHOLE = 420  # a clause up to so many characters is quoted whole
_FIGURES = (Kind.NUMBER, Kind.WHEN)


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
        sites: Sites,
        tables: Tables,
    ) -> None:
        self._searcher = searcher
        self._calibration = calibration
        self._emergencies = emergencies
        self._catalog = catalog
        self._refusals = Refusals(bureau, catalog, sites)
        self._tables = tables.applying_in(bureau.jurisdiction, catalog)

    def ask(self, text: str, *, as_of: date | None = None) -> Answer:
        """Answer a question by the texts that apply at `as_of` (default today)."""
        day = as_of or date.today()
        question = read_question(text)
        emergency = self._emergencies.meant_by(text[:MAX_LENGTH])
        if question.refused:
            return self._refusals.not_taken_up(question, text, emergency, day)
        found, passages, signals = self.look(question, day)
        references = found.query.references
        if references.not_held and not references.documents:
            return self._refusals.not_held(question, found, emergency, day)
        if missing := self._missing_clause(found):
            return self._refusals.no_such_clause(question, missing, emergency, day)
        evidence = self._judged(question, passages, signals, day) if passages else Evidence.NONE
        finding = self._looked_up(question, day)
        leading = 1
        if finding is not None and finding.lead:
            passages = [*(self._passage_of(source) for _, source in finding.lead), *passages]
            evidence = Evidence.CLEAR
        elif len(question.parts) > 1:
            evidence, leads = self._part_by_part(question, day)
            leading = len(leads)
            passages = [
                *leads,
                *(p for p in passages if p.hit.clause.id not in {x.hit.clause.id for x in leads}),
            ]
        if question.asks_judgement and (criterion := self._criterion(question, day)):
            others = [p for p in passages if p.hit.clause.id != criterion.hit.clause.id]
            leading += len(others) == len(passages)
            passages = [criterion, *others]
            evidence = max(evidence, Evidence.PARTIAL, key=list(Evidence)[::-1].index)
        if evidence is Evidence.NONE or not passages:
            return self._refusals.nothing_found(question, found, emergency, day)
        if finding is not None and finding.partial:
            evidence = Evidence.PARTIAL
        return self.compose(
            question, passages, evidence, day, emergency=emergency, finding=finding, leading=leading
        )

    def _criterion(self, question: Question, day: date) -> Passage | None:
        """The criterion of a major hazard that comes nearest to the scene of a question, if one is near."""
        document = self._searcher.generation.documents.get(self._tables.hazards_document)
        if document is None or status_at(document, day) is not Status.IN_FORCE:
            return None
        scene = read_question(f"《{document.title}》{question.text}")
        _, passages, _ = self.look(scene, day)
        own = [p for p in passages if p.hit.document.id == document.id and _is_criterion(p.hit.clause)]
        return own[0] if own and float(own[0].hit.why.get("alike", 0)) >= _LIKE else None

    def _part_by_part(self, question: Question, day: date) -> tuple[Evidence, list[Passage]]:
        """The best passage for each question of several, and how well all of them together are grounded."""
        states: list[Evidence] = []
        leads: dict[str, Passage] = {}
        for text in question.parts:
            part = read_question(text)
            _, passages, signals = self.look(part, day)
            state = self._judged(part, passages, signals, day) if passages else Evidence.NONE
            states.append(state)
            if state is not Evidence.NONE:
                leads.setdefault(passages[0].hit.clause.id, passages[0])
        if not leads:
            return Evidence.NONE, []
        all_clear = all(state is Evidence.CLEAR for state in states)
        return (Evidence.CLEAR if all_clear else Evidence.PARTIAL), list(leads.values())

    def _looked_up(self, question: Question, day: date) -> Finding | None:
        """What a table says at a day; it leads only where the clauses that it rests on are held."""
        entries = self._catalog.entries
        names = {entry.id: entry.title for entry in entries.values()}
        lapsed = frozenset(e.id for e in entries.values() if status_at(e, day) is not Status.IN_FORCE)
        finding = look_up(question.text, self._tables, names=names, lapsed=lapsed)
        if finding is None:
            return None
        clauses = self._searcher.generation.clauses
        held = all(clauses.located(source.document, source.at or "") for _, source in finding.lead)
        return finding if held else Finding((), finding.beside, finding.partial)

    def _passage_of(self, source: Source) -> Passage:
        """The clause that a sentence of a table rests on."""
        generation = self._searcher.generation
        clause = generation.clauses.located(source.document, source.at or "")[0]
        hit = Hit(clause, generation.documents[source.document], 1.0, {"leg": "table"})
        return Passage(hit, clause.text, 0, 9.0, 1.0, True)

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
        return Evidence.PARTIAL if without_figure or lapsed or _doubtful(best.hit.document) else evidence

    def _missing_clause(self, found: Found) -> str | None:
        """The clause that a question names in a document that is held but has no such clause."""
        references = found.query.references
        if len(references.documents) != 1 or any("leg" in h.why for h in found.hits):
            return None
        document = references.documents[0]
        clauses = self._searcher.generation.clauses
        cited = [x for x in references.locators if re.match(r"第[^（]+条|\d+\.\d", x)]
        if not cited or any(clauses.located(document.id, re.sub(r"(?<=条).*", "", x)) for x in cited):
            return None
        return f"{named(document.title)}{cited[0]}"

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
        passages: list[Passage],
        evidence: Evidence,
        day: date,
        *,
        emergency: tuple[Emergency, ...] = (),
        finding: Finding | None = None,
        leading: int = 1,
    ) -> Answer:
        """The answer that these passages give, the best of them first; the first `leading` of them are led with,
        or those of the finding."""
        computed = (
            [says for says, _ in finding.lead]
            if finding and passages[0].hit.why.get("leg") == "table"
            else []
        )
        chosen = passages[: len(computed)] or _chosen(question, passages, leading, _MORE[evidence])
        citations = tuple(self._citation(n, p, question.kind, day) for n, p in enumerate(chosen, 1))
        lines = emergency_lines(emergency)
        if computed:
            lines.append("；".join(f"{says}[{n}]" for n, says in enumerate(computed, 1)) + "。")
        else:
            opening = "" if evidence is Evidence.CLEAR else "最接近的条文说（不一定就是答案，请对照原文）："
            led = zip(chosen[:leading], citations, strict=False)
            said = [f"{_with_lead_in(c, shortened(p.text))}[{c.n}]" for p, c in led]
            lines += [opening + said[0], *said[1:]]
        if evidence is Evidence.PARTIAL and question.asks_action:
            lines.append(STOP)
        lines.append("")
        lines += [_ground(citation) for citation in citations]
        if finding is not None and finding.beside:
            lines += ["", "对照（各处写的数，看清适用谁）：", *(f"· {line}" for line in finding.beside)]
        notes = self._notes(chosen, citations, day)
        return finished(question, lines, notes, evidence, citations, day)

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
                seen = "据二手资料整理，未见原文，请核对" if document.trust == SECOND_HAND else "不是原文"
                notes.append(f"[{citation.n}] 是本项目整理的要点，{seen}")
        return [*dict.fromkeys(notes), *_conflicts(passages)]

    def _status_notes(self, document: Document, day: date) -> list[str]:
        status = status_at(document, day)
        name = named(document.title)
        notes: list[str] = []
        if status is Status.REPLACED:
            heir = self._catalog.entries.get(document.replaced_by or "")
            successor = f"，现行的是{named(heir.title)}（{heir.number or heir.id}）" if heir else ""
            notes.append(f"{name}已于 {document.repealed} 被替代或废止{successor}，请以现行文件为准")
        elif status is Status.EXPIRED:
            notes.append(f"{name}的期限到 {document.expires} 为止，已经过期")
        elif status is Status.NOT_YET:
            notes.append(f"{name}自 {document.effective} 起施行，目前尚未生效")
        elif document.expires:
            notes.append(f"{name}是有期限的专项行动，到 {document.expires} 为止")
        if document.amended:
            notes.append(f"手头的{name}是修改前的文本，后来由{document.amended}修改过，请核对现行文本")
        if _unknown_source(document):
            notes.append(f"{name}没有文号和日期，来历不明，不能当作规定")
        if document.repealed and status is Status.IN_FORCE:
            notes.append(f"按 {day} 的情况作答；{name}后来在 {document.repealed} 被替代或废止")
        return notes


def _unknown_source(document: Document) -> bool:
    """Whether nothing is known of where a text comes from."""
    return document.level is Level.OTHER and not document.number and not document.effective


def _is_criterion(clause: Clause) -> bool:
    return "判定为重大事故隐患" in clause.context + clause.text


def _doubtful(document: Document) -> bool:
    """Whether a document cannot ground a clear answer: of unknown origin, amended since, known at second hand."""
    return _unknown_source(document) or bool(document.amended) or document.trust == SECOND_HAND


def _worth(passage: Passage) -> float:
    """How good a passage is as the answer: its clause's rank first, then the sentence itself."""
    cited = 2.0 if passage.hit.why.get("leg") == "exact reference" else 0.0
    return cited + 1.6 * passage.hit.score + passage.score


def _chosen(question: Question, passages: list[Passage], leading: int, more: int) -> list[Passage]:
    """The passages that are cited: those led with, and others that are nearly as good, as many as there is room for;
    of a question that compares, the best ones of other texts before them."""
    first, others = passages[:leading], passages[leading:]
    near = [p for p in others if _worth(p) >= _NEAR * _worth(first[0])]
    if question.compares:
        best: dict[str, Passage] = {}
        for passage in passages:
            best.setdefault(passage.hit.document.id, passage)
        of_others = [p for p in near if best[p.hit.document.id] is p]
        near = [*of_others[:2], *(p for p in near if p not in of_others[:2])]
        more = max(more, 4)
    room = _ROOM - sum(min(len(p.hit.clause.text), _WHOLE) for p in first)
    chosen: list[Passage] = []
    for passage in near:
        length = min(len(passage.hit.clause.text), _WHOLE)
        if len(chosen) < more and (length <= room or len(chosen) < _AT_LEAST):
            chosen.append(passage)
            room -= length
    return [*first, *chosen]


def _with_lead_in(citation: Citation, lead: str) -> str:
    """An item with the words before it, without which it cannot be read."""
    if not citation.lead_in or len(citation.lead_in) > 80:
        return lead
    return f"{shortened(citation.lead_in)}：{lead}"


def _ground(citation: Citation) -> str:
    number = f"（{citation.doc_number}）" if citation.doc_number else ""
    lead_in = f"（{shortened(citation.lead_in)}：）" if citation.lead_in else ""
    beside = "".join(f"（{name}：{cell}）" for name, cell in citation.beside)
    return f"[{citation.n}] {named(citation.title)}{number}{citation.locator}：{lead_in}“{citation.quote}”{beside}"


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
                f"{named(other.title)}（{other.level.value}，{higher}）写的数字不同，两处都已列出，请核对适用范围"
            )
    return notes[:1]
