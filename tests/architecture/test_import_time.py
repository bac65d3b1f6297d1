"""Importing innoeval costs little more than importing pandas."""

from __future__ import annotations

import subprocess
import sys

import pytest

BUDGET = 1.3
#: At least, and where a machine has much else to do at most.
ROUNDS = (3, 10)
#: Processor time, not time on the clock: another process on the same core does not count.
CLOCK = "import time; t = time.process_time(); import {module}; print(time.process_time() - t)"


@pytest.fixture(autouse=True)
def compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are compiled once, as an installer does: a checkout may forbid Python to keep that."""
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)
    monkeypatch.delenv("COVERAGE_PROCESS_CONFIG", raising=False)  # a measured import is slower


def seconds(module: str) -> float:
    done = subprocess.run(
        [sys.executable, "-c", CLOCK.format(module=module)],
        capture_output=True, check=True, text=True,
    )  # fmt: skip
    return float(done.stdout)


def test_import_costs_little_more_than_pandas() -> None:
    pandas = innoeval = float("inf")
    for done in range(1, ROUNDS[1] + 1):
        pandas, innoeval = min(pandas, seconds("pandas")), min(innoeval, seconds("innoeval"))
        if done >= ROUNDS[0] and innoeval <= BUDGET * pandas:
            break
    assert innoeval <= BUDGET * pandas, f"innoeval {innoeval:.2f} s, pandas {pandas:.2f} s"
