"""The commands. Each is one call into a room; what they print is all that happens here."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from anwen import corpus, develop
from anwen.console import AsOf, Batch, Index, Json, make_wiring, print_json, ready
from retrieval.errors import AnwenError, InputError

if TYPE_CHECKING:
    from ingest.pipeline import Report

app = typer.Typer(
    help="安问：施工安全法规问答，每句话都有条文依据。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(corpus.app, name="corpus")


def main() -> None:
    """Run the command line; errors are told in one line, without a traceback."""
    os.environ.setdefault(
        "OPENBLAS_NUM_THREADS", "1"
    )  # matrices are small: a second thread costs 3 ms a question
    try:
        app()
    except AnwenError as error:
        print(f"出错了：{error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
    except Exception as error:  # noqa: BLE001 – the last door: a person gets a line, the file the details
        print(
            f"程序内部出错（{type(error).__name__}），详情已写入 {_log(error)}，请连同问题一起反馈",
            file=sys.stderr,
        )
        sys.exit(70)


def _log(error: Exception) -> Path:
    """Write an unexpected error to a file of the home; where it is."""
    import tempfile
    import traceback

    from anwen.settings import settings

    details = "".join(traceback.format_exception(error)) + "\n"
    for folder in (settings().home, Path(tempfile.gettempdir())):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / "anwen-error.log").open("a", encoding="utf-8") as file:
                file.write(details)
        except OSError:
            continue
        return folder / "anwen-error.log"
    return Path("（写不了日志）")


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="要问的话")] = None,
    as_of: AsOf = None,
    as_json: Json = False,
    batch: Batch = None,
) -> None:
    """问一个问题，得到有条文依据的回答。"""
    assistant = ready().assistant
    for row in _questions(question, batch):
        answer = assistant.ask(row["question"], as_of=_day(row.get("as_of") or as_of))
        if as_json or batch:
            print_json(answer.to_json(row.get("id")))
        else:
            from bot.channels.terminal import render

            print(render(answer))


@app.command()
def search(
    question: Annotated[str | None, typer.Argument(help="要找的话")] = None,
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="最多几条")] = 10,
    as_of: AsOf = None,
    as_json: Json = False,
    batch: Batch = None,
    index: Index = None,
) -> None:
    """只找条文，不作答。"""
    searcher = ready(index).searcher
    for row in _questions(question, batch):
        found = searcher.search(row["question"], k=k, as_of=_day(row.get("as_of") or as_of))
        hits = [
            {
                "clause_id": h.clause.id,
                "external_id": h.clause.external_id,
                "title": h.document.title,
                "doc_number": h.document.number,
                "locator": h.clause.locator,
                "text": h.clause.text,
                "score": round(h.score, 4),
                "why": h.why,
            }
            for h in found.hits
        ]
        if as_json or batch:
            print_json({"id": row.get("id"), "query": row["question"], "hits": hits})
            continue
        for n, hit in enumerate(hits, 1):
            print(f"{n}. 《{hit['title']}》{hit['locator']}（{hit['score']}）\n   {str(hit['text'])[:160]}")


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(help="文件或文件夹（.md .txt .html .docx .pdf .jsonl）")],
    index: Index = None,
    as_json: Json = False,
) -> None:
    """导入官方文本；读不了的文件逐个说明原因，其余照常导入。"""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    wiring = make_wiring(index)
    if index is None:
        wiring.ensure_index()
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        tasks: dict[str, Any] = {}

        def progress(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = bars.add_task(what, total=total)
            bars.update(tasks[what], completed=done, total=total)

        report = wiring.pipeline.ingest(paths, progress=progress)
    _print_report(report, as_json)
    if report.failures:
        raise typer.Exit(1)


@app.command()
def chat(as_of: AsOf = None) -> None:
    """在终端里对话；也可以从管道读问题，一行一个。"""
    from bot.channels.terminal import converse

    wiring = ready()
    converse(wiring.assistant, as_of=_day(as_of), bureau=wiring.bureau.name)


def _questions(question: str | None, batch: Path | None) -> Iterator[dict[str, Any]]:
    if batch is None:
        if question is None:
            raise InputError("请给出要问的话，或用 --batch 给出文件")
        yield {"question": question}
        return
    try:
        lines = batch.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{batch} 读不出来：{getattr(error, 'strerror', None) or '不是 UTF-8 编码'}"
        ) from error
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                row = json.loads(line)
                yield {"id": row.get("id"), "question": str(row["question"]), "as_of": row.get("as_of")}
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InputError(
                    f'{batch.name} 第 {number} 行不是 {{"id", "question"}} 形式的 JSON'
                ) from error


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise InputError(f"日期 {text} 不对，请写成 2024-06-01 的样子") from error


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        print_json(
            {
                "generation": report.generation,
                "changed": report.changed,
                "files": [
                    {
                        "name": f.name,
                        "document": f.document.id,
                        "clauses": f.clauses,
                        "family": f.family,
                        "state": f.state,
                    }
                    for f in report.files
                ],
                "failures": [{"name": f.name, "reason": f.reason} for f in report.failures],
            }
        )
        return
    states = {"new": "新增", "updated": "更新", "unchanged": "未变"}
    for file in report.files:
        print(
            f"{states[file.state]}  {file.name} → 《{file.document.title}》 {file.clauses} 条（{file.document.level}，{file.document.effective or '日期不详'}）"
        )
        for warning in file.warnings:
            print(f"      注意：{warning}")
    for failure in report.failures:
        print(f"没导入  {failure}", file=sys.stderr)
    print(
        f"共 {len(report.files)} 个文件，{len(report.failures)} 个读不了。"
        + ("" if report.changed else "索引没有变化。")
    )


app.registered_commands += develop.app.registered_commands
