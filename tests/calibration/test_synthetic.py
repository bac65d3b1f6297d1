"""A seeded slice of the table, and the promise with one treated unit among many."""

from __future__ import annotations

import numpy as np
import pytest
from tests.calibration.synthetic import WORLDS, by_rank, questions, rejections, verdict

NAMED = {world.name: world for world in WORLDS}


@pytest.mark.parametrize(
    "name", ["ρ = .8", "two factors, ρ = .4", "treated twice as noisy, ρ = .4"]
)
def test_placebos_relative_to_their_misfit_keep_their_level(name: str) -> None:
    found = rejections(NAMED[name], 20, 60, first=0)
    # Of 60 draws 5 % are 3; more than 8 come up once in a hundred times.
    assert found["SDiD"][0] * 60 <= 8
    assert found["SC"][0] * 60 <= 8


def test_shared_factors_are_where_donors_help() -> None:
    world = NAMED["two factors, ρ = .4"]
    halves = [by_rank(world, 40, seed) for seed in range(15)]
    synthetic, plain = (np.median([h[name][1] for h in halves]) for name in ("SDiD", "DiD"))
    assert synthetic < 0.8 * plain


@pytest.mark.parametrize("n", [20, 40])
def test_questions_beyond_the_last_rank_keep_their_level(n: int) -> None:
    names = ("ρ = .4", "random walks", "treated twice as noisy, ρ = .8")
    rows = [questions(NAMED[name], n, seed) for name in names for seed in range(40)]
    small = np.array([row["SDiD"] for row in rows]) <= 0.02
    # Of 120 draws 2 % are 2.4; more than 7 come up once in two hundred times.
    assert (small.sum(axis=0) <= 7).all()


@pytest.mark.slow
@pytest.mark.parametrize("world", WORLDS, ids=lambda world: world.name)
@pytest.mark.parametrize("n", [20, 40])
def test_the_level_over_many_draws(world: object, n: int) -> None:
    found = rejections(world, n, 400, first=1_000)
    for design in ("SDiD", "SC"):
        assert found[design][0] <= 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["ρ = .8", "two factors, ρ = .8", "treated twice as noisy, ρ = .8"]
)
def test_a_null_claim_is_rarely_supported(name: str) -> None:
    shown = [verdict(NAMED[name], seed, 0.0)[0] for seed in range(200)]
    assert sum(s in {"supported", "partly_supported"} for s in shown) <= 10
