"""Clustered errors with few clusters: residuals inflated cluster by cluster, honest freedom."""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.covariance import Codes, Floats

Kind = Literal["CR2", "CR3"]
Blocks = list[npt.NDArray[np.intp]]


class Reduced(NamedTuple):
    """Covariances (K, k, k) and Satterthwaite degrees of freedom of each coefficient, (k,)."""

    covariance: Floats
    df: Floats


def reduced_bias(X: Floats, residuals: Floats, codes: Codes, kind: Kind = "CR2") -> Reduced:
    """Clustered covariance whose bias is reduced, and the degrees of freedom that it is worth.

    With H_g the block of the hat matrix that belongs to cluster g, its residuals are multiplied by
    (I − H_g)^(−1/2) ("CR2": unbiased if observations were independent and alike) or (I − H_g)^(−1)
    ("CR3": what leaving one cluster out at a time gives). The estimated variance is a quadratic
    form of the errors; if these were independent and alike, its first two moments give the degrees
    of freedom. Where a cluster alone identifies a coefficient, the part that it would have to be
    divided by zero for is left out (a pseudo-inverse), as in R's clubSandwich.

    Parameters
    ----------
    X
        All regressors, fixed effects that are not nested within clusters included, (n, k).
    residuals
        Of K outcomes, (n, K).
    codes
        Cluster of each observation, 0 … G − 1.
    kind
        "CR2" or "CR3".

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181; Imbens & Kolesár (2016), Review of
    Economics and Statistics 98:701-712, doi:10.1162/REST_a_00552; Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36:672-683, doi:10.1080/07350015.2016.1247004.

    Examples
    --------
    A mean of 0 and 2, each its own cluster: HC2 = 1 with one degree of freedom.

    >>> found = reduced_bias(np.ones((2, 1)), np.array([[-1.0], [1.0]]), np.array([0, 1]))
    >>> round(found.covariance.item(), 9), round(found.df.item(), 9)
    (1.0, 1.0)
    """
    # On an orthonormal basis of the regressors: however alike two of them are, no digits are lost.
    basis, triangle = np.linalg.qr(X)
    back = np.linalg.inv(triangle)
    power = {"CR2": -0.5, "CR3": -1.0}[kind]
    k, n_groups = X.shape[1], int(codes.max()) + 1
    sums = np.empty((n_groups, k, residuals.shape[1]))
    crossed, squares = np.empty((n_groups, k, k)), np.empty((n_groups, k))
    for g, rows in enumerate(_blocks(codes)):
        block = basis[rows]
        inflated = _power(np.eye(len(rows)) - block @ block.T, power)
        sums[g] = block.T @ (inflated @ residuals[rows])
        own = inflated @ block @ back.T
        squares[g] = (own**2).sum(axis=0)
        crossed[g] = own.T @ block
    meat = np.einsum("gaK,gbK->Kab", sums, sums, optimize=True)
    return Reduced(np.asarray(back @ meat @ back.T), _freedom(squares, crossed))


def jackknife(X: Floats, outcomes: Floats, codes: Codes) -> Floats:
    """Covariance from leaving one cluster out at a time, (K, k, k): (G − 1)/G × CR3.

    Parameters
    ----------
    X
        All regressors, (n, k).
    outcomes
        K outcomes, or their residuals: the result is the same, (n, K).
    codes
        Cluster of each observation, 0 … G − 1.

    References
    ----------
    MacKinnon, Nielsen & Webb (2023), Journal of Applied Econometrics 38:671-694,
    doi:10.1002/jae.2969.

    Examples
    --------
    Leaving one of 0, 2, 4 out moves the mean 2 to 3, 2, 1: (2/3) × (1 + 0 + 1) = 4/3.

    >>> round(jackknife(np.ones((3, 1)), np.array([[0.0], [2], [4]]), np.arange(3)).item(), 12)
    1.333333333333
    """
    gram, right = X.T @ X, X.T @ outcomes
    full = np.linalg.solve(gram, right)
    n_groups = int(codes.max()) + 1
    moved = np.empty((n_groups, *full.shape))
    for g, rows in enumerate(_blocks(codes)):
        block = X[rows]
        # A pseudo-inverse: without its only cluster a coefficient is not identified.
        without = np.linalg.pinv(gram - block.T @ block, hermitian=True)
        moved[g] = without @ (right - block.T @ outcomes[rows]) - full
    total: Floats = np.einsum("gaK,gbK->Kab", moved, moved, optimize=True)
    return total * (n_groups - 1) / n_groups


def _freedom(squares: Floats, crossed: Floats) -> Floats:
    """(tr Γ)² / tr Γ² of Γ_gh = [g = h] a_g'a_g − a_g'Q_g Q_h'a_h, for each coefficient.

    Q is the orthonormal basis; with D the diagonal matrix and C the rows a_g'Q_g, both traces need
    k × k products alone.
    """
    df = np.empty(squares.shape[1])
    for c in range(len(df)):
        own, across = squares[:, c], crossed[:, c, :]
        taken = (across**2).sum(axis=1)
        product = across.T @ across
        trace = own.sum() - taken.sum()
        total = (own**2).sum() - 2 * (own * taken).sum() + np.trace(product @ product)
        df[c] = trace**2 / total if total > 0 else np.nan
    return df


def _power(block: Floats, power: float) -> Floats:
    """Symmetric pseudo-power of a block of the residual maker, whose eigenvalues lie in [0, 1]."""
    values, vectors = np.linalg.eigh(block)
    kept = values > 1e-10
    raised: Floats = (vectors[:, kept] * values[kept] ** power) @ vectors[:, kept].T
    return raised


def _blocks(codes: Codes) -> Blocks:
    """Row numbers of each group."""
    order = np.argsort(codes, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(codes[order])) + 1)
