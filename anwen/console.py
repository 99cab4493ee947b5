"""What the commands share: the options that several take, the parts made ready, JSON printed."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from anwen.wiring import Wiring

AsOf = Annotated[str | None, typer.Option("--as-of", help="按这一天有效的文本回答，如 2024-06-01")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON")]
Batch = Annotated[Path | None, typer.Option("--batch", help='JSON 行文件，每行 {"id", "question"}')]
Index = Annotated[Path | None, typer.Option("--index", help="用这个文件夹里的索引，而不是数据目录里的")]


def make_wiring(index: Path | None = None) -> Wiring:
    from anwen.wiring import Wiring

    return Wiring(index=index)


def ready(index: Path | None = None) -> Wiring:
    """The parts, with the index of the shipped corpus built where it is missing or stale."""
    wiring = make_wiring(index)
    if index is None:
        wiring.ensure_index(progress=say_building)
    wiring.warm()
    return wiring


def say_building(what: str, done: int, total: int) -> None:
    if done == 0:
        print(f"首次使用：{what}……", file=sys.stderr)


def print_json(row: dict[str, Any]) -> None:
    print(json.dumps(row, ensure_ascii=False), flush=True)
