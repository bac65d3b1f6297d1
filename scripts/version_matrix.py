"""Hold the verdicts against each other over the oldest and newest supported versions, and BLAS kernels.

Makes an environment for each row in .matrix/ (pip), asks tests.reproducibility.verdicts in it, and
writes docs/trust/matrix.md: `python scripts/version_matrix.py` or `make matrix`.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

REPO = Path(__file__).parents[1]
sys.path.insert(0, str(REPO))
from tests.reproducibility.verdicts import differences, largest_gap  # noqa: E402

PLACE = REPO / ".matrix"
PAGE = REPO / "docs" / "trust" / "matrix.md"
#: Environment -> what is set in it. Kernels of OpenBLAS add in another order, as other machines do.
RUNS: tuple[tuple[str, str, dict[str, str]], ...] = (
    ("newest", "newest", {}),
    ("oldest", "oldest", {}),
    ("newest, SSE kernels", "newest", {"OPENBLAS_CORETYPE": "Prescott"}),
    ("newest, AVX2 kernels", "newest", {"OPENBLAS_CORETYPE": "Haswell"}),
    ("oldest, SSE kernels", "oldest", {"OPENBLAS_CORETYPE": "Prescott"}),
    ("newest, two threads", "newest", {"OMP_NUM_THREADS": "2", "OPENBLAS_NUM_THREADS": "2"}),
)
#: Where the lower bound is no release, the first that meets it.
FIRST = {"cattrs": "25.1.0"}
HEAD = """# The same verdicts over versions and machines

Every claim of the sample, judged anew in each environment and held against the first row: verdict,
certainty, design, every check's answer and the data's fingerprint are compared exactly, effect,
standard error, p-value and interval to a millionth of the standard error. An evaluation that an
earlier version saved is read and computed again, too. "Oldest" has the lowest versions that
pyproject.toml allows, "newest" what pip takes. Made by `make matrix`.

| environment | Python | NumPy | pandas | SciPy | statsmodels | BLAS | claims | differences | largest gap |
|---|---|---|---|---|---|---|--:|--:|--:|
"""


def oldest() -> list[str]:
    """Every dependency at its lower bound."""
    project = tomllib.loads((REPO / "pyproject.toml").read_text("utf-8"))["project"]
    found = dict(re.split(r">=", item, maxsplit=1) for item in project["dependencies"])
    return [f"{name}=={FIRST.get(name, version)}" for name, version in found.items()]


def make(name: str) -> Path:
    """An environment with innoeval in it; its Python."""
    folder = PLACE / name
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    names = oldest() if name == "oldest" else [item.split("==")[0] for item in oldest()]
    upgrade = [] if name == "oldest" else ["--upgrade"]
    subprocess.run([str(python), "-m", "pip", "install", "-q", *upgrade, *names], check=True)
    subprocess.run([str(python), "-m", "pip", "install", "-q", "--no-deps", str(REPO)], check=True)
    return python


def ask(python: Path, settings: dict[str, str]) -> dict[str, Any]:
    """The verdicts of one environment."""
    one = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", **settings}
    done = subprocess.run(
        [str(python), "-m", "tests.reproducibility.verdicts"],
        cwd=REPO, env={**os.environ, **one, "PYTHONPATH": str(REPO)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def main() -> int:
    """Write the page; 1 where something differs."""
    pythons = {name: make(name) for name in dict.fromkeys(name for _, name, _ in RUNS)}
    answers = {title: ask(pythons[name], settings) for title, name, settings in RUNS}
    first = next(iter(answers.values()))
    rows, told = [], []
    for title, found in answers.items():
        differ = differences(first, found)
        told += [f"- {title}: {text}" for text in differ]
        v = found["versions"]
        rows.append(
            f"| {title} | {v['python']} | {v['numpy']} | {v['pandas']} | {v['scipy']} | {v['statsmodels']} | "
            f"{v['blas']} | {len(found['claims'])} | {len(differ)} | {largest_gap(first, found):.0e} |"
        )
    text = HEAD + "\n".join(rows) + "\n" + ("\n" + "\n".join(told) + "\n" if told else "")
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    print(text, end="")
    return int(bool(told))


if __name__ == "__main__":
    raise SystemExit(main())
