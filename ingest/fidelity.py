"""Nothing lost: every character of the source has exactly one owner, or a listed deletion."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.repair import Repaired
from ingest.tree import Node


@dataclass(frozen=True, slots=True)
class Fidelity:
    """What the check found: characters without an owner, and with more than one."""

    lost: tuple[int, ...]
    doubled: tuple[int, ...]

    @property
    def whole(self) -> bool:
        return not self.lost and not self.doubled


def check(source: str, repaired: Repaired, nodes: list[Node]) -> Fidelity:
    """Count the owners of each character of the source: nodes' own spans and deletions."""
    owners = bytearray(len(source))
    for node in nodes:
        for i in repaired.origin[node.start : node.end]:
            owners[i] = min(owners[i] + 1, 2)
    for deletion in repaired.deletions:
        for i in range(deletion.start, deletion.end):
            owners[i] = min(owners[i] + 1, 2)
    return Fidelity(
        tuple(i for i, n in enumerate(owners) if n == 0), tuple(i for i, n in enumerate(owners) if n > 1)
    )
