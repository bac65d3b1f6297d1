"""The decomposition against published parts and against the regression that it takes apart."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innoeval.stats.bacon import KINDS, Decomposition, cell_weights, decompose, forbidden_part


def coefficient(
    outcomes: np.ndarray, treatment: np.ndarray, weights: np.ndarray | None = None
) -> float:
    """The two-way fixed effects coefficient by least squares on all dummies."""
    n, T = outcomes.shape
    mass = np.ones((n, T)) if weights is None else np.broadcast_to(weights, (n, T))
    rows = [np.kron(np.eye(n), np.ones((T, 1))), np.kron(np.ones((n, 1)), np.eye(T))]
    X = np.column_stack([treatment.ravel(), *rows])
    seen = np.isfinite(outcomes.ravel() + treatment.ravel())
    root = np.sqrt(mass.ravel()[seen])
    solved = np.linalg.lstsq(X[seen] * root[:, None], outcomes.ravel()[seen] * root, rcond=None)
    return float(solved[0][0])


def staggered(seed: int, n: int, T: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    starts = rng.integers(0, T + 1, n)
    starts[:2] = 1, T
    return rng.standard_normal((n, T)).cumsum(axis=1), starts, np.arange(T) >= starts[:, None]


def parts(wide: pd.DataFrame, starts: np.ndarray) -> Decomposition:
    return decompose(wide.to_numpy(), starts)


def test_divorce_reforms(shared_data: Path) -> None:
    """Goodman-Bacon (2021): −3.08, and its parts; both parts with untreated units together."""
    frame = pd.read_csv(shared_data / "divorce_suicide.csv")
    wide = frame.pivot_table(index="stfips", columns="year", values="asmrs")
    treated = frame.pivot_table(index="stfips", columns="year", values="post").to_numpy()
    found = parts(wide, (treated == 0).sum(axis=1))
    assert (found.weight @ found.estimate).round(2) == -3.08
    kinds = found.by_kind()
    assert np.round(kinds["not yet treated"], 4).tolist() == [0.1107, -0.1868]
    assert np.round(kinds["already treated"], 4).tolist() == [0.2646, 3.5120]
    untouched = np.array([kinds["never treated"], kinds["always treated"]])
    weight = untouched[:, 0].sum()
    assert weight == pytest.approx(0.6247, abs=5e-5)
    assert untouched.prod(axis=1).sum() / weight == pytest.approx(-6.385, abs=5e-4)
    assert untouched[:, 0].round(3).tolist() == [0.24, 0.384]
    assert untouched[:, 1].round(3).tolist() == [-5.331, -7.044]


def test_mathematics_in_school(shared_data: Path) -> None:
    """bacondecomp's README: weights .0635, .0527 and .8838, effects .0287, .0338 and −.0013."""
    frame = pd.read_csv(shared_data / "math_reform.csv")
    wide = frame.pivot_table(index="state", columns="cohort", values="incearn_ln")
    treated = frame.pivot_table(index="state", columns="cohort", values="reform_math").to_numpy()
    starts = (treated == 0).sum(axis=1)
    found = parts(wide, starts)
    kinds = found.by_kind()
    published = {
        "never treated": (0.8838, -0.0013),
        "not yet treated": (0.0635, 0.0287),
        "already treated": (0.0527, 0.0338),
    }
    assert kinds.keys() == published.keys()
    for kind, both in published.items():
        assert kinds[kind] == pytest.approx(both, abs=6e-5)
    assert found.weight @ found.estimate == pytest.approx(0.00246, abs=5e-6)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10_000), n=st.integers(2, 12), T=st.integers(2, 9), heavy=st.booleans())
def test_the_parts_add_up_to_the_regression(seed: int, n: int, T: int, heavy: bool) -> None:
    outcomes, starts, treated = staggered(seed, n, T)
    weights = np.random.default_rng(seed).uniform(0.2, 3, n) if heavy else None
    found = decompose(outcomes, starts, weights)
    mass = None if weights is None else weights[:, None]
    whole = coefficient(outcomes, treated.astype(float), mass)
    assert found.weight.sum() == pytest.approx(1)
    assert (found.weight >= 0).all()
    assert found.weight @ found.estimate == pytest.approx(whole, abs=1e-9)
    kinds = found.by_kind()
    assert sum(weight for weight, _ in kinds.values()) == pytest.approx(1)


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 10_000), n=st.integers(3, 12), T=st.integers(3, 9), gaps=st.booleans(),
    heavy=st.booleans(),
)  # fmt: skip
def test_weights_turn_cell_effects_into_the_coefficient(
    seed: int, n: int, T: int, gaps: bool, heavy: bool
) -> None:
    """Without noise the coefficient is the weighted sum of the cells' effects."""
    rng = np.random.default_rng(seed)
    _, _, treated = staggered(seed, n, T)
    treatment = treated.astype(float)
    if gaps:
        treatment[2, rng.integers(T)] = np.nan
    mass = rng.uniform(0.2, 3, (n, T)) if heavy else None
    effects = rng.standard_normal((n, T))
    outcomes = (
        np.where(treated, effects, 0.0) + rng.standard_normal((n, 1)) + rng.standard_normal(T)
    )
    outcomes[np.isnan(treatment)] = np.nan
    found = cell_weights(treatment, mass)
    assert found.weight.sum() == pytest.approx(1)
    assert (found.weight * effects).sum() == pytest.approx(
        coefficient(outcomes, treatment, mass), abs=1e-8
    )
    assert found.negative == pytest.approx(found.weight[found.weight < 0].sum())


def test_one_start_has_no_negative_weights() -> None:
    found = cell_weights(np.repeat([[0.0, 0, 1, 1], [0.0, 0, 0, 0]], [2, 3], axis=0))
    assert (found.negative, found.share_negative) == (0.0, 0.0)
    assert found.spread == pytest.approx(0, abs=1e-12)
    assert found.weight[:2, 2:] == pytest.approx(np.full((2, 2), 0.25))


def test_what_cannot_be_taken_apart() -> None:
    with pytest.raises(ValueError, match="every unit in every period"):
        decompose(np.array([[1.0, np.nan], [0.0, 1.0]]), np.array([1, 2]))
    with pytest.raises(ValueError, match="different times"):
        decompose(np.ones((3, 2)), np.array([1, 1, 1]))
    with pytest.raises(ValueError, match="explain the treatment"):
        cell_weights(np.array([[0.0, 1.0], [0.0, 1.0]]))


def test_what_forbidden_comparisons_move_has_the_error_of_a_sum_over_units() -> None:
    outcomes = np.random.default_rng(6).normal(size=(12, 7))
    starts = np.repeat([2, 4, 7], 4)
    found = forbidden_part(outcomes, starts)
    # It is linear in every cell: what one unit more in a cell moves it by is the cell's weight.
    slopes = np.zeros_like(outcomes)
    for cell in np.ndindex(outcomes.shape):
        more = outcomes.copy()
        more[cell] += 1.0
        slopes[cell] = forbidden_part(more, starts).moved - found.moved
    assert (slopes * outcomes).sum() == pytest.approx(found.moved)
    scores = 4 * (slopes * outcomes).sum(axis=1)
    variance = sum(scores[starts == s].var(ddof=1) / 4 for s in (2, 4, 7))
    assert found.std_error == pytest.approx(np.sqrt(variance))
    assert found.df == 9
    parts = decompose(outcomes, starts)
    clean = np.isin(parts.kind, KINDS[:2])
    allowed = np.average(parts.estimate[clean], weights=parts.weight[clean])
    assert found.moved == pytest.approx(found.coefficient - allowed)
    assert found.weight == pytest.approx(parts.weight[~clean].sum())


def test_where_every_comparison_is_forbidden_no_part_of_it_is_told() -> None:
    # One unit was treated from the first period on: the other is compared with it alone.
    outcomes = np.array([[0.0, 1, 2], [0.0, 0, 1]])
    with pytest.raises(ValueError, match="every comparison is with units that are treated already"):
        forbidden_part(outcomes, np.array([0, 1]))
