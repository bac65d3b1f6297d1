"""`python -m tests.mutation --sample 60 --seed 1`: faults put into the code, and which ones tests miss.

For each mutant, tests are run until one fails: those that run its line, if that was measured before
(`--collect`, minutes), else the test files that name its module. Trials add up in a record of JSON lines, from which `--page` prints the page.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

from tests.mutation.cover import Cover
from tests.mutation.mutants import mutants
from tests.mutation.page import page
from tests.mutation.trial import tried, warm

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("decide", "stats", "inference", "checks")
OF_ROOMS = ("tests/stats", "tests/checks", "tests/designs", *(
    str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests").glob("test_*.py"))
), *(str(path.relative_to(ROOT)) for path in sorted((ROOT / "tests/properties").glob("test_*.py"))))  # fmt: skip


def main() -> int:
    options = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    options.add_argument("--sample", type=int, default=60, help="mutants of each room")
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--room", choices=ROOMS, action="append", help="only these")
    options.add_argument("--again", action="store_true", help="survivors of the record, anew")
    options.add_argument("--seconds", type=int, default=60, help="processor time of a mutant")
    options.add_argument("--most", type=int, default=40, help="tests for a mutant")
    options.add_argument("--data", type=Path, default=ROOT / ".mutation/coverage")
    options.add_argument("--record", type=Path, default=ROOT / "tests/mutation/record.jsonl")
    options.add_argument("--collect", action="store_true", help="measure which tests run a line")
    options.add_argument("--page", action="store_true", help="print the page of the record")
    given = options.parse_args()
    if given.page:
        print(page(_read(given.record)))
        return 0
    package = Path(str(find_spec("innoeval").origin)).parent  # type: ignore[union-attr]
    if not package.is_relative_to(ROOT):
        print(f"innoeval is loaded from {package}, not from this checkout", file=sys.stderr)
        return 2
    if given.collect:
        _collect(given.data)
        return 0
    cover = Cover(ROOT, given.data, given.most)
    warm()
    earlier = {(r["path"], r["line"], r["before"], r["after"]): r for r in _read(given.record)}
    sound: dict[str, bool] = {}  # tests that failed under a fault: do they pass without one?
    for room in given.room or ROOMS:
        every = [m for path in sorted((package / room).rglob("*.py")) for m in mutants(path)]
        drawn = random.Random(f"{room} {given.seed}").sample(every, min(given.sample, len(every)))
        if given.again:
            drawn = [m for m in every if earlier.get(_key(m, package), {}).get("end") in {"survived", "no test"}]  # fmt: skip
        for mutant in drawn:
            tests = cover.tests(mutant.path, mutant.line)
            end, failed = tried(mutant, tests, given.seconds)
            if failed and failed not in sound:
                sound[failed] = tried(None, [failed], given.seconds)[0] == "survived"
            if not sound.get(failed, True):
                print(f"fails without a fault, too: {failed}", file=sys.stderr)
                continue
            path, line, before, after = _key(mutant, package)
            row = {"room": room, "path": path, "line": line, "before": before, "after": after,
                   "end": end, "of": len(every), "seed": given.seed}  # fmt: skip
            with given.record.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row, ensure_ascii=False) + "\n")
            print(f"{end:9s} {path}:{line}  {before}  ->  {after}", flush=True)
    return 0


def _key(mutant: object, package: Path) -> tuple[str, int, str, str]:
    short = replace(mutant, path=mutant.path.relative_to(package))  # type: ignore[type-var,attr-defined]
    return str(short.path), short.line, short.before[:160], short.after[:160]


def _read(record: Path) -> list[dict[str, object]]:
    lines = record.read_text("utf-8").splitlines() if record.is_file() else []
    return [json.loads(line) for line in lines]


def _collect(data: Path) -> None:
    """Run the tests of the rooms once, each line with the test function that runs it."""
    data.parent.mkdir(exist_ok=True)
    settings = data.with_suffix(".rc")
    settings.write_text(
        f"[run]\nbranch = true\nsource = innoeval\ndynamic_context = test_function\ndata_file = {data}\n"
    )
    command = [sys.executable, "-m", "coverage", "run", f"--rcfile={settings}", "-m", "pytest", "-q", "-n", "0",
               "-m", "not slow and not browser", "-p", "no:cacheprovider", *OF_ROOMS]  # fmt: skip
    subprocess.run(command, cwd=ROOT, check=True, env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"})


if __name__ == "__main__":
    raise SystemExit(main())
