"""An official web site on this machine, with pages of the shapes that the real ones have."""

from __future__ import annotations

import io
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

RULE = "".join(
    f"<p>第{n}条　{words}</p>"
    for n, words in (
        ("一", "为了工地安全，制定本规定。"),
        ("二", "安全帽每三十个月更换一次。"),
        ("三", "本规定自2024年1月1日起施行。"),
    )
)
LIBRARY = f"""<html><head><meta charset="utf-8"><title>某安全帽规定_国务院部门文件_中国政府网</title></head><body>
<div class="policyLibraryOverview_header"><table><tr><td>标　　题：</td><td>某安全帽规定</td></tr></table></div>
<div id="UCAP-CONTENT"><h1>某安全帽规定</h1>{RULE}</div>
<div>扫一扫在手机打开当前页</div><div>责任编辑：某人</div></body></html>"""
UNCLOSED = f"<html><body><div class=TRS_Editor><p>某安全帽规定<div><b>{RULE}<p>主办单位：某局"
NEWS = "<html><body><div class=content><p>某安全帽规定今日发布，各地认真学习。</p></div></body></html>"
FIREWALL = "<html><body>您的访问被拦截，请稍后再试。</body></html>"
ANNOUNCEMENT = """<html><head><meta name="ArticleTitle" content="某安全帽规定"></head><body>
<div class="editorContent-box"><div class="editor-content"><p>现印发《某安全帽规定》，请遵照执行。</p></div></div>
<a href="/api-gateway/server/front/document/download?fileUrl=abc%3D&fileName=x">附件</a></body></html>"""


def docx() -> bytes:
    """A Word file that holds the rule."""
    from docx import Document

    document = Document()
    for line in ("某安全帽规定", "第一条 为了安全，制定本规定。", "第二条 安全帽每三十个月更换一次。"):
        document.add_paragraph(line)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


@dataclass
class Site:
    """The site as a test sees it: its address, what was asked of it, and how it misbehaves."""

    address: str = ""
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    pages: dict[str, bytes] = field(default_factory=dict)
    robots: str = ""
    ill: int = 0  # so many answers are 503 before it is well again
    breaks_off: int = 0  # so many downloads end halfway


@contextmanager
def official_site() -> Iterator[Site]:
    """A site that serves `pages`, redirects /moved to /library and /away to another host, and files in ranges."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.0"

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            site.asked.append((self.path, dict(self.headers)))
            if self.path == "/robots.txt":
                return self._send(200, site.robots.encode())
            if site.ill:
                site.ill -= 1
                return self._send(503, b"")
            if self.path == "/moved":
                return self._send(302, b"", {"Location": "/library"})
            if self.path == "/away":
                return self._send(302, b"", {"Location": "http://127.0.0.2:9/library"})
            if self.path.startswith("/law-search/download/pc"):
                body = json.dumps({"data": {"url": f"{site.address}/signed.docx"}}).encode()
                return self._send(200, body)
            data = site.pages.get(self.path)
            return self._send(404, b"") if data is None else self._file(data)

        def _file(self, data: bytes) -> None:
            start = 0
            if (asked := self.headers.get("Range")) and self.headers.get("If-Range") == '"v1"':
                start = int(asked.removeprefix("bytes=").rstrip("-"))
            headers = {"ETag": '"v1"', "Content-Length": str(len(data) - start)}
            rest = data[start:]
            if site.breaks_off:
                site.breaks_off -= 1
                rest = rest[: len(rest) // 2]
            self._send(206 if start else 200, rest, headers)

        def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
            self.send_response(status)
            for key, value in (headers or {}).items():
                self.send_header(key, value)
            self.end_headers()
            self.wfile.write(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    site.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
