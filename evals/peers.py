"""The peers of `make bench`, each over the same clauses: plain bm25s, and LangChain's ensemble.

`python -m evals.peers bm25s|langchain CLAUSES.jsonl QUESTIONS MODEL` prints one JSON object.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from evals.speed import Search, measure, questions_for_speed


def bm25s_search(rows: list[dict[str, str]]) -> Search:
    """BM25 over jieba words, as bm25s's own documentation sets it up."""
    import bm25s
    import jieba

    model = bm25s.BM25()
    model.index([jieba.lcut(r["text"]) for r in rows], show_progress=False)

    def search(question: str) -> list[tuple[str, str]]:
        places, _ = model.retrieve([jieba.lcut(question)], k=10, show_progress=False)
        return [(rows[int(i)]["document"], rows[int(i)]["text"]) for i in places[0]]

    return search


def langchain_search(rows: list[dict[str, str]], model: str) -> Search:
    """EnsembleRetriever of BM25Retriever (jieba) and Chroma with the same embeddings, weights ½ and ½."""
    import jieba
    from langchain_chroma import Chroma
    from langchain_classic.retrievers import EnsembleRetriever
    from langchain_community.retrievers import BM25Retriever

    class Embeddings:
        """The project's embeddings behind LangChain's interface."""

        def __init__(self) -> None:
            from retrieval.dense import load_embedder
            from retrieval.tokens import Tokeniser

            words = Path(__file__).parent.parent / "corpus" / "lexicon" / "words.txt"
            self._embedder = load_embedder(model, Tokeniser(words))

        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return [row.tolist() for row in self._embedder.encode(texts)]

        def embed_query(self, text: str) -> list[float]:
            return self.embed_documents([text])[0]

    texts, sources = [r["text"] for r in rows], [{"document": r["document"]} for r in rows]
    words = BM25Retriever.from_texts(texts, metadatas=sources, preprocess_func=jieba.lcut, k=10)
    store = Chroma("peer", embedding_function=Embeddings())
    for start in range(0, len(texts), 5_000):
        store.add_texts(texts[start : start + 5_000], sources[start : start + 5_000])
    ensemble = EnsembleRetriever(
        retrievers=[words, store.as_retriever(search_kwargs={"k": 10})], weights=[0.5, 0.5]
    )

    def search(question: str) -> list[tuple[str, str]]:
        return [(d.metadata["document"], d.page_content) for d in ensemble.invoke(question)[:10]]

    return search


def main(name: str, clauses: str, questions: str, model: str) -> dict[str, Any]:
    """Index, measure, and what it took."""
    rows = [json.loads(line) for line in Path(clauses).read_text("utf-8").splitlines()]
    start = time.perf_counter()
    search = bm25s_search(rows) if name == "bm25s" else langchain_search(rows, model)
    seconds = round(time.perf_counter() - start, 2)
    return {"clauses": len(rows), "index s": seconds, **measure(search, questions_for_speed(int(questions)))}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
