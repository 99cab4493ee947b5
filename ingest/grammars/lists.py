"""Lists inside provisions: which line opens which item, told by style and by the order of numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ingest.labels import LIST_STYLES, number_of

_INLINE = re.compile(r"(?<=[；;。:：])\s?(\d{1,2})(?=\s?[\u4e00-\u9fff])(?!\s?(?:年|月|日|号|[mMkK%]))")
_INLINE_PAREN = re.compile(r"(?<=[；;。:：])\s?(\d{1,2})[)）](?=\s?[\u4e00-\u9fff])")

# A style of a higher rank (lower number) never stands inside one of a lower rank.
_RANK = {"一、": 0, "（一）": 1, "1.": 2, "1": 2, "a)": 2, "（1）": 3, "1）": 3, "①": 4}


@dataclass(frozen=True, slots=True)
class Item:
    """An opened item: its level in the list (0 = outermost), style, number, label as cited, label end."""

    level: int
    style: str
    number: int
    label: str
    end: int


class ListStack:
    """Follows the nested lists of one provision from line to line.

    An item is taken when its number goes on from the last of its style (one may be missing), or
    opens a deeper list with 1. `styles` limits what may open an item here. Numbering that runs
    on over the items of the level above (1–3 under （一）, 4–6 under （二）) is followed too.
    """

    def __init__(self, styles: tuple[str, ...] | None = None) -> None:
        self._styles = styles
        self._stack: list[tuple[str, int]] = []
        self._last: dict[str, int] = {}

    def clear(self) -> None:
        """A new provision: all lists end."""
        self._stack.clear()
        self._last.clear()

    def last(self, style: str) -> int:
        """The number of the last item of a style, 0 where none is open."""
        return next((n for s, n in self._stack if s == style), 0)

    def take(self, text: str) -> Item | None:
        """The item that this line opens, or None."""
        for style, pattern in LIST_STYLES:
            if self._styles is not None and style not in self._styles:
                continue
            match = pattern.match(text)
            if match is None:
                continue
            number = number_of(match.group(1))
            if number is None or not self._fits(style, number):
                continue
            return self._open(style, number, match.end())
        return None

    def _fits(self, style: str, number: int) -> bool:
        open_styles = [s for s, _ in self._stack]
        if style in open_styles:
            last = self._stack[open_styles.index(style)][1]
            return last <= number <= last + 2 or number == 1
        return number == 1 or number == self._last.get(style, 0) + 1

    def _open(self, style: str, number: int, end: int) -> Item:
        open_styles = [s for s, _ in self._stack]
        if style in open_styles:
            del self._stack[open_styles.index(style) :]
        while self._stack and _RANK[self._stack[-1][0]] > _RANK[style]:
            self._stack.pop()
        self._stack.append((style, number))
        self._last[style] = number
        return Item(len(self._stack) - 1, style, number, label_text(style, number), end)


def label_text(style: str, number: int) -> str:
    """An item's label as it is cited: 一, （二）, 3, （1）, ①, a）."""
    chinese = _chinese(number)
    return {
        "一、": chinese,
        "（一）": f"（{chinese}）",
        "（1）": f"（{number}）",
        "1）": f"{number}）",
        "1.": str(number),
        "1": str(number),
        "①": chr(ord("①") + number - 1),
        "a)": f"{chr(ord('a') + number - 1)}）",
    }[style]


def inline_items(text: str, expected: int, *, parenthesis: bool = False) -> list[tuple[int, int]]:
    """Items that OCR left inside a line: (offset, number) of each that goes on the count."""
    found: list[tuple[int, int]] = []
    for match in (_INLINE_PAREN if parenthesis else _INLINE).finditer(text):
        if int(match.group(1)) == expected:
            found.append((match.start(1), expected))
            expected += 1
    return found


def _chinese(number: int) -> str:
    digits = "零一二三四五六七八九"
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{digits[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else digits[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (digits[ones] if ones or not text else "")
