"""Settings → catalog, tokeniser, models, index, services. The only place that knows where things lie."""

from __future__ import annotations

import hashlib
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from anwen.settings import CHECKOUT, CORPUS, Settings, settings
from retrieval.errors import ConfigError

if TYPE_CHECKING:
    from bot.bureau import Bureau
    from bot.respond import Assistant
    from ingest.pipeline import Pipeline, Progress
    from retrieval.catalog import Catalog
    from retrieval.dense import Embedder
    from retrieval.index import IndexHome
    from retrieval.lexicon import Lexicon
    from retrieval.search import Searcher
    from retrieval.tokens import Tokeniser


class Wiring:
    """Makes each part once, when it is first asked for. `index` overrides the index folder of the home."""

    def __init__(self, config: Settings | None = None, *, index: Path | None = None) -> None:
        self.settings = config or settings()
        self._index_folder = index

    @cached_property
    def catalog(self) -> Catalog:
        from retrieval.catalog import load_catalog

        return load_catalog(CORPUS / "catalog.yaml")

    @cached_property
    def tokeniser(self) -> Tokeniser:
        from retrieval.tokens import Tokeniser

        return Tokeniser(CORPUS / "lexicon" / "words.txt", cache=self.settings.home / "cache")

    @cached_property
    def lexicon(self) -> Lexicon:
        from retrieval.lexicon import load_lexicon

        return load_lexicon(CORPUS / "lexicon" / "lay.tsv")

    @cached_property
    def embedder(self) -> Embedder:
        from retrieval.dense import load_embedder

        return load_embedder(self.settings.embedding_model, self.tokeniser)

    @cached_property
    def home(self) -> IndexHome:
        from retrieval.index import IndexHome

        folder = self._index_folder or self.settings.home / "index"
        return IndexHome(folder, server=self.settings.chroma_url)

    @cached_property
    def bureau(self) -> Bureau:
        from bot.bureau import load_bureau

        path = CORPUS / "bureaus" / f"{self.settings.bureau}.yaml"
        if not path.is_file():
            raise ConfigError(
                f"ANWEN_BUREAU={self.settings.bureau}：没有 {path.relative_to(CHECKOUT)} 这个文件"
            )
        return load_bureau(path)

    @cached_property
    def pipeline(self) -> Pipeline:
        from ingest.pipeline import Pipeline

        return Pipeline(
            self.home,
            catalog=self.catalog,
            tokeniser=self.tokeniser,
            embedder=self.embedder,
            version=code_version(),
            layout=layout_version(),
        )

    @cached_property
    def searcher(self) -> Searcher:
        from retrieval.index import check_model
        from retrieval.rank import load_fusion
        from retrieval.search import Searcher

        check_model(self.home.current(), self.embedder.name)
        return Searcher(
            self.home,
            catalog=self.catalog,
            tokeniser=self.tokeniser,
            lexicon=self.lexicon,
            embedder=self.embedder,
            fusion=load_fusion(CORPUS / "models" / "fusion.json"),
            place=None if self._index_folder else self.bureau.jurisdiction,
        )

    @cached_property
    def assistant(self) -> Assistant:
        from bot.emergency import load_emergencies
        from bot.evidence import load_calibration
        from bot.respond import Assistant
        from bot.tables import load_tables
        from ingest.sites import load_sites

        return Assistant(
            self.searcher,
            calibration=load_calibration(CORPUS / "models" / "evidence.json"),
            emergencies=load_emergencies(CORPUS / "emergency.yaml"),
            bureau=self.bureau,
            catalog=self.catalog,
            sites=load_sites(CORPUS / "sites.yaml"),
            tables=load_tables(CORPUS / "tables"),
        )

    def ensure_index(self, progress: Progress = lambda *_: None) -> bool:
        """Build the index of the shipped corpus where it is missing or stale; whether it was built."""
        shipped = [*sorted((CORPUS / "texts").glob("*.md")), *sorted((CORPUS / "keypoints").glob("*.yaml"))]
        if self._is_current(shipped):
            return False
        self.pipeline.ingest(shipped, progress=progress, shipped=True)
        return True

    def _is_current(self, shipped: list[Path]) -> bool:
        """Whether the index holds just these shipped files as they are now, made by this version."""
        from retrieval.dense import embedder_name
        from retrieval.errors import IndexMissing

        try:
            manifest = self.home.current().manifest
        except IndexMissing:
            return False
        made_by = {
            "version": code_version(),
            "layout": layout_version(),
            "embedder": embedder_name(self.settings.embedding_model),
            "shipped": [hashlib.sha256(path.read_bytes()).hexdigest() for path in shipped],
        }
        return all(manifest.get(key) == value for key, value in made_by.items())

    def warm(self) -> None:
        """Load the slow parts side by side: dictionary, vectors, index. Raises IndexMissing without an index."""
        from concurrent.futures import ThreadPoolExecutor

        self.home.current()
        with ThreadPoolExecutor() as pool:
            parts = (self._warm_vectors, self.tokeniser.warm, lambda: self.embedder)
            for done in [pool.submit(part) for part in parts]:
                done.result()

    def _warm_vectors(self) -> None:
        _ = self.home.current().vectors


def code_version() -> str:
    """A hash of the code and data that decide how a file is read, so that an index knows its maker."""
    return _hash_of(
        *sorted((CHECKOUT / "ingest").rglob("*.py")),
        *(CHECKOUT / "retrieval" / name for name in ("clause.py", "numerals.py", "tokens.py")),
        CORPUS / "catalog.yaml",
        CORPUS / "lexicon" / "words.txt",
    )


def layout_version() -> str:
    """A hash of the code that decides how an index lies on disk."""
    names = ("index", "store", "lexical", "interaction", "asked", "vectors", "rank")
    return _hash_of(*(CHECKOUT / "retrieval" / f"{name}.py" for name in names))


def _hash_of(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
