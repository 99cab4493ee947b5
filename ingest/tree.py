"""From the places where provisions open to a tree in which every character has one owner."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ingest.repair import Line, Repaired
from retrieval.clause import ClauseKind


@dataclass(frozen=True, slots=True)
class Opening:
    """A place in the repaired text where a node begins. It owns all up to the next opening.

    `depth` orders the levels of one document (a node's parent is the last shallower one);
    `body` is where the label ends; `columns` the named cells of a table row.
    """

    start: int
    body: int
    depth: int
    kind: ClauseKind
    locator: str
    searched: bool = True
    columns: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Node:
    """A node of the tree: `own` is [start, end) of the repaired text, `last` the end of its subtree."""

    opening: Opening
    start: int
    end: int
    last: int
    parent: int | None
    heading_path: tuple[str, ...]


# Depths. A list inside a provision goes on below ITEM, one a level; nothing stands below a LEAF.
SCOPE, PART, ARTICLE, PARAGRAPH, ITEM, LEAF = 0, 10, 20, 30, 40, 90
_HEADING_MAX = 40


def build_tree(repaired: Repaired, openings: Iterable[Opening]) -> list[Node]:
    """The nodes in reading order. Text before the first opening belongs to a node of its own."""
    ordered = sorted(openings, key=lambda o: (o.start, o.depth))
    if not ordered or ordered[0].start > 0:
        ordered.insert(0, Opening(0, 0, LEAF, ClauseKind.PLAIN, "题头"))
    nodes: list[Node] = []
    stack: list[int] = []
    length = len(repaired.text)
    for i, opening in enumerate(ordered):
        end = ordered[i + 1].start if i + 1 < len(ordered) else length
        while stack and nodes[stack[-1]].opening.depth >= opening.depth:
            stack.pop()
        path = tuple(h for h in (heading_of(repaired, nodes[n]) for n in stack) if h)
        parent = stack[-1] if stack else None
        nodes.append(Node(opening, opening.start, end, end, parent, path))
        for n in stack:
            nodes[n].last = end
        stack.append(i)
    return nodes


def heading_of(repaired: Repaired, node: Node) -> str:
    """What a node adds to the heading path of those below it; "" where it is no heading."""
    own = repaired.text[node.start : node.end].strip()
    first = own.split("\n")[0].strip()
    if node.opening.kind is ClauseKind.PART:
        return re.sub(r"\s+", " ", first)[:_HEADING_MAX]
    if node.opening.kind is ClauseKind.ARTICLE:
        sentence = re.split(r"[。：:]", first)[0]
        if len(sentence) <= _HEADING_MAX and (len(own) > len(first) or sentence != first or len(first) < 30):
            return sentence
    return ""


def plain_heading(line: Line) -> bool:
    """Whether a line without a label is a heading of its own (marked so, short, no sentence)."""
    return line.heading and len(line.text) <= 45 and not re.search(r"[。；：，]", line.text)
