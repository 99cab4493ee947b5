"""Nothing is left undocumented: commands, settings, JSON fields, Makefile targets; no page of this machine."""

from __future__ import annotations

import re
import subprocess
from dataclasses import fields
from datetime import date

import pytest
import typer

from anwen.cli import app
from anwen.settings import CHECKOUT, Settings
from bot.answer import Answer, Citation, Evidence

ANSWER_FIELDS = Answer("", "", Evidence.NONE, (), (), date(2026, 1, 1)).to_json()
CITATION_FIELDS = [f.name for f in fields(Citation) if f.name not in ("lead_in", "beside", "text_date")]
README = (CHECKOUT / "README.md").read_text("utf-8")


def commands() -> list[str]:
    """All commands as they are typed: "ask", "corpus list", …"""
    root = typer.main.get_command(app)
    names: list[str] = []
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        inner = getattr(command, "commands", None)
        names += [f"{name} {sub}" for sub in inner] if inner else [name]
    return names


@pytest.mark.parametrize("command", commands())
def test_every_command_is_in_the_readme(command: str) -> None:
    assert f"anwen {command}" in README


@pytest.mark.parametrize("field", Settings.model_fields)
def test_every_setting_is_in_the_readme(field: str) -> None:
    assert f"ANWEN_{field.upper()}" in README


@pytest.mark.parametrize("field", [*ANSWER_FIELDS, *CITATION_FIELDS])
def test_every_json_field_of_an_answer_is_in_the_readme(field: str) -> None:
    assert f"`{field}`" in README


def test_pages_hold_no_placeholders_and_name_only_files_that_exist() -> None:
    for page in [CHECKOUT / "README.md", CHECKOUT / "CONTRIBUTING.md", *(CHECKOUT / "docs").glob("*.md")]:
        text = page.read_text("utf-8")
        assert "@@" not in text, page.name
        for name in re.findall(r"`((?:docs|evals|corpus|bot|retrieval|ingest|anwen)/[\w/.-]+\.\w+)`", text):
            assert (CHECKOUT / name).exists(), f"{page.name}: {name}"


def test_every_make_target_is_in_the_readme_or_contributing() -> None:
    targets = re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text("utf-8"), re.M)
    text = README + (CHECKOUT / "CONTRIBUTING.md").read_text("utf-8")
    assert [t for t in targets if f"make {t}" not in text] == []


def test_no_path_of_a_machine_and_no_package_host_is_committed() -> None:
    listed = subprocess.run(
        ["git", "grep", "-nIE", r"(^|[^A-Za-z0-9_.])/(work|root|farm|home)/[a-z.]|files\.pythonhosted"],
        cwd=CHECKOUT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert [x for x in listed.stdout.splitlines() if "test_docs.py" not in x] == []
