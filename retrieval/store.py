"""Documents and clauses of a generation in one read-only SQLite file, fetched as they are needed."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path

from retrieval.clause import Clause, ClauseKind, Document, Level

_SCHEMA = """
CREATE TABLE document (n INTEGER PRIMARY KEY, id TEXT, row TEXT);
CREATE TABLE clause (
    n INTEGER PRIMARY KEY, id TEXT, document_id TEXT, locator TEXT, heading_path TEXT, kind TEXT, text TEXT,
    own TEXT, start INTEGER, "end" INTEGER, parent TEXT, "order" INTEGER, context TEXT, columns TEXT,
    external_id TEXT
);
"""
_INDEXES = """
CREATE UNIQUE INDEX clause_id ON clause (id);
CREATE INDEX clause_locator ON clause (document_id, locator);
CREATE INDEX clause_parent ON clause (parent);
"""
_COLUMNS = 'id, document_id, locator, heading_path, kind, text, own, start, "end", parent, "order", context, columns, external_id'


class ClauseStore:
    """Reads documents and clauses; one connection a thread."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._local = threading.local()
        self.documents = [
            _document(json.loads(row)) for (row,) in self._db().execute("SELECT row FROM document ORDER BY n")
        ]

    @staticmethod
    def write(path: Path, documents: Iterable[Document], clauses: Iterable[Clause]) -> None:
        """Write a new file with the documents and clauses numbered as they come."""
        with sqlite3.connect(path) as db:
            db.executescript(_SCHEMA)
            db.executemany(
                "INSERT INTO document VALUES (?, ?, ?)",
                ((n, d.id, json.dumps(asdict(d), ensure_ascii=False)) for n, d in enumerate(documents)),
            )
            db.executemany(
                f"INSERT INTO clause VALUES ({', '.join('?' * 15)})",
                ((n, *_row(c)) for n, c in enumerate(clauses)),
            )
            db.executescript(_INDEXES)
        db.close()

    def _db(self) -> sqlite3.Connection:
        db = getattr(self._local, "db", None)
        if db is None:
            db = sqlite3.connect(f"{self._path.absolute().as_uri()}?immutable=1", uri=True)
            self._local.db = db
        return db

    def numbered(self, numbers: Sequence[int]) -> dict[int, Clause]:
        """Clauses by their number in this generation."""
        marks = ", ".join("?" * len(numbers))
        rows = self._db().execute(f"SELECT n, {_COLUMNS} FROM clause WHERE n IN ({marks})", list(numbers))
        return {row[0]: _clause(row[1:]) for row in rows}

    def get(self, clause_id: str) -> Clause | None:
        """A clause by its id."""
        row = self._db().execute(f"SELECT {_COLUMNS} FROM clause WHERE id = ?", (clause_id,)).fetchone()
        return _clause(row) if row else None

    def located(self, document_id: str, locator: str) -> list[Clause]:
        """The clauses of a document with exactly this locator."""
        rows = self._db().execute(
            f'SELECT {_COLUMNS} FROM clause WHERE document_id = ? AND locator = ? ORDER BY "order"',
            (document_id, locator),
        )
        return [_clause(row) for row in rows]

    def children(self, clause_id: str) -> list[Clause]:
        """The nodes directly below a clause, in order."""
        rows = self._db().execute(
            f'SELECT {_COLUMNS} FROM clause WHERE parent = ? ORDER BY "order"', (clause_id,)
        )
        return [_clause(row) for row in rows]

    def of_document(self, document_id: str) -> list[Clause]:
        """All clauses of a document in reading order."""
        rows = self._db().execute(
            f'SELECT {_COLUMNS} FROM clause WHERE document_id = ? ORDER BY "order"', (document_id,)
        )
        return [_clause(row) for row in rows]

    def around(self, clause: Clause) -> tuple[Clause | None, Clause | None]:
        """The siblings before and after a clause."""
        rows = self._db().execute(
            f'SELECT {_COLUMNS} FROM clause WHERE document_id = ? AND parent IS ? ORDER BY "order"',
            (clause.document_id, clause.parent),
        )
        siblings = [_clause(row) for row in rows]
        place = next((i for i, c in enumerate(siblings) if c.id == clause.id), None)
        if place is None:
            return None, None
        after = siblings[place + 1] if place + 1 < len(siblings) else None
        return (siblings[place - 1] if place else None), after


def _row(clause: Clause) -> tuple[object, ...]:
    return (
        clause.id,
        clause.document_id,
        clause.locator,
        json.dumps(clause.heading_path, ensure_ascii=False),
        clause.kind.value,
        clause.text,
        clause.own,
        clause.start,
        clause.end,
        clause.parent,
        clause.order,
        clause.context,
        json.dumps(clause.columns, ensure_ascii=False) if clause.columns else "",
        clause.external_id,
    )


def _clause(row: Sequence[object]) -> Clause:
    values = dict(zip(Clause.__slots__, row, strict=True))
    values["heading_path"] = tuple(json.loads(str(values["heading_path"])))
    values["kind"] = ClauseKind(str(values["kind"]))
    values["columns"] = json.loads(str(values["columns"])) if values["columns"] else {}
    return Clause(**values)  # type: ignore[arg-type]


def _document(row: dict[str, object]) -> Document:
    row["level"] = Level(str(row["level"]))
    row["short"] = tuple(row["short"])  # type: ignore[arg-type]
    return Document(**row)  # type: ignore[arg-type]
