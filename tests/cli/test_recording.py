"""The session in the README is what the commands print."""

from __future__ import annotations

from pathlib import Path
from runpy import run_path
from typing import Any

REPO = Path(__file__).parents[2]


def test_the_readme_shows_what_the_commands_print() -> None:
    script: dict[str, Any] = run_path(str(REPO / "scripts" / "record_terminal.py"))
    text = (REPO / "README.md").read_text(encoding="utf-8")
    shown = text.split(script["BEGIN"])[1].split(script["END"])[0]
    assert script["recorded"]() == shown, "run scripts/record_terminal.py"
    assert max(map(len, shown.splitlines())) <= script["WIDTH"]
