"""SIGKILL at random moments, of a worker and of the main process, and then on from there."""

from __future__ import annotations

import os
import pickle
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path

import joblib
import pytest
from tests.portfolio.portfolios import own_panels

import innoeval as ie
from innoeval.portfolio.store import Store

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs the process table")

REPO = Path(__file__).parents[2]
CLAIMS = 24
RUN = (
    "import sys; from tests.portfolio.portfolios import own_panels; import innoeval as ie;"
    # What is loaded at the first claim is loaded before the clock starts.
    f"claims, panels = own_panels({CLAIMS}); ie.evaluate_all(*own_panels(1, first=900));"
    "print('ready', flush=True);"
    "ie.evaluate_all(claims, panels, resume=sys.argv[1], chunk_size=2, progress=False)"
)


@pytest.fixture(scope="module")
def expected() -> bytes:
    return tidy(ie.evaluate_all(*own_panels(CLAIMS), progress=False))


def tidy(portfolio: ie.Portfolio) -> bytes:
    return pickle.dumps(portfolio.tidy().to_dict("list"))


def whole(folder: Path, expected: bytes) -> None:
    """Go on with a run; hold that no claim is lost, none is there twice, and the bytes agree."""
    portfolio = ie.evaluate_all(*own_panels(CLAIMS), resume=folder, progress=False)
    counts = Counter(portfolio.ids)
    assert len(counts) == CLAIMS
    assert set(counts.values()) == {1}
    assert tidy(portfolio) == expected
    assert list(folder.glob(".draft-*")) == []


def kill_main(folder: Path, moment: float) -> int:
    """Start a run in a process of its own, kill it after so many seconds; parts that were done."""
    child = subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder)], cwd=REPO, stdout=subprocess.PIPE, text=True
    )
    with child:
        assert child.stdout is not None
        assert child.stdout.readline() == "ready\n"
        try:
            child.wait(timeout=moment)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
    return len(Store(folder).parts)


def loky_workers() -> list[int]:
    """Worker processes of this one."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            parent = int((entry / "stat").read_text().rsplit(")", 1)[1].split()[1])
            command = (entry / "cmdline").read_bytes()
        except OSError:
            continue
        if parent == os.getpid() and b"popen_loky" in command:
            found.append(int(entry.name))
    return found


def kill_a_worker(folder: Path, moment: float, pick: random.Random) -> bool:
    """Run on two workers and kill one of them after so many seconds; whether there was one."""
    killed = []

    def strike() -> None:
        threading.Event().wait(moment)
        if workers := loky_workers():
            os.kill(pick.choice(workers), signal.SIGKILL)
            killed.append(time.monotonic())

    thread = threading.Thread(target=strike)
    with joblib.parallel_config("loky", n_jobs=2):
        ie.evaluate_all(*own_panels(2, first=900), progress=False)  # workers are there
        thread.start()
        ie.evaluate_all(*own_panels(CLAIMS), resume=folder, chunk_size=2, progress=False)
    thread.join()
    return bool(killed)


def usual_seconds() -> float:
    start = time.monotonic()
    ie.evaluate_all(*own_panels(CLAIMS), chunk_size=2, progress=False)
    return time.monotonic() - start


def kill_both(tmp_path: Path, expected: bytes, times: int, seed: int) -> None:
    pick, usual = random.Random(seed), usual_seconds()
    partly = 0
    for i in range(times):
        folder = tmp_path / f"main-{i}.parquet"
        done = kill_main(folder, pick.uniform(0, usual))
        partly += 0 < done < CLAIMS // 2
        whole(folder, expected)
    assert partly > 0 or times < 5, "no kill met a run that was under way"
    struck = 0
    for i in range(times):
        folder = tmp_path / f"worker-{i}.parquet"
        struck += kill_a_worker(folder, pick.uniform(0, usual / 2), pick)
        whole(folder, expected)
    assert struck == times


@pytest.mark.filterwarnings("ignore:A worker stopped:UserWarning")
def test_a_kill_loses_nothing(tmp_path: Path, expected: bytes) -> None:
    kill_both(tmp_path, expected, 1, seed=1)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:A worker stopped:UserWarning")
def test_twenty_kills_of_each_lose_nothing(tmp_path: Path, expected: bytes) -> None:
    kill_both(tmp_path, expected, 20, seed=20261124)
