"""Memory that runs out, and two processes in one folder. Kills: tests/portfolio/test_kills.py."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.faults.runs import Half, half

from innoeval.errors import RunError
from innoeval.portfolio import judge
from innoeval.portfolio.store import Store

REPO = Path(__file__).parents[2]

#: Holds the folder until its input ends, as a run does.
OTHER = (
    "import fcntl, sys; file = open(sys.argv[1] + '/_run.json', 'rb');"
    "fcntl.flock(file, fcntl.LOCK_EX); print('held', flush=True); sys.stdin.read()"
)
#: One claim on a panel that does not fit, after everything is loaded.
STARVED = """
import resource, sys
from pathlib import Path
from tests.faults.runs import Half
from tests.portfolio.portfolios import own_panels
import innoeval as ie
claims, panels = own_panels(4)
large = ie.simulate.draw("none", seed=1, n_units=3000, n_treated=1000, n_before=60, n_after=20)
panels[claims[3].id] = large.panel
claims[3] = large.claim
panels[large.claim.id] = large.panel
ie.evaluate_all(claims[:3], panels, progress=False)
pages = int(Path("/proc/self/statm").read_text().split()[0])
limit = pages * resource.getpagesize() + 8_000_000
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
Half(claims, panels, Path(sys.argv[1])).go_on()
"""


def test_memory_that_runs_out_is_told_and_loses_nothing(
    run: Half, monkeypatch: pytest.MonkeyPatch
) -> None:
    evaluate = judge.evaluate

    def starved(claim: Any, *given: Any, **named: Any) -> Any:
        if claim.id == run.claims[3].id:
            raise MemoryError
        return evaluate(claim, *given, **named)

    with monkeypatch.context() as patch:
        patch.setattr(judge, "evaluate", starved)
        with pytest.raises(RunError, match=r"memory ran out; use fewer.*done is kept: go on with"):
            run.go_on()
    assert len(Store(run.folder).parts) == 3
    assert run.whole()


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs the process table")
def test_a_process_without_memory_says_so(tmp_path: Path) -> None:
    run = half(tmp_path / "run.parquet")
    told = subprocess.run(
        [sys.executable, "-c", STARVED, str(run.folder)],
        cwd=REPO, capture_output=True, text=True, check=False, timeout=300,
    )  # fmt: skip
    assert "RunError: memory ran out" in told.stderr
    assert len(Store(run.folder).parts) >= 2
    assert run.whole()


def test_two_processes_never_share_a_folder(run: Half) -> None:
    pytest.importorskip("fcntl")
    with subprocess.Popen(
        [sys.executable, "-S", "-c", OTHER, str(run.folder)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(RunError, match=r"another process is at work in .*; wait for it, or"):
            run.go_on()
        other.kill()  # a lock goes with its process: nobody has to clear it away
    assert run.whole()
