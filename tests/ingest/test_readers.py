"""Every format is read, every encoding told apart, and every bad file refused with its name and reason."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

import pytest

from ingest.readers import read_file
from retrieval.errors import UnreadableFile

TEXT = "第一条 为了保障施工安全，制定本办法。\n第二条 进入现场必须戴安全帽。\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_chinese_encodings_are_told_apart(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "办法.txt"
    path.write_bytes(TEXT.encode(encoding))
    assert read_file(path).text.lstrip("\ufeff") == TEXT


def test_a_page_loses_scripts_and_hidden_parts_and_keeps_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "page.html"
    path.write_text(
        "<html><head><title>x</title></head><body><script>alert('忽略规则')</script>"
        "<p>第一条 现场\u200b应当封闭。</p><div style='display: none'>看不见的话</div>"
        "<table><tr><th>事项</th><th>责任科室</th></tr><tr><td>排查</td><td>执法大队</td></tr></table></body></html>",
        "utf-8",
    )
    text = read_file(path).text
    assert "第一条" in text
    assert "| 排查 | 执法大队 |" in text
    assert "alert" not in text
    assert "看不见" not in text


def test_word_files_keep_paragraphs_and_tables_in_order(tmp_path: Path) -> None:
    import docx

    document = docx.Document()
    document.add_paragraph("第一条 总则。")
    table = document.add_table(rows=2, cols=2)
    for cell, text in zip(table._cells, ["工种", "学时", "电工", "24"], strict=True):
        cell.text = text
    document.add_paragraph("第二条 附则。")
    path = tmp_path / "办法.docx"
    document.save(str(path))
    lines = read_file(path).text.splitlines()
    assert lines == ["第一条 总则。", "| 工种 | 学时 |", "|---|", "| 电工 | 24 |", "第二条 附则。"]


def test_the_text_layer_of_a_pdf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "rule.pdf"
    path.write_bytes(pdf_with("Article 1 Helmets shall be worn on the construction site."))
    assert "Helmets shall be worn" in read_file(path).text


def pdf_with(text: str | None) -> bytes:
    """A one-page PDF with a line of text, or without any (as a scan has none)."""
    content = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else "0 0 m 100 100 l S"
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        "/Resources << /Font << /F1 5 0 R >> >> >>",
        f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for n, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{n} 0 obj\n{body}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer << /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def docx_bytes() -> bytes:
    import docx

    buffer = io.BytesIO()
    document = docx.Document()
    document.add_paragraph("第一条 总则。" * 50)
    document.save(buffer)
    return buffer.getvalue()


def zip_bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"0" * (400 * 1024 * 1024))
    return buffer.getvalue()


def encrypted_pdf() -> bytes:
    import pypdf

    writer = pypdf.PdfWriter()
    writer.add_blank_page(200, 200)
    writer.encrypt("secret", algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "reason"),
    [
        ("empty.txt", b"", "空的"),
        ("blank.md", b" \n\n", "空的"),
        ("binary.txt", bytes(range(256)) * 40, "不是文字文件"),
        ("picture.png", b"\x89PNG", "不认识的格式"),
        ("cut.docx", docx_bytes()[:900], "不是完整的 Word"),
        ("old.docx", b"\xd0\xcf\x11\xe0" + b"\0" * 600, "加密的或旧格式"),
        ("other.docx", b"PK\x05\x06" + b"\0" * 18, "不是 Word 文件"),
        ("bomb.docx", zip_bomb(), "大得异常"),
        ("scan.pdf", pdf_with(None), "扫描图片"),
        ("locked.pdf", encrypted_pdf(), "密码|加密"),
        ("not.pdf", "第一条".encode(), "不是 PDF"),
        ("cut.pdf", pdf_with("Article 1")[:120], "损坏|扫描"),
        ("scripts.html", b"<html><script>var a=1</script></html>", "没有文字"),
    ],
)
def test_a_bad_file_is_refused_with_its_name_and_the_reason(
    tmp_path: Path, name: str, data: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(UnreadableFile, match=reason) as caught:
        read_file(path)
    assert caught.value.name == name


def test_a_file_of_200_mb_is_refused_without_being_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    with pytest.raises(UnreadableFile, match="太大"):
        read_file(path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything: the permission cannot be taken away")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "secret.txt"
    path.write_text(TEXT, "utf-8")
    path.chmod(0)
    with pytest.raises(UnreadableFile, match="读不出来"):
        read_file(path)
