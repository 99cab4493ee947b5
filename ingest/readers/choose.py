"""Chooses the reader for a file and refuses what cannot be read, with the reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from retrieval.errors import UnreadableFile

MAX_BYTES = 100 * 1024 * 1024
SUFFIXES = (".md", ".txt", ".html", ".htm", ".docx", ".pdf", ".jsonl", ".yaml")


@dataclass(frozen=True, slots=True)
class RawText:
    """What a reader found: the text, one paragraph or table row a line, and the file's hash."""

    name: str
    path: str
    text: str
    sha256: str
    format: str


def read_file(path: Path) -> RawText:
    """The text of a file of any known format.

    Raises UnreadableFile, naming file and reason, where there is no text to be had.
    """
    name = path.name
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UnreadableFile(name, f"不认识的格式 {suffix or '（无扩展名）'}，可用 {' '.join(SUFFIXES)}")
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise UnreadableFile(
                name, f"文件太大（{size // 2**20} MB，上限 {MAX_BYTES // 2**20} MB），请拆分后再导入"
            )
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableFile(name, f"读不出来（{error.strerror or error}），请检查文件和权限") from error
    if not data.strip():
        raise UnreadableFile(name, "文件是空的")
    text = _text(name, suffix, data)
    if not text.strip():
        raise UnreadableFile(name, "里面没有文字")
    return RawText(
        name=name,
        path=str(path),
        text=text,
        sha256=hashlib.sha256(data).hexdigest(),
        format=suffix[1:],
    )


def _text(name: str, suffix: str, data: bytes) -> str:
    if suffix == ".docx":
        from ingest.readers.docx import read_docx

        return read_docx(name, data)
    if suffix == ".pdf":
        from ingest.readers.pdf import read_pdf

        return read_pdf(name, data)
    from ingest.readers.text import decode

    if suffix in (".html", ".htm"):
        from ingest.readers.html import read_html

        return read_html(name, data)
    return decode(name, data)
