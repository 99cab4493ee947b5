"""PDF with a text layer → text, with pypdf: a printed line a line, a form feed between pages."""

from __future__ import annotations

import io
import logging

from retrieval.errors import UnreadableFile

MIN_CHARS_PER_PAGE = 10


def read_pdf(name: str, data: bytes) -> str:
    """The text layer of a PDF.

    Raises UnreadableFile for encrypted or damaged files and for scans without a text layer.
    """
    if not data.lstrip()[:5].startswith(b"%PDF"):
        raise UnreadableFile(name, "不是 PDF 文件")
    import pypdf

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile(name, "PDF 有密码，请先解密")
        pages = [page.extract_text() or "" for page in reader.pages]
    except UnreadableFile:
        raise
    except Exception as error:  # pypdf raises many kinds for damaged files
        raise UnreadableFile(name, "PDF 已损坏或加密，读不出来") from error
    if sum(len(page.strip()) for page in pages) < MIN_CHARS_PER_PAGE * max(len(pages), 1):
        raise UnreadableFile(name, "PDF 是扫描图片，没有文字层，请先做文字识别（OCR）")
    return "\f\n".join(pages) + "\n"
