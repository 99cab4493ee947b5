"""Word (.docx) → text, with python-docx: paragraphs and tables in the order of the page."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from retrieval.errors import UnreadableFile

if TYPE_CHECKING:
    from docx.table import Table

MAX_UNPACKED = 300 * 1024 * 1024
MAX_RATIO = 200


def read_docx(name: str, data: bytes) -> str:
    """The text of a document, a paragraph or table row a line.

    Raises UnreadableFile for a truncated, encrypted or maliciously compressed file.
    """
    _check_archive(name, data)
    import docx
    from docx.table import Table
    from docx.text.paragraph import Paragraph

    try:
        document = docx.Document(io.BytesIO(data))
        lines: list[str] = []
        for block in document.iter_inner_content():
            if isinstance(block, Paragraph):
                lines.append(" ".join(block.text.split(" ")).replace("\n", " "))
            elif isinstance(block, Table):
                lines += _rows(block)
    except Exception as error:  # python-docx raises whatever its XML library raised
        raise UnreadableFile(name, "Word 文件已损坏，打不开，请用 Word 另存一份") from error
    return "\n".join(lines) + "\n"


def _check_archive(name: str, data: bytes) -> None:
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableFile(name, "是加密的或旧格式（.doc）的 Word 文件，请解密或另存为 .docx")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
    except (zipfile.BadZipFile, EOFError, OSError) as error:
        raise UnreadableFile(name, "不是完整的 Word 文件（可能没有下载完）") from error
    unpacked = sum(entry.file_size for entry in entries)
    if unpacked > MAX_UNPACKED or unpacked > max(MAX_RATIO * len(data), 20 * 1024 * 1024):
        raise UnreadableFile(name, "压缩包展开后大得异常，拒绝打开")
    if "word/document.xml" not in names:
        raise UnreadableFile(name, "不是 Word 文件（里面没有 word/document.xml）")


def _rows(table: Table) -> list[str]:
    """The rows of a table as pipe rows; a cell merged over several columns is written once."""
    rows: list[str] = []
    for row in table.rows:
        cells: list[str] = []
        seen: set[int] = set()
        for cell in row.cells:
            if id(cell._tc) in seen:
                continue
            seen.add(id(cell._tc))
            cells.append(" ".join(cell.text.split()))
        rows.append("| " + " | ".join(cells) + " |")
        if len(rows) == 1:
            rows.append("|---|")
    return rows
