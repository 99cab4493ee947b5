"""The one function that callers use: a question → ranked clauses of the right date."""

from __future__ import annotations

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from retrieval.clause import Clause, ClauseKind, Document, Hit, Level
from retrieval.dense import StaticEmbedder
from retrieval.rank import FEATURES, asks, over_best
from retrieval.reference import ReferenceFinder, References
from retrieval.validity import Status, applies_in, rank_of, status_at

if TYPE_CHECKING:
    from retrieval.catalog import Catalog
    from retrieval.dense import Embedder
    from retrieval.index import Generation, IndexHome
    from retrieval.lexicon import Lexicon
    from retrieval.rank import Fusion
    from retrieval.tokens import Tokeniser

_FROM_WORDS, _FROM_VECTORS = 30, 80  # candidates from each of the lexical legs, and from the vectors
_RANKED = 80  # kept of them for the full set of features
_ENOUGH = 5  # characters that must be left of a question when the names of documents are taken out
_NAMED = 2.5  # what it is worth that the question names the document, beside the fitted weights
_OUT_OF_FORCE = (
    0.55  # left of a score where the text no longer applies and no newer one is held, or is of unknown origin
)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as the legs see it: without the names of documents, where enough is left to look for."""

    text: str
    as_of: date
    words: tuple[str, ...]
    tokens: tuple[str, ...]
    terms: dict[str, tuple[str, ...]]
    references: References


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of a question, best first, with the query as it was understood."""

    query: Query
    hits: tuple[Hit, ...]
    raw_lexical: float  # BM25 of the best unit, not normalised
    known: dict[str, float]  # the question's words that the texts have, with their rarity

    @property
    def on_topic(self) -> bool:
        """Whether most of the question's words are words of these texts."""
        return 2 * len(self.known) >= len(self.query.words)


class Searcher:
    """Searches the current generation of an index. Safe to share between threads."""

    def __init__(
        self,
        home: IndexHome,
        *,
        catalog: Catalog,
        tokeniser: Tokeniser,
        lexicon: Lexicon,
        embedder: Embedder,
        fusion: Fusion,
        place: str | None = None,
    ) -> None:
        self._home = home
        self._catalog = catalog
        self._tokeniser = tokeniser
        self._lexicon = lexicon
        self._embedder = embedder
        self._fusion = fusion
        self._place = place
        self._beside = ThreadPoolExecutor(max_workers=2)  # the vectors are asked while words are looked up
        self._finders: dict[str, ReferenceFinder] = {}
        self._factors: dict[tuple[str, date], Any] = {}

    @property
    def tokeniser(self) -> Tokeniser:
        """The tokeniser that index and questions share."""
        return self._tokeniser

    @property
    def generation(self) -> Generation:
        """The generation that answers now."""
        return self._home.current()

    def understand(self, question: str, as_of: date) -> Query:
        """The question with its tokens, the terms for its lay words, and what it names."""
        generation = self.generation
        finder = self._finders.get(generation.name)
        if finder is None:
            finder = ReferenceFinder(generation.documents.values(), self._catalog)
            self._finders = {generation.name: finder}
        references = finder.find(question)
        about = (
            references.rest if len(re.findall(r"[\u4e00-\u9fff]", references.rest)) >= _ENOUGH else question
        )
        return Query(
            text=about,
            as_of=as_of,
            words=tuple(dict.fromkeys(self._tokeniser.words(about))),
            tokens=tuple(self._tokeniser.tokens(about)),
            terms=self._lexicon.terms(about, self._tokeniser),
            references=references,
        )

    def search(self, question: str, *, k: int = 10, as_of: date | None = None) -> Found:
        """The k best clauses for a question among the texts that apply at `as_of` (default today)."""
        query = self.understand(question, as_of or date.today())
        generation = self.generation
        exact = self._exact(generation, query)
        units, features, best_lexical = self.candidates(generation, query)
        fused = self._fusion.score(features) + _NAMED * features[:, FEATURES.index("named")]
        scores = _positive(fused) * self._validity(generation, units, query)
        best: dict[int, tuple[float, int]] = {}
        for i in np.argsort(-scores):
            shown = int(generation.units[units[i], 1])
            if shown not in best and scores[i] > 0:
                best[shown] = (float(scores[i]), int(i))
            if len(best) >= k + 10:
                break
        hits = self._hits(generation, best, units, np.column_stack([features, fused]).round(3), exact)
        lexical = generation.lexical
        known = {w: lexical.idf(w) for w in query.words if lexical.knows(w)}
        return Found(query, tuple(_fold_repeats(hits, k)), best_lexical, known)

    def candidates(self, generation: Generation, query: Query) -> tuple[Any, Any, float]:
        """The units worth ranking, their features, shape (candidates, len(FEATURES)), the best BM25."""
        lexical = generation.lexical
        terms = " ".join(t for ts in query.terms.values() for t in ts)
        extra = self._tokeniser.tokens(terms)
        vectors = self._embedder.encode([query.text, f"{query.text} {terms}"])
        wanted = min(_FROM_VECTORS, len(generation.units))
        nearest = self._beside.submit(generation.vectors.nearest, vectors[1:], wanted)
        own = lexical.scores(list(query.tokens))
        with_terms = own + 0.5 * lexical.scores(extra) if extra else own
        pool = {*_top(own, _FROM_WORDS), *_top(with_terms, _FROM_WORDS)}
        asked = generation.asked
        if asked is not None:
            model = self._embedder if isinstance(self._embedder, StaticEmbedder) else None
            asked_words, alike, met, back = asked.scores(query.text, list(query.tokens), vectors[:1], model)
            pool |= {*asked.best_units(asked_words, _FROM_WORDS), *asked.best_units(alike, _FROM_WORDS)}
        near, cosines = nearest.result()
        pool |= {*near}
        if query.references.documents:
            pool |= self._of_named(generation, query, with_terms)
        dense = np.full(len(own), min(cosines, default=0.0) * 0.9, dtype=np.float32)
        dense[near] = cosines
        units = np.fromiter(pool, dtype=np.int64)
        documents = generation.clauses.documents
        named = np.array([d in query.references.documents for d in documents], dtype=np.float32)
        if len(units) > _RANKED:
            near_units = over_best(dense)[units]
            if asked is not None:
                near_units = np.maximum(near_units, asked.of_units(over_best(alike), units))
            rough = 0.5 * over_best(own)[units] + over_best(with_terms)[units] + 6 * near_units
            rough += _NAMED * named[generation.units[units, 2]]
            units = units[np.argpartition(-rough, _RANKED)[:_RANKED]]
        units.sort()
        levels = np.array([1 - rank_of(d) / 10 for d in documents], dtype=np.float32)
        of = generation.units[units, 2]
        has_figure, row, plain, definition, part, length = generation.traits[units].T
        asks_figure, asks_meaning = asks(query.text)
        meeting, unmet = self._meeting(generation, f"{query.text} {terms}", units)
        nothing = np.zeros(len(units), dtype=np.float32)
        columns = [
            over_best(own)[units],
            over_best(with_terms)[units],
            over_best(lexical.scores(list(query.words)))[units],
            dense[units],
            over_best(dense)[units],
            meeting,
            unmet,
            over_best(generation.headings.scores([*query.tokens, *extra]))[units],
            lexical.coverage(query.words, query.terms, self._tokeniser)[units],
            named[of],
            levels[of],
            has_figure * asks_figure,
            row,
            plain,
            definition * (2 * asks_meaning - 1),
            part,
            length,
            asked.of_units(over_best(asked_words), units) if asked else nothing,
            asked.of_units(asked_words, units) / 20 if asked else nothing,
            asked.of_units(alike, units) if asked else nothing,
            asked.of_units(over_best(alike), units) if asked else nothing,
            asked.of_units(met, units) if asked else nothing,
            asked.of_units(back, units) if asked else nothing,
        ]
        assert len(columns) == len(FEATURES)
        best = float(with_terms.max(initial=0.0))
        return units, np.stack(columns, axis=1).astype(np.float32), best

    def _meeting(self, generation: Generation, text: str, units: Any) -> Any:
        if generation.interaction is None or not isinstance(self._embedder, StaticEmbedder):
            return np.zeros(len(units), dtype=np.float32), np.zeros(len(units), dtype=np.float32)
        return generation.interaction.scores(text, units, self._embedder)[:2]

    def _of_named(self, generation: Generation, query: Query, scores: Any) -> set[int]:
        """The best units of the documents that the question names."""
        numbers = [n for n, d in enumerate(generation.clauses.documents) if d in query.references.documents]
        inside = np.isin(generation.units[:, 2], numbers)
        return set(_top(np.where(inside, scores + 1e-6, 0), 40))

    def _validity(self, generation: Generation, units: Any, query: Query) -> Any:
        """1 for texts in force, 0 for those of another time or place, between for lapsed ones with no heir held."""
        key = (generation.name, query.as_of)
        factors = self._factors.get(key)
        if factors is None:
            factors = np.array(
                [self._factor(d, generation, query.as_of) for d in generation.clauses.documents],
                dtype=np.float32,
            )
            self._factors = {key: factors}  # people ask about today: one day is enough to keep
        of = generation.units[units, 2]
        named = np.array([d in query.references.documents for d in generation.clauses.documents])
        return np.where(named[of], np.maximum(factors[of], self._placed(generation)[of]), factors[of])

    def _factor(self, document: Document, generation: Generation, day: date) -> float:
        status = status_at(document, day)
        if status is Status.NOT_YET or not applies_in(document, self._place):
            return 0.0
        if status is Status.IN_FORCE:
            known = document.level is not Level.OTHER or document.number or document.effective
            return 1.0 if known else _OUT_OF_FORCE
        return 0.0 if document.replaced_by in generation.documents else _OUT_OF_FORCE

    def _placed(self, generation: Generation) -> Any:
        return np.array([applies_in(d, self._place) for d in generation.clauses.documents], dtype=np.float32)

    def _exact(self, generation: Generation, query: Query) -> list[Clause]:
        """The clauses that the question cites by document and locator."""
        found: list[Clause] = []
        for document in query.references.documents:
            for locator in query.references.locators:
                clauses = generation.clauses.located(document.id, locator)
                if not clauses and "第" in locator[1:]:  # 款 or 项 that the tree does not split
                    clauses = generation.clauses.located(document.id, locator[: locator.index("条") + 1])
                found += [c for c in clauses if c.kind is not ClauseKind.PART][:1]
        return found

    def _hits(
        self,
        generation: Generation,
        best: dict[int, tuple[float, int]],
        units: Any,
        features: Any,
        exact: list[Clause],
    ) -> list[Hit]:
        wanted = {*best, *(int(generation.units[units[i], 0]) for _, i in best.values())}
        clauses = generation.clauses.numbered(sorted(wanted))
        top = max((score for score, _ in best.values()), default=1.0)
        hits = [
            Hit(c, generation.documents[c.document_id], 1.0, {"leg": "exact reference"}, focus=None)
            for c in exact
        ]
        taken = {c.id for c in exact}
        for shown, (score, i) in best.items():
            clause = clauses[shown]
            if clause.id in taken:
                continue
            searched = clauses[int(generation.units[units[i], 0])]
            why: dict[str, float | str] = {
                name: float(value) for name, value in zip((*FEATURES, "fused"), features[i], strict=True)
            }
            document: Document = generation.documents[clause.document_id]
            relative = score / max(top, 1e-6) * (0.95 if exact else 1.0)
            hits.append(
                Hit(clause, document, relative, why, focus=None if searched.id == clause.id else searched)
            )
        return hits


def _positive(scores: Any) -> Any:
    """Scores as shares of the best one, kept above zero: exp of the distance to the best, softened."""
    return np.exp((scores - scores.max(initial=-1e9)) / 3.0) if len(scores) else scores


def _top(scores: Any, k: int) -> list[int]:
    """The places of the k highest positive scores."""
    places = np.flatnonzero(scores > 0)
    if len(places) > k:
        places = places[np.argpartition(-scores[places], k)[:k]]
    return [int(p) for p in places]


def _fold_repeats(hits: list[Hit], k: int) -> list[Hit]:
    """The first k hits, those of one document that say the same (an annex repeating its body) made one."""
    kept: list[Hit] = []
    grams: dict[str, list[tuple[int, set[str]]]] = {}
    of = Counter(hit.clause.document_id for hit in hits)
    for hit in hits:
        alone = of[hit.clause.document_id] == 1
        own = set() if alone else _bigrams(hit.clause.text)
        same = grams.setdefault(hit.clause.document_id, [])
        twin = next((n for n, other in same if _overlap(own, other) > 0.8), None)
        if twin is not None and hit.clause.kind is not ClauseKind.ROW:
            kept[twin] = replace(kept[twin], repeats=(*kept[twin].repeats, hit.clause.id))
        elif len(kept) < k:
            same.append((len(kept), own))
            kept.append(hit)
        else:
            break
    return kept


def _bigrams(text: str) -> set[str]:
    text = "".join(text.split())[:600]
    return {text[i : i + 2] for i in range(len(text) - 1)}


def _overlap(a: set[str], b: set[str]) -> float:
    """Share of the smaller set that is in the other, where both are of like size."""
    small, large = sorted((len(a), len(b)))
    return len(a & b) / small if small and small > 0.35 * large else 0.0
