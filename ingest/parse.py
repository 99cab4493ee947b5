"""One file → one parsed document: its Document, its clauses in order, which of them are searched."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ingest.family import openings
from ingest.metadata import describe
from ingest.readers import RawText
from ingest.readers.jsonl import read_clauses
from ingest.repair import repair
from ingest.tree import build_tree
from ingest.units import lead_in, read_as_one, units
from retrieval.catalog import Catalog
from retrieval.clause import Clause, ClauseKind, Document, clause_id


@dataclass(frozen=True, slots=True)
class SearchedClause:
    """A clause to be searched: its place in the list of clauses, and that of the clause shown for it."""

    clause: int
    shown: int


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """Everything that the index needs to know of one file."""

    document: Document
    clauses: tuple[Clause, ...]
    searched: tuple[SearchedClause, ...]
    family: str
    warnings: tuple[str, ...]
    asked: tuple[tuple[int, str], ...] = ()  # place of a clause, a way in which people ask for it

    def to_json(self) -> dict[str, Any]:
        return {
            "document": asdict(self.document),
            "clauses": [asdict(c) for c in self.clauses],
            "searched": [(s.clause, s.shown) for s in self.searched],
            "family": self.family,
            "warnings": list(self.warnings),
            "asked": list(self.asked),
        }

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> ParsedDocument:
        document = Document(**{**row["document"], "short": tuple(row["document"]["short"])})
        clauses = tuple(
            Clause(**{**c, "kind": ClauseKind(c["kind"]), "heading_path": tuple(c["heading_path"])})
            for c in row["clauses"]
        )
        searched = tuple(SearchedClause(*s) for s in row["searched"])
        asked = tuple((int(n), str(phrase)) for n, phrase in row["asked"])
        return cls(document, clauses, searched, row["family"], tuple(row["warnings"]), asked)


def parse(raw: RawText, catalog: Catalog) -> ParsedDocument:
    """Parse a file of any format. Raises UnreadableFile for malformed ready clauses or key points."""
    if raw.format == "jsonl":
        return _ready_clauses(raw)
    if raw.format == "yaml":
        from ingest.keypoints import parse_keypoints

        return parse_keypoints(raw.name, raw.text, catalog)
    return _regulation(raw, catalog)


def _regulation(raw: RawText, catalog: Catalog) -> ParsedDocument:
    repaired = repair(raw.text)
    family, found = openings(repaired)
    nodes = build_tree(repaired, found)
    document = describe(raw.name, raw.text, repaired.text, catalog)
    ids: list[str] = []
    seen: dict[str, int] = {}
    over_others = {n.parent for n in nodes if n.opening.kind in (ClauseKind.ARTICLE, ClauseKind.PART)}
    over_others -= read_as_one(repaired, nodes)
    clauses: list[Clause] = []
    for order, node in enumerate(nodes):
        locator = node.opening.locator
        seen[locator] = seen.get(locator, 0) + 1
        ids.append(clause_id(document, locator, seen[locator]))
        start, end = repaired.source_span(node.start, node.end)
        clauses.append(
            Clause(
                id=ids[-1],
                document_id=document.id,
                locator=locator,
                heading_path=node.heading_path,
                kind=node.opening.kind,
                text=repaired.text[node.start : node.end if order in over_others else node.last].strip(),
                own=repaired.text[node.start : node.end].strip(),
                start=start,
                end=end,
                parent=None if node.parent is None else ids[node.parent],
                order=order,
                context=lead_in(repaired, nodes, order),
                columns=dict(node.opening.columns),
            )
        )
    searched = tuple(SearchedClause(u.node, u.shown) for u in units(repaired, nodes))
    numbered = sum(1 for c in clauses if c.kind is not ClauseKind.PLAIN)
    warnings = () if numbered else ("没有认出条文编号，按自然段收录",)
    return ParsedDocument(document, tuple(clauses), searched, str(family), warnings)


def _ready_clauses(raw: RawText) -> ParsedDocument:
    title = Path(raw.name).stem
    document = Document(id=title, title=title, source=raw.name, effective=None)
    clauses = tuple(
        Clause(
            id=clause_id(document, row.external_id),
            document_id=document.id,
            locator=row.name,
            heading_path=(row.name,),
            kind=ClauseKind.ARTICLE,
            text=row.text,
            own=row.text,
            start=0,
            end=len(row.text),
            parent=None,
            order=order,
            external_id=row.external_id,
        )
        for order, row in enumerate(read_clauses(raw.name, raw.text))
    )
    searched = tuple(SearchedClause(i, i) for i in range(len(clauses)))
    return ParsedDocument(document, clauses, searched, "clauses", ())
