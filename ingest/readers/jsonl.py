"""Ready clauses: JSON lines {"id", "name", "text"}, whose `id` comes back as `external_id`."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.errors import UnreadableFile


@dataclass(frozen=True, slots=True)
class ReadyClause:
    """One clause as it was handed in."""

    external_id: str
    name: str
    text: str


def read_clauses(name: str, text: str) -> Iterator[ReadyClause]:
    """The clauses of a .jsonl file. Raises UnreadableFile with the line that is wrong."""
    seen: set[str] = set()
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            clause = ReadyClause(str(row["id"]), str(row["name"]), str(row["text"]))
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableFile(name, f'第 {number} 行不是 {{"id", "name", "text"}} 形式的 JSON') from error
        if clause.external_id in seen:
            raise UnreadableFile(name, f"第 {number} 行的 id {clause.external_id} 前面已经用过")
        seen.add(clause.external_id)
        yield clause
