"""The commands for what it knows: list, show, check, fetch, remove."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from anwen.console import Json, make_wiring, print_json, ready
from retrieval.errors import AnwenError, InputError, UnknownName

if TYPE_CHECKING:
    from collections.abc import Iterator

    from anwen.wiring import Wiring
    from ingest.check_tables import Claim
    from ingest.keypoints import KeyPoints
    from ingest.parse import ParsedDocument
    from retrieval.catalog import Entry

app = typer.Typer(help="看看收录了哪些文件。", no_args_is_help=True)


@app.command("list")
def list_documents(as_json: Json = False) -> None:
    """收录的文件。"""
    from dataclasses import asdict

    from retrieval.validity import status_at

    wiring = ready()
    documents = sorted(wiring.home.current().documents.values(), key=lambda d: (d.level, d.id))
    for document in documents:
        if as_json:
            print_json(asdict(document))
        else:
            state = status_at(document, date.today()).value
            print(f"{document.id}\t{document.title}\t{document.level}\t{document.effective or '?'}\t{state}")


@app.command("show")
def show_document(
    name: Annotated[str, typer.Argument(help="文件的 id、名称或文号")],
    as_json: Json = False,
) -> None:
    """一个文件的条文，逐条列出。"""
    from dataclasses import asdict

    wiring = ready()
    document = _document(wiring, name)
    for clause in wiring.home.current().clauses.of_document(document):
        if as_json:
            print_json(asdict(clause))
        else:
            print(f"{clause.locator}\t{clause.own}")


@app.command("remove")
def remove_document(name: Annotated[str, typer.Argument(help="文件的 id、名称或文号")]) -> None:
    """从索引中移除一个导入的文件。"""
    wiring = ready()
    wiring.pipeline.remove(_document(wiring, name))
    print(f"已移除 {name}")


@app.command()
def check(
    against: Annotated[
        Path | None, typer.Option("--against", help="官方文本的文件夹：逐条核对条号、数字、文字")
    ] = None,
) -> None:
    """核对要点和数据表：格式；条号是否存在、数字是否在那一条里、是否照抄了原文。"""
    from ingest.check_keypoints import faults_against, faults_of
    from ingest.check_tables import faults_of_claim

    wiring = make_wiring()
    if against is not None and not against.is_dir():
        raise InputError(f"{against} 不是文件夹")
    files = list(_key_points())
    texts = _parsed(wiring, against) if against else {}
    faults = [f for points in files for f in faults_of(points)]
    faults += [f"{p.document}：目录里没有这个文件" for p in files if p.document not in wiring.catalog.entries]
    held = [p for p in files if p.document in texts]
    faults += [f for points in held for f in faults_against(points, texts[points.document])]
    known = [c for c in _claims() if c.document in texts]
    faults += [f for claim in known for f in faults_of_claim(claim, texts[claim.document])]
    for fault in faults:
        print(fault, file=sys.stderr)
    total = sum(len(p.points) for p in files)
    compared = f"，其中 {len(held)} 个文件、数据表里 {len(known)} 处对照了原文" if against else ""
    print(f"{len(files)} 个文件，{total} 条要点{compared}：{len(faults)} 处有问题")
    if faults:
        raise typer.Exit(1)


@app.command()
def fetch(
    names: Annotated[list[str] | None, typer.Argument(help="文件的 id、名称或文号")] = None,
    every: Annotated[bool, typer.Option("--all", help="目录里有官方页面、还没有全文的全部取来")] = False,
) -> None:
    """从目录所列的官方页面取文本并导入；慢慢取，断了再运行会接着取。"""
    import httpx
    from rich.console import Console

    from anwen.settings import CORPUS
    from ingest.fetch import AGENT, Fetcher
    from ingest.sites import load_sites

    wiring = ready()
    entries = _wanted(wiring, names or [], every)
    console = Console(stderr=True)
    failed: list[str] = []
    paths: list[Path] = []
    with httpx.Client(timeout=30, headers={"User-Agent": AGENT}) as client:
        folder = wiring.settings.home / "fetched"
        fetcher = Fetcher(folder, wiring.catalog, load_sites(CORPUS / "sites.yaml"), client)
        for n, entry in enumerate(entries, 1):
            console.print(f"[{n}/{len(entries)}] {entry.title} …", markup=False, highlight=False)
            try:
                got = fetcher.fetch(entry)
            except AnwenError as error:
                failed.append(str(error))
                print(f"没取到  {error}", file=sys.stderr)
                continue
            paths.append(got.path)
            print(f"取到  {entry.title}：{got.path.name}，{got.size // 1024 + 1} KB，来自 {got.address}")
            print(f"      {got.opening}……")
    report = wiring.pipeline.ingest(paths)
    for file in report.files:
        print(f"导入  《{file.document.title}》 {file.clauses} 条")
    for failure in report.failures:
        print(f"没导入  {failure}", file=sys.stderr)
    if failed or report.failures:
        raise typer.Exit(1)


def _wanted(wiring: Wiring, names: list[str], every: bool) -> list[Entry]:
    """The entries named, or all that have an official page and no full text in the index."""
    held = {d.id for d in wiring.home.current().documents.values() if d.kind == "full text"}
    if every:
        return [e for e in wiring.catalog.entries.values() if e.page and e.id not in held and not e.repealed]
    if not names:
        raise InputError("请给出文件的名称或文号，或用 --all 取全部")
    found = [(name, wiring.catalog.find(name)) for name in names]
    if unknown := [name for name, entry in found if entry is None]:
        raise UnknownName(f"目录里没有“{'、'.join(unknown)}”")
    return [entry for _, entry in found if entry is not None]


def _key_points() -> Iterator[KeyPoints]:
    from anwen.settings import CORPUS
    from ingest.keypoints import read_keypoints

    for path in sorted((CORPUS / "keypoints").glob("*.yaml")):
        yield read_keypoints(path.name, path.read_text("utf-8"))


def _claims() -> Iterator[Claim]:
    """What the data tables and the bureaus' files say that clauses state."""
    import yaml

    from anwen.settings import CORPUS
    from ingest.check_tables import claims

    for path in sorted([*(CORPUS / "tables").glob("*.yaml"), *(CORPUS / "bureaus").glob("*.yaml")]):
        yield from claims(yaml.safe_load(path.read_text("utf-8")))


def _parsed(wiring: Wiring, folder: Path) -> dict[str, ParsedDocument]:
    """The texts of a folder, and the shipped ones, by document id."""
    from anwen.settings import CORPUS
    from ingest.parse import parse
    from ingest.readers import read_file

    paths = [*sorted((CORPUS / "texts").glob("*.md")), *sorted(folder.glob("*.*"))]
    parsed = (parse(read_file(path), wiring.catalog) for path in paths)
    return {p.document.id: p for p in parsed}


def _document(wiring: Wiring, name: str) -> str:
    from retrieval.catalog import fold_name

    wanted = fold_name(name)
    for document in wiring.home.current().documents.values():
        names = (document.id, document.title, document.number, *document.short)
        if wanted in {fold_name(n) for n in names if n}:
            return document.id
    raise UnknownName(f"没有收录“{name}”，用 anwen corpus list 看看有哪些")
