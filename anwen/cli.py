"""The commands. Each is one call into a room; what they print is all that happens here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from retrieval.errors import AnwenError, InputError

if TYPE_CHECKING:
    from anwen.wiring import Wiring
    from ingest.pipeline import Report
    from retrieval.clause import Clause

app = typer.Typer(
    help="安问：施工安全法规问答，每句话都有条文依据。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
corpus = typer.Typer(help="看看收录了哪些文件。", no_args_is_help=True)
app.add_typer(corpus, name="corpus")

AsOf = Annotated[str | None, typer.Option("--as-of", help="按这一天有效的文本回答，如 2024-06-01")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Batch = Annotated[Path | None, typer.Option("--batch", help='JSON 行文件，每行 {"id", "question"}')]
Index = Annotated[Path | None, typer.Option("--index", help="用这个文件夹里的索引，而不是数据目录里的")]


def main() -> None:
    """Run the command line; errors are told in one line, without a traceback."""
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
    assistant = _ready().assistant
    for row in _questions(question, batch):
        answer = assistant.ask(row["question"], as_of=_day(row.get("as_of") or as_of))
        if as_json or batch:
            _print_json(answer.to_json(row.get("id")))
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
    searcher = _ready(index).searcher
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
            _print_json({"id": row.get("id"), "query": row["question"], "hits": hits})
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

    wiring = _wiring(index)
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

    wiring = _ready()
    converse(wiring.assistant, as_of=_day(as_of), bureau=wiring.bureau.name)


@app.command()
def train(
    out: Annotated[Path, typer.Option("--out", help="模型写到这个文件夹")],
    pairs: Annotated[
        Path | None, typer.Option("--pairs", help='JSON 行文件，每行 {"query", "relevant": [条文 id]}')
    ] = None,
    index: Index = None,
) -> None:
    """在自己的语料上训练向量模型（需要 pip install -e '.[train]'）。"""
    from retrieval.train import read_pairs
    from retrieval.train import train as train_model

    wiring = _ready(index)
    train_model(
        wiring.home.current(),
        read_pairs(pairs) if pairs else (),
        out,
        tokeniser=wiring.tokeniser,
        lexicon=wiring.lexicon,
    )
    print(f"已写到 {out}；设 ANWEN_EMBEDDING_MODEL={out} 后重新运行 anwen ingest 即可使用")


@app.command("eval")
def evaluate(
    split: Annotated[str, typer.Option("--split", help="dev 或 test")] = "test",
    as_json: Json = False,
    texts: Annotated[
        Path | None, typer.Option("--texts", help="官方文本的文件夹；没有则只评随附语料")
    ] = None,
) -> None:
    """评测：召回、引用、事实、误答、误拒，附置信区间。"""
    from evals.answers import evaluate as run
    from evals.answers import table

    wiring = _eval_wiring(texts)
    result = run(wiring.assistant, wiring.searcher, split)
    if as_json:
        _print_json(result)
    else:
        print(table(result))


@app.command()
def fit(texts: Annotated[Path, typer.Option("--texts", help="官方文本的文件夹")]) -> None:
    """重新拟合排序权重和依据状态（用 evals/pairs 和开发集，不碰测试集）。"""
    from anwen.settings import CORPUS
    from anwen.wiring import Wiring
    from evals.fit import fit_evidence, fit_fusion, reset

    fusion, evidence = CORPUS / "models" / "fusion.json", CORPUS / "models" / "evidence.json"
    reset(fusion, evidence)
    wiring = _eval_wiring(texts)
    _print_json(fit_fusion(wiring.searcher, fusion))
    wiring = Wiring(wiring.settings)  # with the weights just written
    _print_json(fit_evidence(wiring.assistant, wiring.searcher, evidence))


@app.command()
def bench(
    texts: Annotated[Path | None, typer.Option("--texts", help="官方文本的文件夹")] = None,
    as_json: Json = False,
    worker: Annotated[str | None, typer.Option("--worker", hidden=True)] = None,
    out: Annotated[Path | None, typer.Option("--out", hidden=True)] = None,
    times: Annotated[int, typer.Option("--times", hidden=True)] = 1,
) -> None:
    """与同类在同一次运行里比速度、内存和召回。"""
    from evals import speed

    if worker is not None:
        _print_json(_bench_worker(worker, out, times))
        return
    result = speed.run([sys.executable, "-m", "anwen"], texts)
    if as_json:
        _print_json(result)
    else:
        print(speed.table(result))


def _bench_worker(worker: str, out: Path | None, times: int) -> dict[str, Any]:
    """One part of the benchmark, in a process of its own."""
    from evals import speed

    wiring = _ready(out if worker == "ours" else None)
    if worker == "model":
        return {"model": wiring.settings.embedding_model}
    if worker == "clauses" and out is not None:
        return {"clauses": speed.write_clauses(wiring.home.current(), out, times)}

    def search(question: str) -> list[tuple[str, str]]:
        hits = wiring.searcher.search(question, k=10).hits
        return [(_document_of(h.clause), f"{h.clause.context}{h.clause.text}") for h in hits]

    return dict(speed.measure(search, speed.questions_for_speed()))


def _document_of(clause: Clause) -> str:
    """The document that a clause of the benchmark came from; a variant is marked by its "#"."""
    if not clause.external_id:
        return clause.document_id
    document, _, rest = clause.external_id.partition("@")
    return f"{document}#" if "#" in rest else document


@corpus.command("list")
def list_documents(as_json: Json = False) -> None:
    """收录的文件。"""
    from dataclasses import asdict

    from retrieval.validity import status_at

    wiring = _ready()
    documents = sorted(wiring.home.current().documents.values(), key=lambda d: (d.level, d.id))
    for document in documents:
        if as_json:
            _print_json(asdict(document))
        else:
            state = status_at(document, date.today()).value
            print(f"{document.id}\t{document.title}\t{document.level}\t{document.effective or '?'}\t{state}")


@corpus.command("show")
def show_document(
    name: Annotated[str, typer.Argument(help="文件的 id、名称或文号")],
    as_json: Json = False,
) -> None:
    """一个文件的条文，逐条列出。"""
    from dataclasses import asdict

    wiring = _ready()
    document = _document(wiring, name)
    for clause in wiring.home.current().clauses.of_document(document):
        if as_json:
            _print_json(asdict(clause))
        else:
            print(f"{clause.locator}\t{clause.own}")


@corpus.command("remove")
def remove_document(name: Annotated[str, typer.Argument(help="文件的 id、名称或文号")]) -> None:
    """从索引中移除一个导入的文件。"""
    wiring = _ready()
    wiring.pipeline.remove(_document(wiring, name))
    print(f"已移除 {name}")


def _wiring(index: Path | None = None) -> Wiring:
    from anwen.wiring import Wiring

    return Wiring(index=index)


def _ready(index: Path | None = None) -> Wiring:
    """The parts, with the index of the shipped corpus built where it is missing or stale."""
    wiring = _wiring(index)
    if index is None:
        wiring.ensure_index(progress=_say_building)
    wiring.warm()
    return wiring


def _eval_wiring(texts: Path | None) -> Wiring:
    """The parts over a home of its own, with the shipped corpus and, where given, official texts."""
    from anwen.settings import settings
    from anwen.wiring import Wiring

    home = settings().home / ("eval-texts" if texts else "eval")
    wiring = Wiring(settings().model_copy(update={"home": home}))
    wiring.ensure_index(progress=_say_building)
    if texts is not None:
        wiring.pipeline.ingest([texts])
    return wiring


def _say_building(what: str, done: int, total: int) -> None:
    if done == 0:
        print(f"首次使用：{what}……", file=sys.stderr)


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


def _document(wiring: Wiring, name: str) -> str:
    from retrieval.catalog import fold_name
    from retrieval.errors import UnknownName

    wanted = fold_name(name)
    for document in wiring.home.current().documents.values():
        names = (document.id, document.title, document.number, *document.short)
        if wanted in {fold_name(n) for n in names if n}:
            return document.id
    raise UnknownName(f"没有收录“{name}”，用 anwen corpus list 看看有哪些")


def _print_json(row: dict[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)


def _print_report(report: Report, as_json: bool) -> None:
    if as_json:
        _print_json(
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
