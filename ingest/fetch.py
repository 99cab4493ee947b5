"""Fetches the official page or file that the catalog names, politely, and makes of it a file to be ingested.

Only addresses of hosts that the catalog names are asked, redirects included; robots.txt is obeyed; one request in two
seconds a host, one retry; what broke off goes on where it stopped (RFC 9110, 14 Range Requests).
"""

from __future__ import annotations

import hashlib
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urljoin, urlsplit
from urllib.robotparser import RobotFileParser

from ingest.page import read_page
from ingest.readers.choose import MAX_BYTES
from ingest.sites import Sites
from retrieval.catalog import Catalog, Entry, fold_name
from retrieval.errors import FetchFailed

if TYPE_CHECKING:
    import httpx

AGENT = "anwen-corpus-fetch/1.0"
PAUSE_SECONDS = 2.0
RETRY_SECONDS = 5.0
_REDIRECTS = 5
_MOVED = (301, 302, 303, 307, 308)
_LAW_DATABASE = "/detail"  # the path of its pages, which hold no text themselves
_KINDS = ((b"%PDF", "pdf"), (b"PK\x03\x04", "docx"), (b"\xd0\xcf\x11\xe0", "doc"))


@dataclass(frozen=True, slots=True)
class Got:
    """An answer of a site; no body where it went into a file."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """What was got for an entry: the file to ingest, where it came from, its size, its first lines."""

    entry: Entry
    path: Path
    address: str
    size: int
    opening: str


class Fetcher:
    """Fetches into a folder. `client` follows no redirects of its own; `pause` waits between requests."""

    def __init__(
        self,
        folder: Path,
        catalog: Catalog,
        sites: Sites,
        client: httpx.Client,
        *,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder = folder
        self._sites = sites
        self._client = client
        self._pause = pause
        self._hosts = {_origin(e.page) for e in catalog.entries.values() if e.page}
        self._robots: dict[str, RobotFileParser] = {}
        self._asked: dict[str, float] = {}

    def fetch(self, entry: Entry) -> Fetched:
        """The text of an entry as a file of the folder. Raises FetchFailed, saying why and what to do."""
        if not entry.page:
            raise FetchFailed(entry.title, "目录里没有它的官方页面，请自行取得文本后用 anwen ingest 导入")
        self._folder.mkdir(parents=True, exist_ok=True)
        of_law = urlsplit(entry.page).path == _LAW_DATABASE
        address = self._file_of_law(entry) if of_law else entry.page
        got = self._download(entry, address)
        kind = _kind(got)
        if kind == "html":
            page = read_page(got.read_bytes(), address, entry.title, self._sites)
            if page.only_announces:
                for file in page.files:
                    got = self._download(entry, file)
                    if (kind := _kind(got)) in ("docx", "pdf"):
                        return self._kept(entry, got, kind, file)
                raise FetchFailed(entry.title, "页面只是一个公告，附件读不了（不是 docx 或 pdf）")
            return self._kept_text(entry, page.text, address)
        if kind not in ("docx", "pdf"):
            raise FetchFailed(entry.title, f"得到的是 {kind} 文件，请用办公软件另存为 docx 后导入")
        return self._kept(entry, got, kind, address)

    def _kept(self, entry: Entry, got: Path, kind: str, address: str) -> Fetched:
        path = self._folder / f"{entry.id}.{kind}"
        got.replace(path)
        from ingest.readers import read_file

        text = read_file(path).text
        self._recognised(entry, text, path)
        return Fetched(entry, path, address, path.stat().st_size, _opening(text))

    def _kept_text(self, entry: Entry, text: str, address: str) -> Fetched:
        path = self._folder / f"{entry.id}.txt"
        self._recognised(entry, text, path)
        path.write_text(text, "utf-8")
        return Fetched(entry, path, address, path.stat().st_size, _opening(text))

    def _recognised(self, entry: Entry, text: str, path: Path) -> None:
        """Refuse a text that is not the one looked for: a firewall's page, a news item, an interpretation."""
        names = (fold_name(entry.title), *((fold_name(entry.number),) if entry.number else ()))
        if not any(name in fold_name(text) for name in names):
            path.unlink(missing_ok=True)
            raise FetchFailed(
                entry.title, "得到的页面里没有它的名称或文号：可能已搬走或被拦下，请打开官方页面看看"
            )
        law = entry.level.value in ("法律", "行政法规", "部门规章", "地方性法规")
        if law and not re.search(r"第一条", text):
            path.unlink(missing_ok=True)
            raise FetchFailed(entry.title, "得到的页面里没有条文（可能是新闻或解读）")

    def _file_of_law(self, entry: Entry) -> str:
        """The signed address of a law's docx, which the law database gives for an id."""
        page = urlsplit(entry.page or "")
        number = parse_qs(page.query).get("id", [""])[0]
        origin = f"{page.scheme}://{page.netloc}"
        asked = f"{origin}/law-search/download/pc?format=docx&bbbs={number}"
        response = self._get(entry, asked, {"Referer": entry.page or ""})
        try:
            address = str(json.loads(response.body)["data"]["url"])
        except (ValueError, KeyError, TypeError) as error:
            raise FetchFailed(entry.title, "法律法规数据库没有给出文件，请在官方页面手动下载") from error
        self._hosts.add(_origin(address))  # given by the database itself
        return address

    def _download(self, entry: Entry, address: str) -> Path:
        """A file of the folder with what an address gives; a part that is there already is gone on with."""
        part = self._folder / f"{hashlib.sha256(address.encode()).hexdigest()[:16]}.part"
        self._get(entry, address, {}, part)
        part.with_suffix(".etag").unlink(missing_ok=True)
        return part

    def _get(self, entry: Entry, address: str, headers: dict[str, str], part: Path | None = None) -> Got:
        """The answer of an address, redirects followed one by one where they stay with known hosts; its body
        is in the response, or in the file `part`."""
        for _ in range(_REDIRECTS + 1):
            self._permitted(entry, address)
            response = self._patiently(entry, address, headers, part)
            if response.status in _MOVED:
                address = urljoin(address, response.headers["location"])
                continue
            if response.status in (200, 206):
                return response
            raise FetchFailed(entry.title, f"官方网站回答 {response.status}，页面可能已搬走：{address}")
        raise FetchFailed(entry.title, f"转来转去超过 {_REDIRECTS} 次：{address}")

    def _permitted(self, entry: Entry, address: str) -> None:
        if _origin(address) not in self._hosts:
            raise FetchFailed(entry.title, f"地址 {_origin(address)} 不在目录所列的网站之中，不去")
        if not self._robots_of(address).can_fetch(AGENT, address):
            raise FetchFailed(entry.title, "网站的 robots.txt 不让程序取这个页面，请手动下载")

    def _robots_of(self, address: str) -> RobotFileParser:
        origin = _origin(address)
        if origin not in self._robots:
            rules = RobotFileParser()
            response = self._once(f"{origin}/robots.txt", {})
            found = response is not None and response.status == 200
            rules.parse(response.body.decode("utf-8", "replace").splitlines() if response and found else [])
            self._robots[origin] = rules
        return self._robots[origin]

    def _patiently(self, entry: Entry, address: str, headers: dict[str, str], part: Path | None) -> Got:
        """One retry where the site does not answer, breaks off, is too busy or ill."""
        for attempt in (1, 2):
            response = self._once(address, headers, part)
            if response is not None and response.status < 500 and response.status != 429:
                return response
            if attempt == 1:
                self._pause(RETRY_SECONDS)
        said = f"回答 {response.status}" if response is not None else "没有回答或中途断开"
        raise FetchFailed(entry.title, f"官方网站{said}，试了两次：{address}。再运行一次会接着取")

    def _once(self, address: str, headers: dict[str, str], part: Path | None = None) -> Got | None:
        import httpx

        origin = _origin(address)
        wait = self._asked.get(origin, float("-inf")) + PAUSE_SECONDS - time.monotonic()
        if wait > 0:
            self._pause(wait)
        self._asked[origin] = time.monotonic()
        sent = {"User-Agent": AGENT, **headers, **(_going_on(part) if part else {})}
        try:
            with self._client.stream("GET", address, headers=sent) as response:
                if part is None or response.status_code not in (200, 206):
                    return Got(response.status_code, dict(response.headers), _read(response, address))
                if etag := response.headers.get("etag"):
                    part.with_suffix(".etag").write_text(etag, "utf-8")
                with part.open("ab" if response.status_code == 206 else "wb") as file:
                    for piece in response.iter_bytes():
                        file.write(piece)
                        _small_enough(file.tell(), address)
                return Got(response.status_code, dict(response.headers), b"")
        except httpx.HTTPError:
            return None


def _going_on(part: Path) -> dict[str, str]:
    """Headers that ask for the rest of a part, if the file has not changed since."""
    etag = part.with_suffix(".etag")
    if not part.exists() or not etag.exists():
        return {}
    return {"Range": f"bytes={part.stat().st_size}-", "If-Range": etag.read_text("utf-8")}


def _read(response: httpx.Response, address: str) -> bytes:
    body = bytearray()
    for piece in response.iter_bytes():
        body += piece
        _small_enough(len(body), address)
    return bytes(body)


def _small_enough(size: int, address: str) -> None:
    if size > MAX_BYTES:
        raise FetchFailed(address, f"文件超过 {MAX_BYTES // 2**20} MB，不取")


def _origin(address: str | None) -> str:
    parts = urlsplit(address or "")
    return f"{parts.scheme}://{parts.netloc}"


def _kind(path: Path) -> str:
    """html, docx, pdf or doc, told by the first bytes, since names lie or lack an extension."""
    head = path.read_bytes()[:8]
    return next((kind for magic, kind in _KINDS if head.startswith(magic)), "html")


def _opening(text: str) -> str:
    return " ".join(text.split())[:120]
