"""Files → a new generation of the index: incremental, idempotent, atomic, one writer at a time."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterable
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ingest.parse import ParsedDocument, parse
from ingest.readers import SUFFIXES, RawText, read_file
from retrieval.clause import Clause, Document
from retrieval.errors import IndexBusy, IndexMissing, InputError, UnreadableFile
from retrieval.index import Contents, IndexHome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from retrieval.catalog import Catalog
    from retrieval.dense import Embedder
    from retrieval.tokens import Tokeniser

LOCK_WAIT_SECONDS = 30.0
_DOCUMENTS = (".doc", ".wps", ".rtf", ".ofd", ".xls", ".xlsx", ".ppt", ".pptx")  # named, not passed over
Progress = Callable[[str, int, int], None]  # what is being done, how far, of how many


@dataclass(frozen=True, slots=True)
class Ingested:
    """What one file became."""

    name: str
    document: Document
    clauses: int
    family: str
    state: str  # new | updated | unchanged
    warnings: tuple[str, ...]


@dataclass(slots=True)
class Report:
    """What an ingestion did: each file, each failure with its reason, the generation that answers now."""

    files: list[Ingested] = field(default_factory=list)
    failures: list[UnreadableFile] = field(default_factory=list)
    generation: str | None = None
    changed: bool = False


@dataclass(frozen=True, slots=True)
class Loaded:
    """A parsed document with what has been cut into tokens: its units, their headings, its phrases."""

    parsed: ParsedDocument
    tokens: list[list[str]]
    headings: list[list[str]]
    asked: list[list[str]]


class Pipeline:
    """Builds and changes the index of one home."""

    def __init__(
        self,
        home: IndexHome,
        *,
        catalog: Catalog,
        tokeniser: Tokeniser,
        embedder: Embedder,
        version: str,
        layout: str,
    ) -> None:
        self._home = home
        self._catalog = catalog
        self._tokeniser = tokeniser
        self._embedder = embedder
        self._version = version  # of what decides how a file is read
        self._layout = layout  # of what decides how the index lies on disk

    def ingest(
        self, paths: Iterable[Path], *, progress: Progress = lambda *_: None, shipped: bool = False
    ) -> Report:
        """Add files and folders to the index.

        Files that cannot be read are reported and leave no trace; all others are in the new
        generation. Raises IndexBusy when another process writes for longer than 30 s.
        """
        report = Report()
        files = list(_files(paths, report))
        with self._writer():
            manifest = self._manifest()
            entries: dict[tuple[str, bool], dict[str, Any]] = {_name(e): e for e in manifest["entries"]}
            own = {k for k, e in entries.items() if not e["shipped"]}
            if shipped:
                entries = {k: e for k, e in entries.items() if k in own}
            for n, path in enumerate(files):
                progress("解析", n, len(files))
                try:
                    raw = read_file(path)
                    entry, parsed = self._entry(raw, shipped=shipped)
                except UnreadableFile as failure:
                    report.failures.append(failure)
                    continue
                held = entries.get(_name(entry))
                if entry["points"] and not shipped and held is not None and held["shipped"]:
                    reason = (
                        "随附的语料里已有这个文件的要点，不能用另一份顶替；要改请改 corpus/keypoints/ 里的"
                    )
                    report.failures.append(UnreadableFile(raw.name, reason))
                    continue
                if shipped and _name(entry) in own:
                    continue  # the user's own text of this document stays
                before = entries.get(_name(entry)) or next(
                    (e for e in manifest["entries"] if _name(e) == _name(entry)), None
                )
                warnings = list(parsed.warnings)
                if before is not None and before["path"] != entry["path"] and before["key"] != entry["key"]:
                    warnings.append(f"替换了 {Path(before['path']).name} 的文本：两者是同一文件、同一日期")
                state = (
                    "new" if before is None else "unchanged" if before["key"] == entry["key"] else "updated"
                )
                entries[_name(entry)] = entry
                report.files.append(
                    Ingested(
                        raw.name, parsed.document, len(parsed.clauses), parsed.family, state, tuple(warnings)
                    )
                )
            progress("解析", len(files), len(files))
            seen = [read_hash(path) for path in files] if shipped else manifest["shipped"]
            self._publish({**manifest, "shipped": seen}, list(entries.values()), report, progress)
        return report

    def remove(self, document_id: str) -> bool:
        """Take a document out of the index; False where it is not in it. Where its text was held beside key
        points of it, the text goes and the key points speak again."""
        with self._writer():
            manifest = self._manifest()
            held = [e for e in manifest["entries"] if e["document"].split("@")[0] == document_id]
            if not held:
                return False
            texts = [e for e in held if not e["points"]] or held
            left = [e for e in manifest["entries"] if e not in texts]
            self._publish(manifest, left, Report(), lambda *_: None)
            return True

    def _manifest(self) -> dict[str, Any]:
        try:
            manifest = self._home.current().manifest
        except IndexMissing:
            manifest = {}
        entries = [{"points": False, **e} for e in manifest.get("entries", ())]  # older ones do not say
        return {"shipped": [], **manifest, "entries": entries}

    def _entry(self, raw: RawText, *, shipped: bool) -> tuple[dict[str, Any], ParsedDocument]:
        key = hashlib.sha256(f"{self._version}\0{raw.name}\0{raw.sha256}".encode()).hexdigest()[:32]
        parsed = self._cached(key)
        if parsed is None:
            parsed = parse(raw, self._catalog)
            self._cache(key, parsed)
        entry = {
            "document": parsed.document.text_id,
            "key": key,
            "sha256": raw.sha256,
            "path": str(Path(raw.path).absolute()),
            "points": parsed.document.kind == "key points",
            "shipped": shipped,
        }
        return entry, parsed

    def _cache_path(self, key: str) -> Path:
        return self._home.folder / "parsed" / f"{key}.json.gz"

    def _cached(self, key: str) -> ParsedDocument | None:
        try:
            with gzip.open(self._cache_path(key), "rt", encoding="utf-8") as file:
                return ParsedDocument.from_json(json.load(file)["parsed"])
        except (OSError, ValueError, KeyError, TypeError, EOFError):
            return None

    def _cache(self, key: str, parsed: ParsedDocument) -> None:
        path = self._cache_path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        cut = self._tokeniser.tokens
        tokens = [" ".join(cut(text)) for text in search_texts(parsed)]
        headings = [" ".join(cut(text)) for text in heading_texts(parsed)]
        asked = [" ".join(cut(phrase)) for _, phrase in phrases(parsed)]
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        with gzip.open(draft, "wt", encoding="utf-8", compresslevel=3) as file:
            row = {"parsed": parsed.to_json(), "tokens": tokens, "headings": headings, "asked": asked}
            json.dump(row, file, ensure_ascii=False)
        draft.replace(path)

    def _load(self, entry: dict[str, Any]) -> Loaded:
        """A document of the index with the tokens of its units, of their headings, and of its phrases."""
        parsed = self._cached(entry["key"])
        if parsed is None:
            raise IndexMissing(f"{entry['path']} 的解析结果丢失，请重新导入该文件")
        with gzip.open(self._cache_path(entry["key"]), "rt", encoding="utf-8") as file:
            row = json.load(file)
        return Loaded(parsed, *([t.split() for t in row[name]] for name in ("tokens", "headings", "asked")))

    def _publish(
        self, manifest: dict[str, Any], entries: list[dict[str, Any]], report: Report, progress: Progress
    ) -> None:
        made_by = {"version": self._version, "layout": self._layout, "embedder": self._embedder.name}
        same = {k: manifest.get(k) for k in made_by} == made_by
        report.generation = self._home.current_name()
        if not entries:
            if manifest["entries"]:
                raise InputError("这是索引里最后一个文件，不能移除；可以先导入别的文件，或删掉索引目录")
            return
        unchanged = (
            _keys(entries) == _keys(manifest["entries"])
            and manifest["shipped"] == self._manifest()["shipped"]
        )
        if same and unchanged:
            return
        entries = [self._renewed(e, report) for e in entries]
        contents = self._contents(entries, {**made_by, "shipped": manifest["shipped"]}, progress)
        progress("建索引", 0, 1)
        report.generation = self._home.write(contents, self._embedder)
        report.changed = True
        self._home.prune()
        self._prune_cache({e["key"] for e in entries})
        progress("建索引", 1, 1)

    def _renewed(self, entry: dict[str, Any], report: Report) -> dict[str, Any]:
        """An entry that an older version made, parsed again from its file; kept as it is if that is gone."""
        if self._cached(entry["key"]) is not None and not self._outdated(entry):
            return entry
        try:
            return self._entry(read_file(Path(entry["path"])), shipped=entry["shipped"])[0]
        except UnreadableFile:
            if self._cached(entry["key"]) is None:
                raise
            return entry

    def _outdated(self, entry: dict[str, Any]) -> bool:
        name = Path(entry["path"]).name
        key = hashlib.sha256(f"{self._version}\0{name}\0{entry['sha256']}".encode()).hexdigest()[:32]
        return bool(key != entry["key"])

    def _contents(
        self, entries: list[dict[str, Any]], made_by: dict[str, Any], progress: Progress
    ) -> Contents:
        documents: list[Document] = []
        clauses: list[Clause] = []
        units: list[tuple[int, int, int]] = []
        tokens: list[list[str]] = []
        headings: list[list[str]] = []
        texts: list[str] = []
        asked: list[tuple[int, str, list[str]]] = []
        held: dict[str, tuple[int, ParsedDocument]] = {}  # by document id: where its clauses begin
        for n, entry in enumerate(sorted(entries, key=lambda e: (e["points"], e["document"]))):
            progress("整理", n, len(entries))
            loaded = self._load(entry)
            parsed, base = loaded.parsed, len(clauses)
            if entry["points"] and (text := held.get(parsed.document.id)) and _speaks_for(text[1], parsed):
                asked += _lent(
                    loaded, *text
                )  # the clause itself is held: the key point only helps to find it
                continue
            held[parsed.document.id] = (base, parsed)
            units += [(base + s.clause, base + s.shown, len(documents)) for s in parsed.searched]
            documents.append(parsed.document)
            clauses += parsed.clauses
            tokens += loaded.tokens
            headings += loaded.headings
            texts += search_texts(parsed)
            shown = {s.clause: s.shown for s in parsed.searched}
            asked += [
                (base + shown[number], phrase, cut)
                for (number, phrase), cut in zip(parsed.asked, loaded.asked, strict=False)
            ]
        manifest = {"entries": entries, **made_by}
        return Contents(documents, clauses, units, tokens, headings, texts, asked, manifest)

    def _prune_cache(self, keys: set[str]) -> None:
        for path in (self._home.folder / "parsed").glob("*.gz"):
            if path.name.removesuffix(".json.gz") not in keys:
                path.unlink(missing_ok=True)

    @contextmanager
    def _writer(self) -> Iterator[None]:
        import filelock

        self._home.folder.mkdir(parents=True, exist_ok=True)
        holder = self._home.folder / "writer"
        lock = filelock.FileLock(self._home.folder / "lock", timeout=LOCK_WAIT_SECONDS)
        try:
            with lock:
                holder.write_text(f"进程 {os.getpid()}", "utf-8")
                try:
                    yield
                finally:
                    holder.unlink(missing_ok=True)
        except filelock.Timeout as error:
            who = holder.read_text("utf-8") if holder.exists() else "另一个进程"
            raise IndexBusy(
                f"{who} 正在写索引，等了 {LOCK_WAIT_SECONDS:.0f} 秒仍未结束，请稍后再试"
            ) from error


def search_texts(parsed: ParsedDocument) -> list[str]:
    """The text of each unit as it is indexed: headings, lead-in, the unit itself, its columns."""
    texts: list[str] = []
    for searched in parsed.searched:
        clause = parsed.clauses[searched.clause]
        headings = " ".join(clause.heading_path[-3:])
        columns = " ".join(v for v in clause.columns.values() if v not in clause.text)
        texts.append(f"{headings} {clause.context} {clause.text} {columns}")
    return texts


def heading_texts(parsed: ParsedDocument) -> list[str]:
    """The title and heading path of each unit, for the heading leg."""
    title = " ".join((parsed.document.title, *parsed.document.short[:1]))
    return [f"{title} {' '.join(parsed.clauses[s.clause].heading_path)}" for s in parsed.searched]


def phrases(parsed: ParsedDocument) -> list[tuple[int, str]]:
    """The ways in which people ask for the clauses of a document; a key point's own words are one of them,
    for the clause that it restates."""
    points = parsed.document.kind == "key points"
    said = [(s.clause, parsed.clauses[s.clause].text) for s in parsed.searched] if points else []
    return [*parsed.asked, *said]


def _speaks_for(text: ParsedDocument, points: ParsedDocument) -> bool:
    """Whether a text is what the points were made from, or newer."""
    return (text.document.effective or "") >= (points.document.effective or "")


def _lent(points: Loaded, base: int, text: ParsedDocument) -> Iterator[tuple[int, str, list[str]]]:
    """The phrases of key points for the clauses of the text that they restate; `base` is where these begin."""
    places: dict[str, int] = {}
    for number, clause in enumerate(text.clauses):
        places.setdefault(clause.locator, number)
    numbers = {clause.id: number for number, clause in enumerate(text.clauses)}
    shown = {s.clause: s.shown for s in text.searched}
    for (number, phrase), cut in zip(phrases(points.parsed), points.asked, strict=True):
        found = places.get(points.parsed.clauses[number].locator)
        while found is not None and found not in shown:
            parent = text.clauses[found].parent
            found = numbers.get(parent) if parent else None
        if found is not None:
            yield base + shown[found], phrase, cut


def read_hash(path: Path) -> str:
    """The hash by which a shipped file is known again."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _name(entry: dict[str, Any]) -> tuple[str, bool]:
    """What an entry is of: the text of a document, or key points of it."""
    return entry["document"], entry["points"]


def _keys(entries: list[dict[str, Any]]) -> set[tuple[str, str, bool]]:
    return {(e["document"], e["key"], e["shipped"]) for e in entries}


def _files(paths: Iterable[Path], report: Report) -> Iterator[Path]:
    """The files named, and those of known formats below the folders named."""
    for path in paths:
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file() and not _hidden(p, path)):
                if file.suffix.lower() in SUFFIXES:
                    yield file
                elif file.suffix.lower() in _DOCUMENTS:
                    reason = f"不认识的格式 {file.suffix}，请另存为 {' '.join(SUFFIXES)} 之一"
                    report.failures.append(UnreadableFile(file.name, reason))
        elif path.exists():
            yield path
        else:
            report.failures.append(UnreadableFile(path.name, "找不到这个文件"))


def _hidden(path: Path, root: Path) -> bool:
    return any(part.startswith(".") for part in path.relative_to(root).parts)
