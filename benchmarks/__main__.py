"""Run every benchmark in a process of its own, and print the tables with the machine.

`python -m benchmarks` prints; `python -m benchmarks --write` also writes docs/benchmarks/NAME.md.
"""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import benchmarks

ONE_THREAD = dict.fromkeys(
    ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1"
)


def main() -> None:
    """Print the table of each module that has one, all of them or the ones named."""
    named = [name for name in sys.argv[1:] if not name.startswith("-")]
    for module in pkgutil.iter_modules(benchmarks.__path__):
        if module.name in {"__main__", "measure"} or (named and module.name not in named):
            continue
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{module.name}"],
            env={**os.environ, **ONE_THREAD}, stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        print(done.stdout, flush=True)
        if "--write" in sys.argv:
            page = Path(__file__).parents[1] / "docs" / "benchmarks" / f"{module.name}.md"
            page.parent.mkdir(exist_ok=True)
            page.write_text(done.stdout, encoding="utf-8")


if __name__ == "__main__":
    main()
