"""What a document is, told by the catalog, its front matter or the text itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from anwen.settings import CORPUS
from ingest.metadata import describe
from ingest.parse import parse
from ingest.readers import read_file
from ingest.repair import repair
from retrieval.catalog import Catalog, load_catalog
from retrieval.clause import Level


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog(CORPUS / "catalog.yaml")


def test_the_seed_is_the_bureaus_campaign_to_the_end_of_2026(catalog: Catalog) -> None:
    document = parse(read_file(CORPUS / "texts" / "jinjiang-2024-103.md"), catalog).document
    assert document.number == "晋建综〔2024〕103号"
    assert document.issuer == "晋江市住房和城乡建设局"
    assert document.level is Level.LOCAL_NORMATIVE_DOCUMENT
    assert document.jurisdiction == "福建省泉州市晋江市"
    assert (document.issued, document.expires) == ("2024-07-02", "2026-12-31")


def test_the_text_alone_tells_number_issuer_rank_and_term() -> None:
    source = (CORPUS / "texts" / "jinjiang-2024-103.md").read_text("utf-8").split("---\n", 2)[2]
    document = describe("x.txt", source, repair(source).text, Catalog({}))
    assert document.number == "晋建综〔2024〕103号"
    assert document.issuer == "晋江市住房和城乡建设局"
    assert document.level is Level.LOCAL_NORMATIVE_DOCUMENT
    assert document.issued == "2024-07-02"
    assert document.expires == "2026-12-31"


def test_the_effective_day_is_that_of_this_text_not_of_the_first_edition() -> None:
    source = "---\ntitle: 某法\ndoc_number: 主席令第88号\neffective: 2002-11-01 (2021修正自2021-09-01)\n---\n第一条 总则。"
    document = describe("某法.md", source, repair(source).text, Catalog({}))
    assert (document.effective, document.effective_precision) == ("2021-09-01", "day")
    assert document.level is Level.LAW


@pytest.mark.parametrize(
    ("status", "name", "repealed"),
    [
        ("SUPERSEDED by 应急〔2025〕27号 (2025-03-29)", "办法.md", "2025-03-29"),
        ("REPEALED 2026-06-01 by 应急管理部令第19号", "规定.md", "2026-06-01"),
        ("in force", "规定_2015（2026-06-01废止）.md", "2026-06-01"),
        ("in force", "规定.md", None),
    ],
)
def test_repealed_is_told_by_status_or_file_name(status: str, name: str, repealed: str | None) -> None:
    source = f"---\ntitle: 某规定\nstatus: {status}\n---\n第一条 总则。"
    assert describe(name, source, repair(source).text, Catalog({})).repealed == repealed


def test_every_official_text_is_matched_by_one_entry(official_texts: Path, catalog: Catalog) -> None:
    files = {e.file for e in catalog.entries.values() if e.file}
    assert {p.name for p in official_texts.glob("*.md")} <= files
