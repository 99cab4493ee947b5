"""The commands as scripts rely on them: JSON shapes, batches in order, one clear line for an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from anwen.settings import CHECKOUT

ANSWER = {
    "id", "question", "answer", "evidence", "citations", "notes", "removed", "tools", "as_of",
}  # fmt: skip
CITATION = {
    "n", "clause_id", "title", "doc_number", "locator", "quote", "verbatim", "status", "level", "source",
}  # fmt: skip
HIT = {"clause_id", "external_id", "title", "doc_number", "locator", "text", "score", "why"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cli")


def anwen(home: Path, *arguments: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "anwen", *arguments],
        env={**os.environ, "ANWEN_HOME": str(home)},
        cwd=CHECKOUT,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
    )


def test_ask_prints_the_contracts_json_on_a_new_home(home: Path) -> None:
    done = anwen(home, "ask", "新员工要培训多少学时", "--json")
    assert done.returncode == 0, done.stderr
    row = json.loads(done.stdout)
    assert row.keys() == ANSWER
    assert row["citations"][0].keys() == CITATION
    assert "32学时" in row["answer"].replace(" ", "")


def test_batches_answer_in_order_in_one_process(home: Path, tmp_path: Path) -> None:
    batch = tmp_path / "q.jsonl"
    questions = ["新员工要培训多少学时", "今天天气怎么样", "特种作业人员实习几个月"]
    batch.write_text(
        "\n".join(json.dumps({"id": n, "question": q}, ensure_ascii=False) for n, q in enumerate(questions)),
        "utf-8",
    )
    rows = [json.loads(line) for line in anwen(home, "ask", "--batch", str(batch)).stdout.splitlines()]
    assert [r["id"] for r in rows] == [0, 1, 2]
    assert [r["evidence"] for r in rows][1] == "none"
    rows = [json.loads(line) for line in anwen(home, "search", "--batch", str(batch)).stdout.splitlines()]
    assert [r["id"] for r in rows] == [0, 1, 2]
    assert rows[0]["hits"][0].keys() == HIT


def test_chat_reads_questions_from_a_pipe(home: Path) -> None:
    done = anwen(home, "chat", stdin="新员工要培训多少学时\n有人触电了\n")
    assert done.returncode == 0, done.stderr
    assert "32学时" in done.stdout.replace(" ", "")
    assert "【紧急】先断电" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("ask",), "请给出要问的话"),
        (("ask", "x", "--as-of", "昨天"), "日期 昨天 不对"),
        (("search", "--batch", "没有这个文件.jsonl"), "读不出来"),
        (("search", "x", "--index", "没有这个文件夹"), "还没有索引"),
        (("corpus", "show", "没有的法"), "没有收录"),
        (("ask", "--batch", "corpus/models/static/model.safetensors"), "不是 UTF-8"),
    ],
)
def test_an_error_is_one_clear_line(home: Path, arguments: tuple[str, ...], words: str) -> None:
    done = anwen(home, *arguments)
    assert done.returncode == 1
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_ingest_reports_what_was_read_and_what_was_not(home: Path, tmp_path: Path) -> None:
    (tmp_path / "好.txt").write_text(
        "某市办法\n第一条 为了安全。\n第二条 戴安全帽。\n第三条 自2024年起施行。", "utf-8"
    )
    (tmp_path / "坏.pdf").write_bytes(b"%PDF-1.4 broken")
    done = anwen(home, "ingest", str(tmp_path), "--index", str(tmp_path / "index"))
    assert done.returncode == 1
    assert "新增  好.txt" in done.stdout
    assert "没导入  坏.pdf：" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_bad_setting_is_named(home: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "anwen", "ask", "x"],
        env={**os.environ, "ANWEN_HOME": str(home), "ANWEN_BUREAU": "nowhere"},
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "ANWEN_BUREAU=nowhere" in done.stderr


def test_a_home_that_cannot_be_written_gives_no_traceback() -> None:
    done = anwen(Path("/proc/nowhere"), "ask", "新员工要培训多少学时")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
