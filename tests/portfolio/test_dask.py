"""A real Dask cluster on this machine: a scheduler and two workers, each a process of its own."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

import joblib
import pytest
from tests.cli.conftest import CLAIM, desk, run, write
from tests.portfolio.portfolios import one_panel, own_panels

import innoeval as ie
from innoeval.errors import RunError
from innoeval.portfolio.workers import cluster

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

__all__ = ["desk", "run"]  # fixtures of the command line
pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a scheduler on the loopback that has two workers."""
    folder = tmp_path_factory.mktemp("cluster")
    told = folder / "scheduler.json"
    common = ["--scheduler-file", str(told), "--no-dashboard"]
    scheduler = ["dask_scheduler", *common, "--host", "127.0.0.1", "--port", "0"]
    worker = ["dask_worker", *common, "--nthreads", "1", "--no-nanny", "--host", "127.0.0.1"]
    with (folder / "log").open("wb") as log:
        started = [started_process(scheduler, folder, log)]
        try:
            wait_until(lambda: told.is_file() and told.stat().st_size > 0)
            started += [started_process(worker, folder, log) for _ in range(2)]
            with distributed.Client(scheduler_file=str(told), set_as_default=False) as client:
                client.wait_for_workers(2, timeout=120)
                yield client.scheduler.address
        finally:
            for process in reversed(started):
                process.terminate()
                process.wait(timeout=60)


def started_process(arguments: list[str], folder: Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", f"distributed.cli.{arguments[0]}", *arguments[1:]]
    # The same innoeval as here, from wherever that is.
    places = os.environ | {"PYTHONPATH": str(Path(ie.__file__).parents[1])}
    return subprocess.Popen(command, cwd=folder, env=places, stdout=log, stderr=log)


def wait_until(ready: Callable[[], bool], seconds: float = 120.0) -> None:
    end = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.05)


def told(portfolio: ie.Portfolio) -> bytes:
    """The table and every evaluation, as bytes."""
    every = {name: portfolio[name].to_json() for name in portfolio.ids}
    return pickle.dumps((portfolio.tidy().to_dict("list"), every))


def test_workers_chunks_order_and_backend_leave_the_same_bits(address: str) -> None:
    cases = [one_panel(6), own_panels(4)]

    def every(chunk_size: int | None, turn: int = 1) -> list[bytes]:
        return [
            told(ie.evaluate_all(claims[::turn], panels, chunk_size=chunk_size, progress=False))
            for claims, panels in cases
        ]

    serial = every(None)
    assert every(1, -1) == serial
    with joblib.parallel_config("loky", n_jobs=2):
        assert every(3) == serial
        assert every(1, -1) == serial
    with cluster(address):
        assert every(2) == serial
        assert every(None, -1) == serial


def test_a_claim_is_told_the_same_alone_and_in_any_company() -> None:
    """Draws hang on the policy's seed and on what is asked, never on who is asked beside."""
    claims, panel = one_panel(6)
    together = ie.evaluate_all(claims, panel, progress=False)
    for claim in claims[::3]:
        alone = ie.evaluate_all([claim], panel, progress=False)
        assert alone[claim.id].to_json() == together[claim.id].to_json()
        assert alone[claim.id] == ie.evaluate(claim, panel)


def test_innoeval_batch_works_on_a_cluster(desk: Any, run: Any, address: str) -> None:
    write(desk.claims, [CLAIM, CLAIM | {"id": "door", "size": "0.9"}])
    there, here = desk.out / "there", desk.out / "here"
    done = run("batch", desk.claims, desk.panel, "-o", there, "--dask", address)
    assert done.code == 0, done.err
    assert "2 claims" in done.out
    assert run("batch", desk.claims, desk.panel, "-o", here).code == 0
    assert (there / "portfolio.csv").read_bytes() == (here / "portfolio.csv").read_bytes()
    read = [told(ie.read_portfolio(out / "run.parquet")) for out in (there, here)]
    assert read[0] == read[1]


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    with (
        pytest.raises(RunError, match="no Dask scheduler answers at 'nonsense"),
        cluster("nonsense://here"),
    ):
        pass
