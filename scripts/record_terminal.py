"""Records a session on the command line into the README, as text: what the commands really print.

Run it with `make pictures`, or alone; with --check it writes nothing, and fails where the README says
something else.
"""

from __future__ import annotations

import contextlib
import io
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from innoeval.cli import main as innoeval

REPO = Path(__file__).resolve().parents[1]
README = REPO / "README.md"
BEGIN, END = "<!-- recorded by scripts/record_terminal.py: begin -->\n", "<!-- end -->\n"
WIDTH = 80
SESSION = (
    "head -n 3 data/sample/claims.csv > claims.csv",
    "innoeval check claims.csv data/sample/permits.csv",
    "innoeval evaluate claims.csv data/sample/permits.csv -o results",
    "ls results",
    "innoeval explain mean_reversion",
)


def printed(line: str, folder: Path) -> str:
    """What a line prints; `innoeval` runs in this process, anything else in a shell."""
    program, *arguments = shlex.split(line)
    if program != "innoeval":
        command = ["/bin/sh", "-c", line]
        return subprocess.run(
            command, cwd=folder, check=True, capture_output=True, text=True
        ).stdout
    said = io.StringIO()
    with contextlib.chdir(folder), contextlib.redirect_stdout(said):
        try:
            innoeval(arguments)
        except SystemExit as stop:
            if stop.code:
                sys.exit(f"{line!r} ended with {stop.code}")
    return said.getvalue()


def recorded() -> str:
    """The session as a block of Markdown."""
    lines = []
    plain = {"COLUMNS": str(WIDTH), "TERM": "dumb", "LC_ALL": "C.UTF-8"}
    with tempfile.TemporaryDirectory() as place, mock.patch.dict(os.environ, plain):
        (Path(place) / "data").symlink_to(REPO / "data")
        for line in SESSION:
            lines += [f"$ {line}", *printed(line, Path(place)).splitlines()]
    return "```console\n" + "\n".join(line.rstrip() for line in lines) + "\n```\n"


def main() -> None:
    """Put the session where the README has room for it."""
    text = README.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    now, after = rest.split(END, 1)
    new = recorded()
    if "--check" in sys.argv[1:]:
        if new != now:
            sys.exit(
                "the commands print something else than the README says; run it without --check"
            )
    else:
        README.write_text(before + BEGIN + new + END + after, encoding="utf-8")


if __name__ == "__main__":
    main()
