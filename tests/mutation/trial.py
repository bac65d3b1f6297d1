"""Does any test notice a fault? One mutant, its tests, in a process of its own.

Nothing is written: the process reads every module from the tree but the one that has the fault.
Each is forked from a process that has loaded the heavy libraries, and none of ours, already.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

from tests.mutation.mutants import Mutant, mutated

HEAVY = ("numpy", "pandas", "scipy.stats", "scipy.optimize", "hypothesis.strategies", "hypothesis.extra.numpy",
         "pandera.pandas", "matplotlib", "pytest", "_pytest.doctest", "yaml", "cattrs", "pyarrow")  # fmt: skip


def warm() -> None:
    """Load what every mutant's process needs."""
    for name in HEAVY:
        importlib.import_module(name)


def tried(mutant: Mutant | None, tests: Sequence[str], seconds: int) -> tuple[str, str]:
    """ "killed", "stopped" (it ran on and on), "survived" or "no test"; and the test that failed.

    Parameters
    ----------
    mutant
        None: the tests of the code as it is, to see that they pass.
    tests
        Names that pytest understands.
    seconds
        Processor time after which the process is stopped; ten times that on the clock.
    """
    if not tests:
        return "no test", ""
    with tempfile.TemporaryFile() as told:
        end = _end(mutant, tests, seconds, told.fileno())
        told.seek(0)
        return end, told.read().decode()


def _end(mutant: Mutant | None, tests: Sequence[str], seconds: int, told: int) -> str:
    child = os.fork()
    if child == 0:
        _run(mutant, tests, seconds, told)
    until = time.monotonic() + 10 * seconds
    while True:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            break
        if time.monotonic() > until:
            os.killpg(child, signal.SIGKILL)
            os.waitpid(child, 0)
            return "stopped"
        time.sleep(0.02)
    if os.WIFSIGNALED(status):
        return "stopped"
    return {0: "survived", 5: "no test"}.get(os.WEXITSTATUS(status), "killed")


class _Failed:
    """Writes down the test that fails."""

    def __init__(self, told: int) -> None:
        self.told = told

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed:
            os.pwrite(self.told, report.nodeid.encode(), 0)


def _run(mutant: Mutant | None, tests: Sequence[str], seconds: int, told: int) -> None:
    """In the forked process: put the fault in place and run the tests; never returns."""
    os.setpgid(0, 0)
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (6 << 30, 6 << 30))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    code = 70
    try:
        import pytest

        sys.dont_write_bytecode = True
        if mutant is not None:
            _put(mutant.path, compile(mutated(mutant), str(mutant.path), "exec"))
        given = ["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", "-p", "no:xdist",
                 "-m", "not slow and not browser"]  # fmt: skip
        code = int(pytest.main([*given, *tests], plugins=[_Failed(told)]))
    finally:
        os._exit(code)


def _put(path: Path, faulty: CodeType) -> None:
    plain = SourceFileLoader.get_code

    def get_code(self: SourceFileLoader, fullname: str) -> Any:
        return faulty if Path(self.path) == path else plain(self, fullname)

    SourceFileLoader.get_code = get_code  # type: ignore[method-assign]
