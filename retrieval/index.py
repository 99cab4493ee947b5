"""An immutable generation of the index, and the pointer that says which one is current.

    index/CURRENT                  the name of the current generation
    index/generations/<name>/      clauses.db, units.npy, traits.npy, lexical/, headings/, vectors/, words/, asked/,
                                   manifest.json

A generation is built beside the current one and becomes current by one atomic rename; until then,
and if the builder dies, the old one answers, whole.
"""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from retrieval.asked import Asked
from retrieval.clause import Clause, Document
from retrieval.dense import Embedder, StaticEmbedder
from retrieval.errors import ConfigError, IndexMissing
from retrieval.interaction import Interaction
from retrieval.lexical import LexicalIndex
from retrieval.rank import traits_of_clause
from retrieval.store import ClauseStore
from retrieval.vectors import VectorIndex

_RECHECK_SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a generation. Unit i is searched: `units[i]` = (clause, clause shown for it, document);
    `tokens`, `heading_tokens` and `texts` are what the legs index of it. `asked` are ways in which people ask for
    a clause: (shown clause, phrase, its tokens)."""

    documents: Sequence[Document]
    clauses: Sequence[Clause]
    units: Sequence[tuple[int, int, int]]
    tokens: Sequence[list[str]]
    heading_tokens: Sequence[list[str]]
    texts: Sequence[str]
    asked: Sequence[tuple[int, str, list[str]]]
    manifest: dict[str, Any]


class Generation:
    """An opened generation: its clauses, and the two indexes over its units."""

    def __init__(self, folder: Path, *, server: str | None = None) -> None:
        self.name = folder.name
        try:
            self.manifest: dict[str, Any] = json.loads((folder / "manifest.json").read_text("utf-8"))
            self.clauses = ClauseStore(folder / "clauses.db")
            self.units: npt.NDArray[np.int32] = np.load(folder / "units.npy")
            self.lexical = LexicalIndex.open(folder / "lexical")
            self.headings = LexicalIndex.open(folder / "headings")
            self.traits: npt.NDArray[np.float32] = np.load(folder / "traits.npy")
            words = folder / "words"
            self.interaction = Interaction(words) if words.is_dir() else None
            asked = folder / "asked"
            self.asked = Asked(asked, self.units[:, 1]) if asked.is_dir() else None
        except (OSError, ValueError) as error:
            raise IndexMissing(f"索引 {folder.name} 不完整，请重新运行 anwen ingest") from error
        self.documents = {d.id: d for d in self.clauses.documents}
        self._folder = folder
        self._server = server
        self._vectors: VectorIndex | None = None
        self._lock = threading.Lock()

    @property
    def vectors(self) -> VectorIndex:
        """The vectors, opened on first use."""
        with self._lock:
            if self._vectors is None:
                self._vectors = VectorIndex.open(
                    self._folder / "vectors", f"anwen-{self.name}", server=self._server
                )
            return self._vectors


class IndexHome:
    """The folder that holds the generations."""

    def __init__(self, folder: Path, *, server: str | None = None) -> None:
        self.folder = folder
        self._server = server
        self._current: Generation | None = None
        self._checked = 0.0
        self._lock = threading.Lock()

    def current_name(self) -> str | None:
        """The name of the current generation, None where there is none yet."""
        try:
            return (self.folder / "CURRENT").read_text("utf-8").strip() or None
        except FileNotFoundError:
            return None

    def current(self) -> Generation:
        """The current generation; a newer one is noticed within two seconds.

        Raises IndexMissing where none has been built.
        """
        with self._lock:
            now = time.monotonic()
            if self._current is None or now - self._checked > _RECHECK_SECONDS:
                self._checked = now
                name = self.current_name()
                if name is None:
                    raise IndexMissing(f"{self.folder} 里还没有索引，请先运行 anwen ingest")
                if self._current is None or self._current.name != name:
                    self._current = Generation(self.folder / "generations" / name, server=self._server)
            return self._current

    def write(self, contents: Contents, embedder: Embedder) -> str:
        """Build a generation and make it current. The caller holds the writer's lock."""
        name = f"{time.strftime('%Y%m%dT%H%M%S')}-{os.getpid()}-{time.monotonic_ns() % 10_000:04d}"
        folder = self.folder / "generations" / name
        folder.mkdir(parents=True)
        ClauseStore.write(folder / "clauses.db", contents.documents, contents.clauses)
        np.save(folder / "units.npy", np.asarray(contents.units, dtype=np.int32).reshape(-1, 3))
        LexicalIndex.build(folder / "lexical", list(contents.tokens))
        LexicalIndex.build(folder / "headings", list(contents.heading_tokens))
        np.save(folder / "traits.npy", traits_of(contents))
        words = [_words(tokens) for tokens in contents.tokens]
        vectors = embedder.encode(list(contents.texts), words)
        VectorIndex.build(folder / "vectors", f"anwen-{name}", vectors, server=self._server)
        static = embedder if isinstance(embedder, StaticEmbedder) else None
        if static is not None:
            Interaction.build(folder / "words", contents.texts, words, static)
        if contents.asked:
            cut = [_words(tokens) for _, _, tokens in contents.asked]
            alike = embedder.encode([phrase for _, phrase, _ in contents.asked], cut)
            Asked.build(folder / "asked", contents.asked, alike, static)
        _write_durably(folder / "manifest.json", json.dumps(contents.manifest, ensure_ascii=False))
        _write_durably(self.folder / "CURRENT", name)
        self._checked = float("-inf")  # this process, too, answers from it at once
        return name

    def prune(self, keep: int = 2) -> None:
        """Remove generations that are neither current nor among the last `keep`."""
        import shutil

        current = self.current_name()
        folders = sorted((self.folder / "generations").iterdir())
        for folder in folders[:-keep]:
            if folder.name != current:
                if self._server is not None:
                    VectorIndex.drop(f"anwen-{folder.name}", server=self._server)
                shutil.rmtree(folder, ignore_errors=True)


def _words(tokens: list[str]) -> list[str]:
    return [t for t in tokens if not t.startswith("_")]


def traits_of(contents: Contents) -> npt.NDArray[np.float32]:
    """What is known of each unit before any question, shape (units, traits)."""
    rows = [
        traits_of_clause(contents.clauses[clause], whole=clause == shown)
        for clause, shown, _ in contents.units
    ]
    return np.array(rows, dtype=np.float32).reshape(len(rows), -1)


def check_model(generation: Generation, embedder_name: str) -> None:
    """Raise ConfigError when an index was built with another embedding model."""
    built_with = generation.manifest.get("embedder")
    if built_with != embedder_name:
        raise ConfigError(
            f"索引是用向量模型 {built_with} 建的，现在设置的是 {embedder_name}：请重新运行 anwen ingest"
        )


def _write_durably(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all, even after a power cut."""
    draft = path.with_suffix(f".{os.getpid()}.tmp")
    with draft.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
