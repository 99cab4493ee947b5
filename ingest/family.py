"""Which grammar a text follows, told by the text itself, and where its parts begin and end."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from ingest.grammars import notice, standard, statute, table
from ingest.labels import ANNEX, ARTICLE, is_article_reference
from ingest.repair import Line, Repaired
from ingest.tree import LEAF, SCOPE, Opening
from retrieval.clause import ClauseKind

_CONTENTS = re.compile(r"目\s?[录次](?:\s|$)")
_FRONT = re.compile(r"(?:前\s?言|引\s?言|修订说明)$")


class Family(StrEnum):
    """The three ways in which Chinese regulations are numbered."""

    STATUTE = "statute"
    STANDARD = "standard"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Scope:
    """A stretch of a document with a numbering of its own: the main text, or an annex."""

    label: str
    lines: list[Line]
    opening: Opening | None


def family_of(lines: list[Line]) -> Family:
    """Articles (第X条), decimals (3.2.6) or 一、（一）1. – whichever opens most provisions."""
    articles = sum(
        1 for x in lines if (m := ARTICLE.match(x.text)) and not is_article_reference(x.text[m.end() :])
    )
    if articles >= 2:
        return Family.STATUTE
    decimals = standard.decimal_numbers(lines)
    return Family.STANDARD if len(decimals) >= 6 else Family.NOTICE


def openings(repaired: Repaired) -> tuple[Family, list[Opening]]:
    """All places where nodes of the document open, and the family of its main text."""
    lines = repaired.lines()
    found: list[Opening] = []
    body, skipped = _without_contents(lines)
    found += skipped
    families: list[Family] = []
    for scope in scopes(body):
        family = family_of(scope.lines)
        families.append(family)
        found += [scope.opening] if scope.opening else []
        grammar = {Family.STATUTE: statute, Family.STANDARD: standard, Family.NOTICE: notice}[family]
        prefix = scope.label if family is not Family.STANDARD or scope.label.startswith("附件") else ""
        plain_lines = [x for x in scope.lines if "\t" not in x.text]
        found += grammar.openings(plain_lines, _join(prefix, family))
        found += table.pipe_rows(scope.lines)
        found += table.tab_rows(scope.lines, scope.label)
    return (families or [Family.NOTICE])[0], found


def _join(prefix: str, family: Family) -> str:
    return f"{prefix} " if prefix and family is not Family.NOTICE else prefix


def scopes(lines: list[Line]) -> list[Scope]:
    """The main text and the annexes behind it."""
    found: list[Scope] = []
    current = Scope("", [], None)
    for line in lines:
        match = ANNEX.match(line.text)
        starts = (
            match is not None
            and "录" not in match.group(1)
            and (not line.text[match.end() :].strip("：: ") or (line.heading and len(line.text) <= 45))
        )
        if starts and match is not None:
            found.append(current)
            label = re.sub(r"\s", "", match.group())
            current = Scope(
                label, [], Opening(line.start, line.start + match.end(), SCOPE, ClauseKind.PART, label)
            )
        else:
            current.lines.append(line)
    found.append(current)
    return [s for s in found if s.lines or s.opening]


def _without_contents(lines: list[Line]) -> tuple[list[Line], list[Opening]]:
    """The lines without the table of contents and the foreword, which are kept but not searched."""
    kept: list[Line] = []
    skipped: list[Opening] = []
    i = 0
    while i < len(lines):
        line = lines[i]
        end = None
        if _CONTENTS.match(line.text) and i < len(lines) - 2:
            end = _contents_end(lines, i)
        if end is None:
            kept.append(line)
            i += 1
            continue
        skipped.append(Opening(line.start, line.start, LEAF, ClauseKind.PLAIN, "目录", searched=False))
        if end < len(lines):
            front = bool(_FRONT.match(lines[end].text))
            name = "前言" if front else "正文"
            start = lines[end].start
            skipped.append(Opening(start, start, LEAF, ClauseKind.PLAIN, name, searched=not front))
        i = end
    return kept, skipped


def _contents_end(lines: list[Line], start: int) -> int | None:
    """Where the first entry of the contents comes again, as the heading that it points to."""
    inline = _CONTENTS.sub("", lines[start].text, count=1).strip()
    entries = [inline] if inline else []
    entries += [line.text for line in lines[start + 1 : start + 4]]
    for entry in entries:
        key = re.sub(r"[\s.…·\d]", "", entry)[:6]
        if len(key) < 2:
            continue
        for j in range(start + 2, len(lines)):
            text = re.sub(r"[\s.…·\d]", "", lines[j].text)
            if text.startswith(key) and j > start + 1 + entries.index(entry) - (1 if inline else 0):
                return j
    return None
