"""A real Dask cluster on this machine: a scheduler and two worker processes."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Iterator

import joblib
import pytest
from tests.portfolio.portfolios import one_panel, own_panels

import innoeval as ie
from innoeval.errors import RunError
from innoeval.portfolio.workers import cluster

distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")

pytestmark = pytest.mark.filterwarnings("ignore")


@pytest.fixture(scope="module")
def local() -> Iterator[object]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as started:
            yield started


def tidy(portfolio: ie.Portfolio) -> bytes:
    return pickle.dumps(portfolio.tidy().to_dict("list"))


def test_a_cluster_gives_the_same_bits(local: object) -> None:
    claims, panel = one_panel(20)
    claims_too, panels = own_panels(10)
    with distributed.Client(local), joblib.parallel_config("dask"):
        shared = ie.evaluate_all(claims, panel, chunk_size=2, progress=False)
        own = ie.evaluate_all(claims_too, panels, chunk_size=2, progress=False)
    assert tidy(shared) == tidy(ie.evaluate_all(claims, panel, progress=False))
    assert tidy(own) == tidy(ie.evaluate_all(claims_too, panels, progress=False))


def test_the_command_line_names_a_scheduler(local: object) -> None:
    claims, panel = one_panel(4)
    with cluster(local.scheduler_address):  # type: ignore[attr-defined]
        there = ie.evaluate_all(claims, panel, progress=False)
    assert there.ids == tuple(claim.id for claim in claims)


def test_a_scheduler_that_does_not_answer_is_told() -> None:
    with (
        pytest.raises(RunError, match="no Dask scheduler answers at 'nonsense"),
        cluster("nonsense://here"),
    ):
        pass
