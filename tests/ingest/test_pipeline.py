"""Ingestion: incremental, idempotent, one writer at a time, and bad files leave no trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import ingest.pipeline
from anwen.settings import CORPUS, Settings
from anwen.wiring import Wiring
from retrieval.errors import IndexBusy

RULE = "某市安全帽管理办法\n第一条 为了安全，制定本办法。\n第二条 安全帽每三十个月更换一次。\n第三条 本办法自2024年1月1日起施行。\n"


@pytest.fixture
def home(tmp_path: Path) -> Wiring:
    return Wiring(Settings(home=tmp_path / "home"), index=tmp_path / "index")


def test_ingesting_twice_changes_nothing(home: Wiring, tmp_path: Path) -> None:
    path = tmp_path / "安全帽.txt"
    path.write_text(RULE, "utf-8")
    first = home.pipeline.ingest([path])
    second = home.pipeline.ingest([path])
    assert first.changed
    assert not second.changed
    assert second.generation == first.generation
    assert second.files[0].state == "unchanged"


def test_a_changed_file_replaces_its_old_text(home: Wiring, tmp_path: Path) -> None:
    path = tmp_path / "安全帽.txt"
    path.write_text(RULE, "utf-8")
    home.pipeline.ingest([path])
    path.write_text(RULE.replace("三十个月", "二十四个月"), "utf-8")
    report = home.pipeline.ingest([path])
    assert report.files[0].state == "updated"
    home.home._checked = 0.0
    texts = [h.clause.text for h in home.searcher.search("安全帽多久更换一次").hits]
    assert any("二十四个月" in t for t in texts)
    assert not any("三十个月" in t for t in texts)


def test_of_a_folder_with_three_broken_files_all_others_are_ingested(home: Wiring, tmp_path: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for n in range(40):
        (folder / f"{n:03}.txt").write_text(RULE.replace("某市", f"第{n}市"), "utf-8")
    (folder / "empty.txt").write_bytes(b"")
    (folder / "broken.docx").write_bytes(b"PK\x03\x04 no zip")
    (folder / "binary.md").write_bytes(bytes(range(256)) * 20)
    report = home.pipeline.ingest([folder])
    assert len(report.files) == 40
    assert {f.name for f in report.failures} == {"empty.txt", "broken.docx", "binary.md"}
    assert len(home.home.current().documents) == 40


def test_ready_clauses_keep_their_ids(home: Wiring, tmp_path: Path) -> None:
    path = tmp_path / "clauses.jsonl"
    rows = [
        {"id": 7, "name": "某法第一条", "text": "施工单位应当为工人配备安全帽。"},
        {"id": 8, "name": "某法第二条", "text": "发生事故应当立即报告。"},
    ]
    path.write_text("\n".join(json.dumps(r, ensure_ascii=False) for r in rows), "utf-8")
    home.pipeline.ingest([path])
    hits = home.searcher.search("谁给工人发安全帽").hits
    assert hits[0].clause.external_id == "7"


def test_a_second_writer_says_that_the_index_is_busy(
    home: Wiring, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "安全帽.txt"
    path.write_text(RULE, "utf-8")
    monkeypatch.setattr(ingest.pipeline, "LOCK_WAIT_SECONDS", 0.2)
    other = Wiring(home.settings, index=tmp_path / "index")
    with home.pipeline._writer(), pytest.raises(IndexBusy, match="正在写索引"):
        other.pipeline.ingest([path])


def test_an_open_index_notices_a_new_generation(home: Wiring, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(RULE, "utf-8")
    home.pipeline.ingest([tmp_path / "a.txt"])
    reader = Wiring(home.settings, index=tmp_path / "index")
    before = reader.home.current().name
    (tmp_path / "b.txt").write_text(RULE.replace("安全帽", "安全带"), "utf-8")
    home.pipeline.ingest([tmp_path / "b.txt"])
    reader.home._checked = -100.0  # ten seconds later
    assert reader.home.current().name != before
    assert len(reader.home.current().documents) == 2


def test_removing_a_document_takes_it_out_of_the_index(home: Wiring, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(RULE, "utf-8")
    (tmp_path / "b.txt").write_text(RULE.replace("安全帽", "安全带"), "utf-8")
    files = home.pipeline.ingest([tmp_path / "a.txt", tmp_path / "b.txt"]).files
    assert home.pipeline.remove(files[0].document.id)
    reader = Wiring(home.settings, index=tmp_path / "index")
    assert list(reader.home.current().documents) == [files[1].document.id]


def test_a_home_where_nothing_could_be_read_has_no_index(home: Wiring, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_bytes(b"")
    report = home.pipeline.ingest([tmp_path / "empty.txt"])
    assert report.generation is None
    assert not (tmp_path / "index" / "generations").exists()


def test_an_id_that_comes_twice_is_told_with_its_line_and_spoils_nothing_else(
    home: Wiring, tmp_path: Path
) -> None:
    row = json.dumps({"id": 1, "name": "某法第一条", "text": "戴安全帽。"}, ensure_ascii=False)
    (tmp_path / "a.jsonl").write_text(f"{row}\n{row}\n", "utf-8")
    (tmp_path / "b.txt").write_text(RULE, "utf-8")
    report = home.pipeline.ingest([tmp_path / "a.jsonl", tmp_path / "b.txt"])
    assert [str(f) for f in report.failures] == ["a.jsonl：第 2 行的 id 1 前面已经用过"]
    assert len(report.files) == 1


def test_two_files_of_one_document_are_told(home: Wiring, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(RULE, "utf-8")
    (tmp_path / "b.txt").write_text(RULE.replace("三十", "四十"), "utf-8")
    report = home.pipeline.ingest([tmp_path / "a.txt", tmp_path / "b.txt"])
    assert "替换了 a.txt 的文本" in report.files[1].warnings[0]


def test_documents_of_other_formats_in_a_folder_are_named(home: Wiring, tmp_path: Path) -> None:
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "a.txt").write_text(RULE, "utf-8")
    (folder / "旧.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    (folder / "照片.jpg").write_bytes(b"\xff\xd8")
    report = home.pipeline.ingest([folder])
    assert [f.name for f in report.failures] == ["旧.doc"]


def test_the_users_own_text_of_a_shipped_document_stays(own_wiring: Wiring, tmp_path: Path) -> None:
    shipped = (CORPUS / "texts" / "jinjiang-2024-103.md").read_text("utf-8")
    (tmp_path / "mine.md").write_text(shipped.replace("至少 32 学时", "至少 40 学时"), "utf-8")
    own_wiring.pipeline.ingest([tmp_path / "mine.md"])
    again = Wiring(own_wiring.settings)
    assert not again.ensure_index()
    assert "40学时" in again.searcher.search("新员工要培训多少学时").hits[0].clause.text
