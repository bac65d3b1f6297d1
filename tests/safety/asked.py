"""Every command of the command line, one after the other; `python -m tests.safety.asked FOLDER` forbids sockets first."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from tests.cli.conftest import CLAIM, service, write
from tests.safety.watching import forbid_sockets

from innoeval.cli import main

#: Takes a minute: asked by the slow test only.
LONG = "demo"


def commands(folder: Path) -> Iterator[tuple[str, ...]]:
    """What is typed, files included; later ones use what earlier ones wrote."""
    claims = str(write(folder / "claims.csv", [CLAIM]))
    panel = str(write(folder / "panel.csv", service()))
    out, run = str(folder / "out"), str(folder / "run")
    saved, ledger = f"{out}/desk.json", str(folder / "ledger.jsonl")
    yield ("check", claims, panel)
    yield ("plan", claims, panel, "--futures", "1")
    yield ("evaluate", claims, panel, "-o", out, "--html")
    yield ("brief", saved, "-o", f"{out}/again.pdf", "--audience", "public")
    yield ("verify", saved, panel)
    yield ("register", claims, ledger)
    yield ("register", claims, ledger, "--check")
    yield ("batch", claims, panel, "-o", run, "--html", "--pdf")
    yield ("batch", claims, panel, "-o", run, "--resume")
    yield ("calibrate", str(folder / "rates"), "--judge", "before_after", "--family", "clean", "--draws", "1",
           "--page", str(folder / "rates.md"))  # fmt: skip
    yield ("explain",)
    yield ("explain", "inconclusive")


def ended(arguments: tuple[str, ...]) -> int:
    """Run one, and give its exit code."""
    try:
        main(list(arguments))
    except SystemExit as stop:
        return int(stop.code or 0)
    return 0


if __name__ == "__main__":
    place = Path(sys.argv[1])
    forbidden = forbid_sockets()
    codes = {" ".join(typed): ended(typed) for typed in commands(place)}
    codes[LONG] = ended((LONG, "-o", str(place / "demo")))
    failed = {typed: code for typed, code in codes.items() if code}
    sys.stdout.write(f"{'forbidden' if forbidden else 'allowed'} {failed}")
