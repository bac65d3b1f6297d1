"""Many tests, many sites, few clusters: statsmodels, metafor, p.adjust and plain enumeration."""

from __future__ import annotations

from itertools import product

import numpy as np
import pandas as pd
from tests.differential.asked import Answer, Asked, quiet

from innoeval.stats.bootstrap import wild_cluster
from innoeval.stats.false_discovery import benjamini_hochberg, benjamini_yekutieli
from innoeval.stats.multiplicity import holm
from innoeval.stats.random_effects import random_effects


def adjusted(seed: int) -> Asked:
    """Holm, Benjamini-Hochberg and Benjamini-Yekutieli, with ties."""
    from statsmodels.stats.multitest import multipletests

    rng = np.random.default_rng([seed, 6])
    p = rng.beta(0.5, 1.5, int(rng.integers(2, 40)))
    p = np.round(p, 2) if seed % 2 else p
    place = int(rng.integers(len(p)))
    found = []
    ours = {"holm": holm(p), "fdr_bh": benjamini_hochberg(p), "fdr_by": benjamini_yekutieli(p)}
    for name, values in ours.items():
        theirs = multipletests(p, method=name)[1]
        worst = int(np.abs(values - theirs).argmax())
        found.append(Answer("statsmodels", f"adjusted p-value, {name}", float(values[worst]),
                            float(theirs[worst]), 1e-12))  # fmt: skip
        found.append(Answer("R p.adjust", f"adjusted p-value, {name}", float(values[place]), None,
                            1e-12, "", "adjust", f"{name}:{place}"))  # fmt: skip
    return Asked(found, {"adjust": pd.DataFrame({"p": p})})


def pooled(seed: int) -> Asked:
    """Random effects by REML with Hartung and Knapp's errors."""
    rng = np.random.default_rng([seed, 7])
    k = int(rng.integers(3, 20))
    se = rng.uniform(0.2, 1.2, k)
    y = rng.normal(0.5, float(rng.choice([0.0, 0.1, 0.5, 1.5])), k) + se * rng.normal(size=k)
    fit = random_effects(y, se**2)
    error = float(np.sqrt(fit.covariance[0, 0]))
    found = [
        Answer("R metafor", "average", float(fit.coefficients[0]), None, 1e-6, "", "pool", "mean"),
        Answer("R metafor", "its error", error, None, 1e-6, "test='knha'", "pool", "se"),
        Answer("R metafor", "variance between sites", fit.tau2, None, 1e-6, "", "pool", "tau2"),
        Answer("R metafor", "Cochran's Q", fit.q, None, 1e-8, "", "pool", "q"),
    ]
    return Asked(found, {"pool": pd.DataFrame({"y": y, "se": se})})


def wild(seed: int) -> Asked:
    """The restricted wild bootstrap with every sign listed: regressions one by one, and diff-diff."""
    from diff_diff.utils import wild_bootstrap_se

    rng = np.random.default_rng([seed, 8])
    groups, size = 7, int(rng.integers(3, 9))
    codes = np.repeat(np.arange(groups), size)
    X = np.column_stack(
        [np.ones(len(codes)), rng.normal(size=len(codes)), rng.random(len(codes)) < 0.5]
    )
    X[:, 1] += rng.normal(size=groups)[codes]
    y = 0.4 * X[:, 1] + rng.normal(size=groups)[codes] + rng.normal(size=len(codes))
    found = wild_cluster(X, y, codes, 1)
    with quiet():
        theirs = wild_bootstrap_se(X, y, y, codes, 1, n_bootstrap=999, seed=1)
    # Where no other draw reaches the real one, the peer says 1 / (draws + 1) for none.
    none = theirs.p_value <= 1 / (2**groups + 1) + 1e-12
    real = 2 / 2**groups + (0.0 if none else theirs.p_value)
    return Asked([
        Answer("by hand", "p-value", found.p_value, _enumerated(X, y, codes), 1e-12),
        Answer("diff-diff", "error of the draws", found.std_error, theirs.se, 1e-8),
        Answer("diff-diff", "p-value", found.p_value, real, 1e-12,
               "its p-value leaves out the two draws that repeat the data; they are added"),
    ])  # fmt: skip


def _enumerated(X: np.ndarray, y: np.ndarray, codes: np.ndarray) -> float:
    """Share of all sign patterns whose |t| is at least the real one."""
    rest = np.delete(X, 1, axis=1)
    fitted = rest @ np.linalg.lstsq(rest, y, rcond=None)[0]
    residual, bread = y - fitted, np.linalg.inv(X.T @ X)

    def t(values: np.ndarray) -> float:
        beta = bread @ X.T @ values
        scores = X * (values - X @ beta)[:, None]
        sums = np.array([scores[codes == g].sum(axis=0) for g in np.unique(codes)])
        return abs(beta[1]) / np.sqrt((bread @ (sums.T @ sums) @ bread)[1, 1])

    real = t(y)
    signs = product((-1.0, 1.0), repeat=int(codes.max()) + 1)
    return float(np.mean([t(fitted + residual * np.array(s)[codes]) >= real - 1e-9 for s in signs]))
