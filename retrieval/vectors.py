"""Vectors in Chroma: embedded in the generation's folder, or a collection on a Chroma server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from retrieval.dense import Matrix
from retrieval.errors import ConfigError

_BATCH = 5_000  # Chroma takes at most 5,461 at once


class VectorIndex:
    """Nearest units to a vector by cosine."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection

    @classmethod
    def build(cls, folder: Path, name: str, vectors: Matrix, *, server: str | None) -> None:
        """Write the vectors; row i becomes id "i". The folder is used where there is no server."""
        client = _client(folder, server)
        collection = client.create_collection(
            name, embedding_function=None, configuration={"hnsw": {"space": "cosine", "ef_search": 100}}
        )
        for start in range(0, len(vectors), _BATCH):
            rows = vectors[start : start + _BATCH]
            collection.add(ids=[str(i) for i in range(start, start + len(rows))], embeddings=rows)

    @classmethod
    def open(cls, folder: Path, name: str, *, server: str | None) -> VectorIndex:
        return cls(_client(folder, server).get_collection(name, embedding_function=None))

    @classmethod
    def drop(cls, name: str, *, server: str) -> None:
        """Remove the collection of a generation that is no longer used from the server."""
        client = _client(Path(), server)
        if name in {c.name for c in client.list_collections()}:
            client.delete_collection(name)

    def nearest(self, vector: Matrix, k: int) -> tuple[list[int], list[float]]:
        """The k nearest units and their cosine, best first."""
        found = self._collection.query(
            query_embeddings=np.atleast_2d(vector), n_results=k, include=["distances"]
        )
        return [int(i) for i in found["ids"][0]], [1.0 - d for d in found["distances"][0]]


def _client(folder: Path, server: str | None) -> Any:
    import chromadb
    from chromadb.config import Settings

    settings = Settings(anonymized_telemetry=False)
    if server is None:
        return chromadb.PersistentClient(path=str(folder), settings=settings)
    from urllib.parse import urlsplit

    url = urlsplit(server)
    try:
        return chromadb.HttpClient(
            host=url.hostname or "", port=url.port or 8000, ssl=url.scheme == "https", settings=settings
        )
    except Exception as error:  # chromadb raises whatever its HTTP client raised
        raise ConfigError(
            f"连不上 ANWEN_CHROMA_URL 指定的 Chroma 服务 {server}，请检查它是否在运行"
        ) from error
