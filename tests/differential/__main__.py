"""`python -m tests.differential --panels 2000`: prints the table; exit code 1 where a gap is unexplained."""

from __future__ import annotations

import argparse
import sys
from importlib.metadata import version

from tests.differential.page import page, unexplained
from tests.differential.run import ask


def main() -> int:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--panels", type=int, default=2000)
    options.add_argument("--first", type=int, default=100_000)
    given = options.parse_args()
    found = ask(given.panels, given.first)
    names = ("pyfixest", "diff-diff", "statsmodels", "numpy", "scipy")
    versions = (
        ", ".join(f"{name} {version(name)}" for name in names) + ", R packages from Debian 12"
    )
    print(page(found, given.panels, given.first, versions), end="")
    rest = unexplained(found)
    if len(rest):
        print(rest.sort_values("gap").tail(30).to_string(), file=sys.stderr)
    return int(len(rest) > 0)


if __name__ == "__main__":
    raise SystemExit(main())
