"""What the README says is so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from innoeval.records.verdict import ICONS, PLAIN

REPO = Path(__file__).parents[1]
README = (REPO / "README.md").read_text("utf-8")


def test_the_lines_of_python_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(code.strip().splitlines()) <= 11
    (tmp_path / "data").symlink_to(REPO / "data")
    monkeypatch.chdir(tmp_path)
    exec(compile(code, "README.md", "exec"), {})  # noqa: S102 - our own lines
    (promised,) = re.findall(r"print\(.*#(.*)", code)
    assert capsys.readouterr().out.strip() == promised.strip()
    assert (tmp_path / "desk.pdf").read_bytes().startswith(b"%PDF")


def test_every_status_is_explained_in_its_own_words() -> None:
    for status, plain in PLAIN.items():
        (line,) = [row for row in README.splitlines() if f"| `{status}` |" in row]
        assert line.startswith(f"| {ICONS[status]} |")
        assert plain in line


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", README):
        assert (REPO / target).exists(), target
        if target.endswith(".png"):
            assert (REPO / target).stat().st_size < 300_000
