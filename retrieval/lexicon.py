"""Lay words of the site → the terms of the regulations (安全帽 → 个体防护用品), as data."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.errors import ConfigError
from retrieval.numerals import normalise

if TYPE_CHECKING:
    from retrieval.tokens import Tokeniser


class Lexicon:
    """Finds lay words in a question by longest match on word boundaries."""

    def __init__(self, entries: dict[str, tuple[str, ...]]) -> None:
        self._entries = entries
        self._longest = max(map(len, entries), default=0)

    def items(self) -> Iterable[tuple[str, tuple[str, ...]]]:
        """All lay words with their terms."""
        return self._entries.items()

    def terms(self, question: str, tokeniser: Tokeniser) -> dict[str, tuple[str, ...]]:
        """The lay words of a question with the terms that regulations use for them."""
        found: dict[str, tuple[str, ...]] = {}
        words = tokeniser.cut(question)
        i = 0
        while i < len(words):
            for j in range(len(words), i, -1):
                span = "".join(words[i:j])
                if len(span) <= self._longest and span in self._entries:
                    found[span] = self._entries[span]
                    i = j - 1
                    break
            i += 1
        return found


def load_lexicon(path: Path) -> Lexicon:
    """Read `lay.tsv`: lay word <TAB> terms joined by 、. Raises ConfigError at a malformed line."""
    entries: dict[str, tuple[str, ...]] = {}
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        lay, tab, terms = line.partition("\t")
        if not tab or not terms.strip():
            raise ConfigError(f"{path.name} 第 {number} 行缺少制表符或规范用语")
        entries[normalise(lay.strip())] = tuple(t.strip() for t in terms.split("、") if t.strip())
    return Lexicon(entries)
