"""`python -m tests.fuzz --inputs 1000000`: odd files for every reader, and the page that says how it went.

Each reader runs in a process of its own, so that what kills a process is counted like any crash.
Runs add up in a record beside the page: each is a seed, a reader and its counts.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from tests.fuzz.page import page
from tests.fuzz.readers import READERS
from tests.fuzz.run import bounded, fuzz


def main() -> int:
    """Run, and write the page; exit code 1 where a reader broke."""
    options = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    options.add_argument(
        "--inputs", type=int, default=10_000, help="over all readers, by their shares"
    )
    options.add_argument(
        "--reader", choices=READERS, action="append", help="only these; all inputs are theirs"
    )
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--keep", type=Path, help="folder for files that break a reader")
    options.add_argument(
        "--record", type=Path, help="JSON lines of earlier runs, to which this one is added"
    )
    options.add_argument("--page", type=Path, help="the page to write from the record")
    options.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.alone:
        return _alone(given)
    names = given.reader or list(READERS)
    whole = sum(READERS[name].share for name in names)
    tallies = []
    for name in names:
        number = max(1, round(given.inputs * READERS[name].share / whole))
        tallies.append(tally := _apart(name, number, given))
        print(json.dumps(tally), flush=True)
        if given.record is not None:
            with given.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(tally) + "\n")
    if given.page is not None and given.record is not None:
        lines = given.record.read_text(encoding="utf-8").splitlines()
        given.page.write_text(page([json.loads(line) for line in lines]), encoding="utf-8")
    return int(any(tally["crashes"] for tally in tallies))


def _apart(name: str, number: int, given: argparse.Namespace) -> dict[str, object]:
    """One reader in a process of its own."""
    keep = ["--keep", str(given.keep)] if given.keep else []
    command = [sys.executable, "-m", "tests.fuzz", "--alone", "--reader", name, "--inputs", str(number),
               "--seed", str(given.seed), *keep]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False, text=True)
    if done.returncode == 0:
        found: dict[str, object] = json.loads(done.stdout.splitlines()[-1])
        return found | {"seed": given.seed}
    died = {f"the process ended with {done.returncode}": ""}
    return {"name": name, "inputs": 0, "read": 0, "refused": 0, "crashes": died, "worst": 0.0,
            "spent": 0.0, "memory": 0, "seed": given.seed}  # fmt: skip


def _alone(given: argparse.Namespace) -> int:
    bounded()
    ram = Path("/dev/shm")  # noqa: S108 - files that live for a millisecond
    with tempfile.TemporaryDirectory(dir=ram if ram.is_dir() else None) as folder:
        found = fuzz(READERS[given.reader[0]], given.seed, given.inputs, Path(folder), given.keep)
    print(json.dumps(asdict(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
