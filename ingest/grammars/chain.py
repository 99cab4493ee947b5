"""The longest run of numbers in rising order: what is left out of it is no provision."""

from __future__ import annotations

from bisect import bisect_right
from typing import Any, TypeVar

T = TypeVar("T")


def longest_chain(candidates: list[tuple[Any, T]]) -> list[tuple[Any, T]]:
    """The longest subsequence whose keys never fall (equal keys are doubles, and kept).

    Patience sorting, O(n log n). A cross-reference at the start of a line, or a measured value,
    stands out of order and drops out.
    """
    tails: list[Any] = []
    tail_at: list[int] = []
    previous: list[int] = []
    for i, (key, _) in enumerate(candidates):
        place = bisect_right(tails, key)
        previous.append(tail_at[place - 1] if place else -1)
        if place == len(tails):
            tails.append(key)
            tail_at.append(i)
        else:
            tails[place] = key
            tail_at[place] = i
    chain: list[tuple[Any, T]] = []
    i = tail_at[-1] if tail_at else -1
    while i >= 0:
        chain.append(candidates[i])
        i = previous[i]
    return chain[::-1]
