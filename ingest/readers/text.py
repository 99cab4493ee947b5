"""Bytes → text: tells UTF-8, UTF-16 and GB18030 apart and refuses what is not text."""

from __future__ import annotations

import codecs
import unicodedata

from retrieval.errors import UnreadableFile

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(name: str, data: bytes) -> str:
    """The text of a plain file, line ends made "\\n". Raises UnreadableFile for binary data."""
    text = _decoded(data)
    if text is None:
        raise UnreadableFile(name, "不是文字文件，或编码不是 UTF-8、UTF-16、GB18030")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _decoded(data: bytes) -> str | None:
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            return _try(data, encoding)
    if (text := _try(data, "utf-8")) is not None:
        return text
    if b"\0" in data:
        return next((t for e in ("utf-16-le", "utf-16-be") if (t := _try(data, e))), None)
    if (text := _try(data, "gb18030")) is not None:
        return text
    return next((t for e in ("utf-16-le", "utf-16-be") if (t := _try(data, e))), None)


def _try(data: bytes, encoding: str) -> str | None:
    try:
        text = data.decode(encoding)
    except UnicodeError:
        return None
    return text if _plausible(text) else None


def _plausible(text: str) -> bool:
    """Whether this reads as writing: hardly a control, private or rare character in it."""
    sample = text[:20_000]
    odd = sum(1 for c in sample if c not in "\n\r\t\f\ufeff" and _is_odd(c))
    return odd <= len(sample) // 50


def _is_odd(char: str) -> bool:
    if unicodedata.category(char) in ("Cc", "Co", "Cn", "Cs"):
        return True
    code = ord(char)
    return not (
        code < 0x0600  # Latin, Greek, Cyrillic
        or 0x2000 <= code <= 0x33FF  # signs, kana, enclosed characters
        or 0x4E00 <= code <= 0x9FFF  # the common Chinese characters
        or 0xFE10 <= code <= 0xFFEF  # full-width forms
        or 0x1D400 <= code <= 0x1D7FF  # mathematical letters of OCR formulae
        or 0x1F000 <= code <= 0x1FAFF
        or code in (0x3400, 0x4DBF)
    )
