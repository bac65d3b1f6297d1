"""The end of each command's help: examples that run, and exit codes that are true."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Any

import pytest
import typer

from innoeval.cli import app
from innoeval.cli.lessons import EXAMPLES, lesson

REPO = Path(__file__).parents[2]
GROUP: Any = typer.main.get_command(app)


@pytest.mark.parametrize("command", sorted(GROUP.commands))
def test_help_teaches(command: str, run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    done = run(command, "--help")
    assert done.code == 0
    for example in EXAMPLES[command]:
        assert f"# {example.purpose}" in done.out
    assert "Exit codes:" in done.out
    assert ("it does not stand" in done.out) == (command in {"verify", "register"})
    assert ("some failed" in done.out) == (command in {"batch", "calibrate"})
    assert max(map(len, done.out.splitlines())) <= 80


def test_every_command_has_examples_and_every_example_parses() -> None:
    assert set(EXAMPLES) == {"", *GROUP.commands}
    for command, examples in EXAMPLES.items():
        assert "Exit codes" in lesson(command)
        for example in examples:
            program, name, *arguments = shlex.split(example.line)
            assert program == "innoeval"
            assert command in ("", name)
            GROUP.commands[name].make_context(name, arguments)
            files = [word for word in arguments if word.startswith("data/")]
            assert all((REPO / word).is_file() for word in files)


@pytest.mark.slow
def test_every_example_runs_as_it_stands(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(REPO / "data")
    order = ("demo", "check", "plan", "evaluate", "brief", "batch", "verify", "register", "calibrate", "explain")  # fmt: skip
    for command in order:
        for example in EXAMPLES[command]:
            done = run(*shlex.split(example.line)[1:])
            assert done.code == 0, f"{example.line}\n{done.out}\n{done.err}"
