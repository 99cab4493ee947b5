"""Scores the assistant on a question set: what it finds, cites, says, and when it refuses.

recall@k         a gold clause is among the first k hits (answerable questions)
mrr              mean of 1 / rank of the first gold clause
citation         share of the citations of answers that are gold clauses
fact match       every fact that the answer must hold stands in it
told             questions without an answer that must say something all the same (stop work, 120, the number of a text
                 that is known but not held), and do
false answers    share of all questions where something is asserted without ground: evidence `clear` that neither
                 holds the facts nor cites a gold clause, `clear` where the texts have no answer, or any answer
                 but `none` to a question out of scope
hedged           questions near the topic that the texts do not answer, and that got `partial`: the nearest
                 clause, with the words that it is not a direct answer; share of such questions
strict           false answers when hedged ones are counted too
clear            answerable questions whose answer is `clear`
false refusals   no answer to a question that has one
verbatim         quotations that stand word for word in their clause
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from evals.questions import OFF_TOPIC, Question, load, squeezed
from evals.score import Share

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.respond import Assistant
    from retrieval.clause import Clause
    from retrieval.search import Searcher


def evaluate(assistant: Assistant, searcher: Searcher, split: str) -> dict[str, Any]:
    """Ask all questions of a split and score the answers."""
    rows = [_row(q, assistant, searcher) for q in load(split)]
    answerable = [r for r in rows if r["answerable"]]
    with_gold = [r for r in answerable if r["rank"] is not None]
    cited = [c for r in answerable for c in r["citations"]]
    with_facts = [r for r in answerable if r["facts"] is not None]
    told = [r for r in rows if not r["answerable"] and r["facts"] is not None]
    measures = {
        **{f"recall@{k}": Share(sum(r["rank"] <= k for r in with_gold), len(with_gold)) for k in (1, 5, 10)},
        "mrr": Share(sum(1 / r["rank"] for r in with_gold), len(with_gold)),
        "citation precision": Share(sum(cited), len(cited)),
        "cites gold": Share(sum(any(r["citations"]) for r in with_gold), len(with_gold)),
        "fact match": Share(sum(r["facts"] for r in with_facts), len(with_facts)),
        "told": Share(sum(r["facts"] for r in told), len(told)),
        "false answers": Share(sum(r["false_answer"] for r in rows), len(rows)),
        "strict": Share(sum(r["false_answer"] or r["hedged"] for r in rows), len(rows)),
        "hedged": Share(sum(r["hedged"] for r in rows), sum(r["near_miss"] for r in rows)),
        "clear": Share(sum(r["evidence"] == "clear" for r in answerable), len(answerable)),
        "false refusals": Share(sum(r["refused"] for r in answerable), len(answerable)),
        "verbatim": Share(sum(r["verbatim"] for r in rows), sum(r["quotes"] for r in rows)),
    }
    return {
        "split": split,
        "questions": len(rows),
        "documents": len(searcher.generation.documents),
        "measures": {name: share.to_json() for name, share in measures.items()},
        "by kind": _by_kind(rows),
        "wrong": [
            {k: r[k] for k in ("id", "kind", "question", "rank", "evidence", "facts", "false_answer")}
            for r in rows
            if r["false_answer"]
            or (r["refused"] and r["answerable"])
            or r["facts"] is False
            or (r["rank"] or 0) > 5
        ],
    }


def table(result: dict[str, Any]) -> str:
    """The measures as a table for people."""
    lines = [f"{result['split']}：{result['questions']} 题，{result['documents']} 个文件", ""]
    lines.append(f"{'measure':<20}{'value':>8}{'95 % interval':>18}{'of':>7}")
    for name, share in result["measures"].items():
        low, high = share["low"], share["high"]
        lines.append(f"{name:<20}{share['value']:>8.3f}{f'{low:.3f} – {high:.3f}':>18}{share['of']:>7}")
    lines += ["", "by kind: right facts / answerable"]
    lines += [f"  {kind:<14}{right:>4} / {total}" for kind, (right, total) in result["by kind"].items()]
    return "\n".join(lines)


def _row(question: Question, assistant: Assistant, searcher: Searcher) -> dict[str, Any]:
    day = question.as_of or date.today()
    answer = assistant.ask(question.question, as_of=day)
    rank = None
    if question.answerable and question.gold:
        hits = searcher.search(question.question, k=10, as_of=day).hits
        rank = next((n for n, h in enumerate(hits, 1) if is_gold(question, h.clause, h.document.kind)), 10**9)
    citations = _citations(question, answer, searcher)
    facts = holds_facts(question, answer.answer) if question.facts else None
    said = answer.evidence.value
    off_topic = question.kind in OFF_TOPIC
    near_miss = not question.answerable and not off_topic
    right = question.answerable and (facts or any(citations))
    wrong = said != "none" if off_topic else said == "clear" and not right
    return {
        "id": question.id,
        "kind": question.kind,
        "question": question.question,
        "answerable": question.answerable,
        "evidence": said,
        "rank": rank,
        "citations": citations,
        "facts": facts,
        "false_answer": wrong,
        "near_miss": near_miss,
        "hedged": near_miss and said == "partial",
        "refused": said == "none",
        "quotes": sum(c.verbatim for c in answer.citations),
        "verbatim": sum(_is_verbatim(c.quote, c.clause_id, searcher) for c in answer.citations if c.verbatim),
    }


def holds_facts(question: Question, answer: str) -> bool:
    """Whether one wording of every fact stands in the answer."""
    text = squeezed(answer)
    return all(any(squeezed(wording) in text for wording in group) for group in question.facts)


def is_gold(question: Question, clause: Clause, kind: str) -> bool:
    """Whether a clause, or a key point where the kind of its document is that, is right to cite."""
    return any(gold.matches(clause, restated=kind == "key points") for gold in question.gold)


def _citations(question: Question, answer: Answer, searcher: Searcher) -> list[bool]:
    generation = searcher.generation
    clauses = [c for c in (generation.clauses.get(cited.clause_id) for cited in answer.citations) if c]
    return [is_gold(question, c, generation.documents[c.document_id].kind) for c in clauses]


def _is_verbatim(quote: str, clause_id: str, searcher: Searcher) -> bool:
    clause = searcher.generation.clauses.get(clause_id)
    fold: Callable[[str], str] = lambda text: "".join(text.split())  # noqa: E731
    return clause is not None and fold(quote) in fold(clause.text)


def _by_kind(rows: list[dict[str, Any]]) -> dict[str, tuple[int, int]]:
    total = Counter(r["kind"] for r in rows if r["facts"] is not None)
    right = Counter(r["kind"] for r in rows if r["facts"])
    return {kind: (right[kind], total[kind]) for kind in sorted(total)}
