"""Which nodes of the tree are searched, and what is shown for them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.repair import Repaired
from ingest.tree import Node
from retrieval.clause import ClauseKind

WHOLE_MAX = 700  # a provision up to so many characters is shown whole
SPLIT_MIN = 160  # a longer one is also searched item by item
_CHILD_KINDS = (ClauseKind.ITEM, ClauseKind.PARAGRAPH, ClauseKind.ROW)


@dataclass(frozen=True, slots=True)
class Unit:
    """A searched node, and the node that is shown when it is found (both indices into the tree)."""

    node: int
    shown: int


def units(repaired: Repaired, nodes: list[Node]) -> list[Unit]:
    """The searched units of a document: provisions, and the items of the longer ones."""
    children: dict[int, list[int]] = {}
    for i, node in enumerate(nodes):
        if node.parent is not None:
            children.setdefault(node.parent, []).append(i)
    found: list[Unit] = []
    lists = read_as_one(repaired, nodes)
    inside = {c for i in lists for c in _subtree(nodes, i)}
    for i, node in enumerate(nodes):
        kind = node.opening.kind
        if i in inside:
            continue
        if i in lists:
            found.append(Unit(i, i))
            if node.last - node.start > SPLIT_MIN:
                found += [Unit(c, i) for c in children.get(i, ()) if nodes[c].last - nodes[c].start > 10]
            continue
        if not node.opening.searched or (kind in _CHILD_KINDS and _inside_provision(nodes, i)):
            continue
        own = repaired.text[node.start : node.end].strip()
        if kind is ClauseKind.PART or _has_provisions(nodes, children, i):
            body = own.split("\n", 1)[1] if kind is ClauseKind.PART and "\n" in own else own
            if len(body) > 15 and (kind is not ClauseKind.PART or body is not own):
                found.append(Unit(i, i))
            if kind is ClauseKind.PART:
                found += _below(repaired, nodes, children, i, i, whole=False)
        elif own or children.get(i):
            found += _provision(repaired, nodes, children, i)
    return found


def lead_in(repaired: Repaired, nodes: list[Node], i: int) -> str:
    """What must be read before an item: the lead-ins of the provisions above it, e.g. "…情形之一的："."""
    parts: list[str] = []
    parent = nodes[i].parent
    while parent is not None and nodes[parent].opening.kind not in (ClauseKind.PART, ClauseKind.PLAIN):
        own = repaired.text[nodes[parent].opening.body : nodes[parent].end].strip()
        if own and nodes[parent].opening.kind is not ClauseKind.ROW:
            last = re.split(r"(?<=[。；])", own.rstrip())[-1]
            parts.append(last if len(own) > 200 and last.strip() else own)
        parent = nodes[parent].parent
    if parent is not None and nodes[parent].opening.kind is ClauseKind.PART and not parts:
        lines = repaired.text[nodes[parent].start : nodes[parent].end].strip().split("\n")
        if len(lines) > 1 and lines[-1].endswith(("：", ":")):  # a list under a heading: its introduction
            parts.append(lines[-1])
    return "".join(reversed(parts))


def _inside_provision(nodes: list[Node], i: int) -> bool:
    parent = nodes[i].parent
    while parent is not None:
        if nodes[parent].opening.kind in (ClauseKind.ARTICLE, ClauseKind.ROW, ClauseKind.PART):
            return True
        parent = nodes[parent].parent
    return False


def _has_provisions(nodes: list[Node], children: dict[int, list[int]], i: int) -> bool:
    return any(nodes[c].opening.kind in (ClauseKind.ARTICLE, ClauseKind.PART) for c in children.get(i, ()))


def _subtree(nodes: list[Node], i: int) -> range:
    last = i + 1
    while last < len(nodes) and nodes[last].start < nodes[i].last:
        last += 1
    return range(i + 1, last)


def read_as_one(repaired: Repaired, nodes: list[Node]) -> set[int]:
    """Numbered paragraphs that only introduce a short list ("…应当包括：（一）…"): one with their list."""
    found: set[int] = set()
    for i, node in enumerate(nodes):
        own = repaired.text[node.start : node.end].rstrip()
        short = node.last - node.start <= WHOLE_MAX
        if (
            node.opening.kind is not ClauseKind.ROW
            and own.endswith(("：", ":"))
            and short
            and node.last > node.end
        ):
            found.add(i)
    return found


def _provision(repaired: Repaired, nodes: list[Node], children: dict[int, list[int]], i: int) -> list[Unit]:
    length = len(repaired.text[nodes[i].start : nodes[i].last].strip())
    if not length:
        return []
    if length <= WHOLE_MAX:
        found = [Unit(i, i)]
        if length > SPLIT_MIN:
            if nodes[i].opening.kind is ClauseKind.ROW and children.get(i):
                return _below(
                    repaired, nodes, children, i, i, whole=False
                )  # its entries stand for themselves
            found += _below(repaired, nodes, children, i, i, whole=True)
        return found
    found = [Unit(i, i)] if nodes[i].end - nodes[i].start > 30 or not children.get(i) else []
    return found + _below(repaired, nodes, children, i, i, whole=False)


def _below(
    repaired: Repaired, nodes: list[Node], children: dict[int, list[int]], i: int, shown: int, *, whole: bool
) -> list[Unit]:
    """Units for the items, 款 and rows below a node, each with what is shown for it."""
    found: list[Unit] = []
    for child in children.get(i, ()):
        node = nodes[child]
        if node.opening.kind not in _CHILD_KINDS or not node.opening.searched:
            continue
        length = len(repaired.text[node.start : node.last].strip())
        if length < 4:
            continue
        if node.opening.kind is ClauseKind.ROW and children.get(child):
            found += _below(
                repaired, nodes, children, child, child, whole=False
            )  # entries stand for themselves
            continue
        target = shown if whole else child
        found.append(Unit(child, target))
        if length > SPLIT_MIN:
            found += _below(repaired, nodes, children, child, target, whole=whole or length <= WHOLE_MAX)
    return found
