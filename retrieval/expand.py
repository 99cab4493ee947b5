"""What stands around a hit: the clauses before and after it, which a question often means as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from retrieval.clause import ClauseKind, Hit

if TYPE_CHECKING:
    from retrieval.store import ClauseStore

_SHARE = 0.6  # of the hit's score that its neighbours get


def neighbours(hit: Hit, clauses: ClauseStore) -> list[Hit]:
    """The siblings of a hit as hits of lower score; table rows and parts have none."""
    if hit.clause.kind in (ClauseKind.ROW, ClauseKind.PART, ClauseKind.PLAIN):
        return []
    return [
        Hit(clause, hit.document, hit.score * _SHARE, {"neighbour": hit.clause.id})
        for clause in clauses.around(hit.clause)
        if clause is not None and clause.kind is hit.clause.kind
    ]
