"""The terminal: an interactive session, or questions from a pipe, one a line."""

from __future__ import annotations

import sys
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.answer import Answer
    from bot.respond import Assistant

_WELCOME = """安问 · 施工安全法规问答（{bureau}）
直接打字提问，例如：新工人上岗前要培训多少学时？ 输入 q 退出。
有人受伤或有危险：先打 120 / 119。
"""


def render(answer: Answer) -> str:
    """An answer as plain text: the state of evidence, then the answer."""
    return f"【{answer.evidence.words}】\n{answer.answer}\n"


def converse(assistant: Assistant, *, as_of: date | None, bureau: str) -> None:
    """Answer until the input ends or somebody types q."""
    interactive = sys.stdin.isatty()
    if interactive:
        print(_WELCOME.format(bureau=bureau))
    while True:
        try:
            question = input("问> " if interactive else "")
        except (EOFError, UnicodeDecodeError):
            break
        if interactive and question.strip().lower() in ("q", "quit", "exit", "退出"):
            break
        if not question.strip():
            continue
        if not interactive:
            print(f"问：{question.strip()[:200]}")
        print(render(assistant.ask(question, as_of=as_of)), flush=True)
