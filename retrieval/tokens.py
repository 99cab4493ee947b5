"""One tokeniser for index and question: words of the domain dictionary plus character bigrams."""

from __future__ import annotations

import hashlib
import marshal
import os
import re
import tempfile
import threading
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from retrieval.numerals import normalise

if TYPE_CHECKING:
    from types import ModuleType

    import jieba

_RUN = re.compile(
    r"[\u4e00-\u9fff]+|\d+(?:\.\d+)+|\d+(?:%|学时|小时|工作日|分钟|周岁|m2|m3|mm|cm|km|kg|kn|kv|kw|mpa|人|名|次|元|万元|m|t|v|天|日|月|年)?|[a-z]+"
)
_STOP = frozenset(
    [
        "的",
        "了",
        "和",
        "与",
        "及",
        "或",
        "在",
        "对",
        "为",
        "是",
        "有",
        "应",
        "等",
        "其",
        "由",
        "按",
        "并",
        "于",
        "以",
        "将",
        "中",
        "被",
        "把",
        "从",
        "向",
        "就",
        "都",
        "也",
        "要",
        "吗",
        "呢",
        "啊",
        "吧",
        "我",
        "你",
        "他",
        "她",
        "它",
        "们",
        "这",
        "那",
        "之",
        "个",
        "什么",
        "怎么",
        "怎样",
        "如何",
        "哪些",
        "哪个",
        "哪",
        "谁",
        "多少",
        "多久",
        "多长",
        "请问",
        "一下",
        "可以",
        "能",
        "能否",
        "是否",
        "是不是",
        "可不可以",
        "能不能",
        "我们",
        "你们",
        "他们",
        "应该",
        "应当",
        "需要",
        "必须",
        "规定",
        "关于",
        "有关",
        "相关",
        "进行",
        "下列",
        "以及",
        "或者",
        "如果",
        "没有",
        "有没有",
        "算",
        "算不算",
        "行",
        "不行",
        "会",
        "得",
        "该",
        "什么时候",
        "什么样",
        "一个",
        "几",
        "几个",
        "问",
        "怎么办",
        "咋办",
    ]
)


class Tokeniser:
    """Cuts a text into search tokens. Thread-safe; the dictionary is loaded on first use.

    `words` is a file with one dictionary word a line ('#' opens a comment); `cache` a folder
    that may be written, for jieba's compiled dictionary.
    """

    def __init__(self, words: Path | None = None, *, cache: Path | None = None) -> None:
        self._words = words
        self._cache = cache
        self._jieba: jieba.Tokenizer | None = None
        self._lock = threading.Lock()
        self._cut_run = lru_cache(maxsize=20_000)(self._cut_anew)

    def _cut_anew(self, run: str, compounds: bool) -> tuple[str, ...]:
        segmenter = self._segmenter()
        return tuple(segmenter.cut_for_search(run, HMM=False) if compounds else segmenter.cut(run, HMM=False))

    def _segmenter(self) -> jieba.Tokenizer:
        with self._lock:
            if self._jieba is None:
                self._jieba = self._load()
            return self._jieba

    def _load(self) -> jieba.Tokenizer:
        """jieba with the domain dictionary. What it computed is kept as one file, since its own cache takes
        four times as long to read."""
        segmenter = _import_jieba().Tokenizer()
        words = self._words.read_bytes() if self._words is not None else b""
        kept = (
            self._cache / f"words-{hashlib.sha256(words).hexdigest()[:12]}.marshal" if self._cache else None
        )
        if kept is not None and kept.is_file():
            segmenter.FREQ, segmenter.total = marshal.loads(kept.read_bytes())
            segmenter.initialized = True
            return segmenter
        with tempfile.TemporaryDirectory() as folder:
            segmenter.tmp_dir = folder
            segmenter.initialize()
        for line in words.decode("utf-8").splitlines():
            word = normalise(line.split("#")[0].strip())
            if word:
                segmenter.add_word(word)
        if kept is not None:
            kept.parent.mkdir(parents=True, exist_ok=True)
            draft = kept.with_suffix(f".{os.getpid()}.tmp")
            draft.write_bytes(marshal.dumps((segmenter.FREQ, segmenter.total)))
            draft.replace(kept)
        return segmenter

    def warm(self) -> None:
        """Load the dictionary now (0.3 s), e.g. in a thread while other things load."""
        self._segmenter()

    def cut(self, text: str) -> list[str]:
        """All words of a text in order, normalised, nothing left out but signs and blanks."""
        found: list[str] = []
        for run in _RUN.findall(normalise(text)):
            found += self._cut_run(run, False) if _is_han(run) else [run]
        return found

    def words(self, text: str) -> list[str]:
        """The words of a text, normalised, stop words left out; a compound with the words inside it
        (单排脚手架: 单排, 脚手架, 单排脚手架)."""
        found: list[str] = []
        for run in _RUN.findall(normalise(text)):
            found += self._cut_run(run, True) if _is_han(run) else [run]
        return [word for word in found if word not in _STOP]

    def pieces(self, text: str) -> list[str]:
        """What the static model has vectors for: the words, and every Chinese character."""
        return [*self.words(text), *characters(text)]

    def tokens(self, text: str) -> list[str]:
        """Words, and bigrams of neighbouring Chinese characters ("安全", "全带"), stop words left out."""
        found = self.words(text)
        for run in _RUN.findall(normalise(text)):
            if _is_han(run):
                found += [f"_{run[i : i + 2]}" for i in range(len(run) - 1)]
        return found


def _import_jieba() -> ModuleType:
    """jieba without pkg_resources, which it would import for half a second only to open its own dictionary."""
    import logging
    import sys

    held = sys.modules.get("pkg_resources")
    sys.modules["pkg_resources"] = None  # type: ignore[assignment]
    try:
        import jieba
    finally:
        if held is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = held
    jieba.setLogLevel(logging.WARNING)
    return jieba  # type: ignore[no-any-return]


def characters(text: str) -> list[str]:
    """The Chinese characters of a text, numerals made figures first."""
    return [c for c in normalise(text) if "\u4e00" <= c <= "\u9fff"]


def _is_han(run: str) -> bool:
    return "\u4e00" <= run[0] <= "\u9fff"
