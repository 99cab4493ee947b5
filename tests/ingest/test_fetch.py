"""Fetching official pages: only what the catalog names, politely, and only if it is what was looked for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from anwen.settings import CORPUS
from ingest import fetch
from ingest.fetch import Fetcher
from ingest.sites import load_sites
from retrieval.catalog import Catalog, Entry
from retrieval.clause import Level
from retrieval.errors import FetchFailed
from tests.fakes.official_site import (
    ANNOUNCEMENT,
    FIREWALL,
    LIBRARY,
    NEWS,
    UNCLOSED,
    Site,
    docx,
    official_site,
)


@pytest.fixture
def site() -> Iterator[Site]:
    with official_site() as made:
        made.pages["/library"] = LIBRARY.encode()
        yield made


class Asking:
    """A fetcher for one entry on the site, and how long it would have waited."""

    def __init__(self, site: Site, folder: Path, client: httpx.Client) -> None:
        self.waited: list[float] = []
        self._site, self._folder, self._client = site, folder, client

    def for_page(self, path: str, *, level: Level = Level.DEPARTMENTAL_RULE) -> fetch.Fetched:
        entry = Entry("帽规", "某安全帽规定", level=level, page=self._site.address + path)
        catalog = Catalog({entry.id: entry})
        sites = load_sites(CORPUS / "sites.yaml")
        return Fetcher(self._folder, catalog, sites, self._client, pause=self.waited.append).fetch(entry)


@pytest.fixture
def asking(site: Site, tmp_path: Path) -> Iterator[Asking]:
    with httpx.Client() as client:
        yield Asking(site, tmp_path / "fetched", client)


def test_the_body_is_taken_out_of_a_library_page(asking: Asking) -> None:
    text = asking.for_page("/library").path.read_text("utf-8")
    assert "第二条" in text
    assert "三十个月" in text
    assert "扫一扫" not in text
    assert "责任编辑" not in text


def test_a_page_with_unclosed_tags_loses_nothing(site: Site, asking: Asking) -> None:
    site.pages["/broken"] = UNCLOSED.encode()
    text = asking.for_page("/broken").path.read_text("utf-8")
    assert all(f"第{n}条" in text for n in "一二三")
    assert "主办单位" not in text


def test_an_old_page_in_gb18030_without_a_declared_charset_is_read(site: Site, asking: Asking) -> None:
    site.pages["/old"] = LIBRARY.replace('<meta charset="utf-8">', "").encode("gb18030")
    assert "安全帽每三十个月更换一次" in asking.for_page("/old").path.read_text("utf-8")


def test_a_redirect_within_the_site_is_followed(asking: Asking) -> None:
    assert asking.for_page("/moved").path.is_file()


def test_a_redirect_to_another_host_is_not(site: Site, asking: Asking) -> None:
    with pytest.raises(FetchFailed, match="不在目录所列的网站"):
        asking.for_page("/away")


def test_an_announcement_leads_to_its_attachment(site: Site, asking: Asking) -> None:
    site.pages["/announcement"] = ANNOUNCEMENT.encode()
    site.pages["/api-gateway/server/front/document/download?fileUrl=abc%3D&fileName=x"] = docx()
    got = asking.for_page("/announcement")
    assert got.path.suffix == ".docx"
    assert "某安全帽规定" in got.opening


def test_the_law_database_gives_a_signed_file(site: Site, asking: Asking) -> None:
    site.pages["/signed.docx"] = docx()
    got = asking.for_page("/detail?id=abc")
    assert got.path.suffix == ".docx"
    assert any(path.endswith("bbbs=abc") for path, _ in site.asked)


def test_a_broken_attachment_is_told_and_leaves_no_file(site: Site, asking: Asking, tmp_path: Path) -> None:
    site.pages["/announcement"] = ANNOUNCEMENT.encode()
    site.pages["/api-gateway/server/front/document/download?fileUrl=abc%3D&fileName=x"] = (
        b"\xd0\xcf\x11\xe0old"
    )
    with pytest.raises(FetchFailed, match="附件读不了"):
        asking.for_page("/announcement")
    assert not list((tmp_path / "fetched").glob("帽规.*"))


@pytest.mark.parametrize(("page", "reason"), [(FIREWALL, "没有它的名称"), (NEWS, "没有条文")])
def test_a_page_that_is_something_else_is_refused(site: Site, asking: Asking, page: str, reason: str) -> None:
    site.pages["/else"] = page.encode()
    with pytest.raises(FetchFailed, match=reason):
        asking.for_page("/else")


def test_a_page_that_has_gone_is_told_with_its_address(asking: Asking) -> None:
    with pytest.raises(FetchFailed, match="404"):
        asking.for_page("/gone")


def test_robots_are_obeyed(site: Site, asking: Asking) -> None:
    site.robots = "User-agent: *\nDisallow: /library\n"
    with pytest.raises(FetchFailed, match=r"robots\.txt"):
        asking.for_page("/library")
    assert "/library" not in [path for path, _ in site.asked]


def test_it_waits_between_requests_and_tries_once_more(site: Site, asking: Asking) -> None:
    site.ill = 1
    asking.for_page("/library")
    assert fetch.RETRY_SECONDS in asking.waited
    assert sum(0 < w <= fetch.PAUSE_SECONDS for w in asking.waited) >= 2
    site.ill = 5
    with pytest.raises(FetchFailed, match="试了两次"):
        asking.for_page("/library")


def test_what_broke_off_goes_on_where_it_stopped(site: Site, asking: Asking) -> None:
    site.breaks_off = 1
    assert "更换一次" in asking.for_page("/library").path.read_text("utf-8")
    ranges = [headers["Range"] for path, headers in site.asked if path == "/library" and "Range" in headers]
    assert ranges == [f"bytes={len(LIBRARY.encode()) // 2}-"]


def test_a_file_above_the_limit_is_not_kept(
    site: Site, asking: Asking, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(fetch, "MAX_BYTES", 100)
    with pytest.raises(FetchFailed, match="超过"):
        asking.for_page("/library")
    assert not list((tmp_path / "fetched").glob("帽规.*"))


def test_every_page_of_the_catalog_is_on_an_official_site() -> None:
    from urllib.parse import urlsplit

    from retrieval.catalog import load_catalog

    pages = [e.page for e in load_catalog(CORPUS / "catalog.yaml").entries.values() if e.page]
    assert len(pages) > 40
    assert all((urlsplit(page).hostname or "").endswith(".gov.cn") for page in pages)
