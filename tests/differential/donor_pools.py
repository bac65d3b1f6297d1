"""Synthetic control against a solver of another kind; synthetic difference-in-differences: diff-diff."""

from __future__ import annotations

import numpy as np
from tests.differential.asked import Answer, Asked, quiet
from tests.differential.drawn import donors
from tests.panels import claim_on, panel_of

from innoeval.designs import SyntheticControl, SyntheticDiD
from innoeval.inference import PlaceboInSpace
from innoeval.stats.donors import Task
from innoeval.stats.donors import synthetic_control as solve


def synthetic_control(seed: int) -> Asked:
    """The effect, and the misfit that the weights leave before the start."""
    from scipy.optimize import nnls

    y = donors(seed)
    before = np.arange(y.shape[1]) < 12
    with quiet():
        ours = SyntheticControl().fit(panel_of(y), claim_on([0], 12))
    # Weights that sum to one as a very heavy row of a non-negative least squares.
    heavy = 1e5
    A = np.vstack([y[1:, before].T, np.full(len(y) - 1, heavy)])
    weights, _ = nnls(A, np.append(y[0, before], heavy), maxiter=10_000)
    weights /= weights.sum()
    gap = y[0] - weights @ y[1:]
    task = Task(y[:1], before, ~before, np.arange(len(y))[None, :] > 0)
    mine = solve(y, task).weights[0, 1:]
    misfit = [float(np.sqrt(((y[0] - w @ y[1:])[before] ** 2).mean())) for w in (mine, weights)]
    return Asked([
        Answer("scipy nnls", "effect", ours.effect, float(gap[~before].mean()), 1e-4),
        Answer("scipy nnls", "misfit before the start", misfit[0], misfit[1], 1e-5),
    ])  # fmt: skip


def synthetic_did(seed: int) -> Asked:
    """The effect; the peer's solver stops early, as the published one does."""
    from diff_diff import SyntheticDiD as Peer

    y, n_treated = donors(seed), 1 + seed % 3
    panel = panel_of(y)
    frame = panel.frame.assign(year=lambda d: d["year"].dt.year)
    frame["ours"] = (frame["unit"].str[1:].astype(int) < n_treated).astype(int)
    with quiet():
        ours = SyntheticDiD().fit(
            panel, claim_on(range(n_treated), 12), inference=PlaceboInSpace(draws=9)
        )
        peer = Peer(variance_method="placebo", n_bootstrap=2, seed=1).fit(
            frame, outcome="y", treatment="ours", unit="unit", time="year",
            post_periods=list(range(2012, 2018)),
        )  # fmt: skip
    return Asked([
        Answer("scipy nnls", "effect", ours.effect, _by_nnls(y, n_treated, 12), 1e-4),
        Answer("diff-diff", "effect", ours.effect, peer.att, 5e-2,
               "EXPLAINED: its Frank-Wolfe steps stop at a set decrease; ours go on to the minimum"),
    ])  # fmt: skip


def _by_nnls(y: np.ndarray, n_treated: int, launch: int) -> float:
    """The estimator as its paper writes it, both sets of weights by non-negative least squares."""
    treated, pool = y[:n_treated].mean(axis=0), y[n_treated:]
    before, after = slice(0, launch), slice(launch, y.shape[1])
    noise = float(np.diff(pool[:, before], axis=1).std(ddof=1))
    zeta = (n_treated * (y.shape[1] - launch)) ** 0.25 * noise
    units = _simplex(pool[:, before].T, treated[before], zeta**2 * launch)
    periods = _simplex(
        pool[:, before], pool[:, after].mean(axis=1), (1e-6 * noise) ** 2 * len(pool)
    )

    def change(path: np.ndarray) -> float:
        return float(path[after].mean() - periods @ path[before])

    return change(treated) - change(units @ pool)


def _simplex(A: np.ndarray, b: np.ndarray, ridge: float) -> np.ndarray:
    """Weights on the simplex, with a level of their own and a ridge."""
    from scipy.optimize import nnls

    heavy, n = 1e5, A.shape[1]
    rows = [A - A.mean(axis=0), np.sqrt(ridge) * np.eye(n), np.full((1, n), heavy)]
    weights, _ = nnls(np.vstack(rows), np.concatenate([b - b.mean(), np.zeros(n), [heavy]]),
                      maxiter=100 * n)  # fmt: skip
    return weights / weights.sum()
