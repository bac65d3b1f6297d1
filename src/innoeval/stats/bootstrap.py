"""The wild cluster bootstrap, and bands from multipliers on influence functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from innoeval.stats.covariance import Codes, Counts, Floats, group_sums, small_sample

WildWeights = Literal["rademacher", "webb"]
MultiplierWeights = Literal["rademacher", "mammen", "normal"]

#: Two statistics closer than this (relative) are the same number computed in another order.
_SAME = 1e-9
#: So many halvings of a bracket: past this the ends are known to the last digits of a double.
_HALVINGS = 60


class Wild(NamedTuple):
    """One coefficient: estimate, clustered error, t, bootstrap p-value and interval."""

    effect: float
    std_error: float
    statistic: float
    p_value: float
    low: float
    high: float
    draws: int


def wild_weights(n_groups: int, draws: int, weights: WildWeights, seed: int) -> Floats:
    """Weights of the clusters in each draw, (B, G).

    Rademacher weights are listed exhaustively where there are at most so many as draws; as the
    statistics of a draw and its mirror image differ by the sign alone, half of them are listed.

    Parameters
    ----------
    n_groups
        Number of clusters, G.
    draws
        Number of draws.
    weights
        "rademacher" (±1), or "webb" (±√(1/2), ±1, ±√(3/2)) for very few clusters.
    seed
        Seed of the draws.

    References
    ----------
    Webb (2023), Canadian Journal of Economics 56:839-858, doi:10.1111/caje.12661.

    Examples
    --------
    >>> wild_weights(3, 99, "rademacher", seed=1).astype(int).tolist()
    [[1, 1, 1], [-1, 1, 1], [1, -1, 1], [-1, -1, 1]]
    """
    if weights == "rademacher" and 2.0**n_groups <= draws:
        number = np.arange(2 ** (n_groups - 1))[:, None]
        return np.where(number >> np.arange(n_groups) & 1, -1.0, 1.0)
    values = [-1.0, 1.0]
    if weights == "webb":
        root = np.sqrt([0.5, 1.0, 1.5])
        values = [*-root, *root]
    drawn = np.random.default_rng(seed).integers(len(values), size=(draws, n_groups))
    return np.asarray(np.array(values)[drawn])


def wild_cluster(
    X: Floats,
    outcome: Floats,
    codes: Codes,
    column: int,
    *,
    draws: int = 9999,
    weights: WildWeights = "rademacher",
    restricted: bool = True,
    level: float = 0.95,
    seed: int = 20260101,
    factor: float | None = None,
) -> Wild:
    """One coefficient's p-value and interval by the wild cluster bootstrap.

    All residuals of a cluster are multiplied by one random weight, and t recomputed. Score and
    residual sums of the clusters are all that this takes: with `A` (G, G) the scores of unit
    weights, the scores of all draws are one product V A. Under the hypothesis that the coefficient
    is θ, restricted residuals and so A are linear in θ, so that t of every draw at any θ follows
    from five numbers per draw; the interval holds the θ with a p-value above 1 − level.

    Parameters
    ----------
    X
        Regressors, (n, k), fixed effects among them or partialled out.
    outcome
        (n,).
    codes
        Cluster of each observation, 0 … G − 1.
    column
        Position of the coefficient in X.
    draws
        Number of draws; all 2^G Rademacher draws where these are at most so many.
    weights
        "rademacher", or "webb" for fewer than about ten clusters.
    restricted
        Impose the hypothesis on the residuals; without, they are those of the fit (with few
        treated clusters that rejects far too often).
    level
        Level of the interval.
    seed
        Seed of the draws.
    factor
        Small-sample factor of the printed error; it cancels in t. By default
        G/(G − 1) × (n − 1)/(n − k).

    Returns
    -------
    A draw counts against θ where its |t| is at least as large as the real one, so that the real
    weights always count (Stata's boottest and R's fwildclusterboot count only larger ones). An end
    is infinite where no θ on that side is rejected.

    References
    ----------
    Cameron, Gelbach & Miller (2008), Review of Economics and Statistics 90:414-427,
    doi:10.1162/rest.90.3.414; Roodman, MacKinnon, Nielsen & Webb (2019), Stata Journal 19:4-60,
    doi:10.1177/1536867X19830877.

    Examples
    --------
    A mean over 5 clusters of one: of 32 sign patterns, 2 give |t| as large as 1, 2, 3, 4, 5 do.

    >>> y = np.arange(1.0, 6)
    >>> found = wild_cluster(np.ones((5, 1)), y, np.arange(5), 0)
    >>> found.effect, found.p_value * 32
    (3.0, 2.0)
    """
    n_groups = int(codes.max()) + 1
    scores = _Scores.of(X, outcome, codes, column)
    if factor is None:
        counts = Counts(n=len(X), slopes=X.shape[1] - 1, other=1)
        factor = small_sample("all", counts, n_groups)
    drawn = wild_weights(n_groups, draws, weights, seed)
    counted = len(drawn) if len(drawn) == draws else 2 * len(drawn)
    unscaled = float(np.sqrt((scores.fitted**2).sum()) / scores.size)
    std_error = float(np.sqrt(factor)) * unscaled
    effect = scores.effect
    nothing = 1e-13 * float(np.abs(X[:, column]) @ np.abs(outcome)) / scores.size
    if unscaled <= nothing:
        # Nothing is left over: the fit leaves no doubt, and no draw differs from another.
        p_value = 1.0 if abs(effect) <= nothing else 0.0
        return Wild(effect, 0.0, np.inf, p_value, effect, effect, counted)
    ratios = _Ratios.of(scores, drawn, restricted=restricted)
    p_value = ratios.share(0.0)
    if restricted:
        low, high = (_end(ratios, unscaled, 1 - level, side) for side in (-1, 1))
    else:
        rank = int(np.floor((1 - level) * len(drawn) * (1 + _SAME)))
        reach = np.sort(np.sqrt(ratios.squared(0.0)))[::-1][rank] * unscaled
        low, high = effect - reach, effect + reach
    return Wild(effect, std_error, effect / std_error, p_value, low, high, counted)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Scores:
    """What the bootstrap needs of the data, cluster by cluster.

    `size` is x̃'x̃ of the coefficient's regressor freed of the others; `given` and `taken` hold the
    score that each cluster (column) gives, by its weight, to the score of each cluster (row), for
    residuals of the outcome and for those of the regressor: at θ it is given − θ taken.
    """

    effect: float
    size: float
    given: Floats
    taken: Floats
    own: Floats
    parts: Floats
    fitted: Floats

    @classmethod
    def of(cls, X: Floats, outcome: Floats, codes: Codes, column: int) -> _Scores:
        """Free the regressor and the outcome of the other columns; then only sums are needed."""
        others = np.delete(X, column, axis=1)
        basis = np.linalg.qr(others)[0] if others.shape[1] else others
        both = np.column_stack([outcome, X[:, column]])
        both = both - basis @ (basis.T @ both)
        y, x = both[:, 0], both[:, 1]
        size = float(x @ x)
        sums = group_sums(np.column_stack([x * y, x * x]), codes)
        # Through the other coefficients, every cluster's residuals reach every cluster's score.
        reach = group_sums(basis * x[:, None], codes)
        given, taken = (
            np.diag(sums[:, j])
            - reach @ group_sums(basis * both[:, j : j + 1], codes).T
            - np.outer(sums[:, 1], sums[:, j]) / size
            for j in (0, 1)
        )
        effect = float(sums[:, 0].sum() / size)
        return cls(
            effect=effect, size=size, given=given, taken=taken, own=sums[:, 0], parts=sums[:, 1],
            fitted=(sums[:, 0] - effect * sums[:, 1]),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Ratios:
    """t² of every draw at any θ: (top − θ slope)² over a + θ b + θ² c, against the real one."""

    effect: float
    real: float
    top: Floats
    slope: Floats
    a: Floats
    b: Floats
    c: Floats

    @classmethod
    def of(cls, scores: _Scores, drawn: Floats, *, restricted: bool) -> _Ratios:
        own, parts, given, taken = scores.own, scores.parts, scores.given, scores.taken
        if not restricted:
            # Residuals of the fit: those at θ = the estimate, whatever is tested.
            own, given = own - scores.effect * parts, given - scores.effect * taken
            parts, taken = np.zeros_like(parts), np.zeros_like(taken)
        fixed, moving = drawn @ given.T, drawn @ taken.T
        return cls(
            effect=scores.effect, real=float((scores.fitted**2).sum()) / scores.size**2,
            top=drawn @ own / scores.size, slope=drawn @ parts / scores.size,
            a=(fixed**2).sum(axis=1) / scores.size**2,
            b=-2 * (fixed * moving).sum(axis=1) / scores.size**2,
            c=(moving**2).sum(axis=1) / scores.size**2,
        )  # fmt: skip

    def squared(self, theta: float) -> Floats:
        """t² of every draw; infinite where a draw leaves nothing over."""
        below = np.maximum(self.a + theta * (self.b + theta * self.c), 0.0)
        with np.errstate(divide="ignore", invalid="ignore"):
            squared = (self.top - theta * self.slope) ** 2 / below
        return np.nan_to_num(squared, nan=0.0, posinf=np.inf)

    def share(self, theta: float) -> float:
        """Share of the draws whose |t| is at least as large as the real one."""
        bar = (self.effect - theta) ** 2 / self.real * (1 - _SAME)
        below = self.a + theta * (self.b + theta * self.c)
        counts = (self.top - theta * self.slope) ** 2 >= bar * below
        return int(np.count_nonzero(counts)) / len(self.top)


def _end(ratios: _Ratios, unit: float, error: float, side: int) -> float:
    """Where p falls to the error rate, going outwards from the estimate."""
    inside, step = ratios.effect, unit
    outside = inside + side * 2 * step
    while ratios.share(outside) > error:
        inside, step = outside, 2 * step
        outside = inside + side * 2 * step
        if step > 1e15 * unit:
            return side * np.inf
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if ratios.share(middle) > error:
            inside = middle
        else:
            outside = middle
        if abs(outside - inside) < 1e-10 * unit:
            break
    return (inside + outside) / 2


def multiplier(
    influence: Floats, level: float, draws: int, weights: MultiplierWeights, seed: int
) -> float:
    """Critical value that the largest of K studentised estimates exceeds with 1 − level.

    Each draw multiplies the units' influences by random numbers of mean 0 and variance 1, so that
    the dependence between the estimates is kept.

    Parameters
    ----------
    influence
        Of each unit or cluster on each estimate, (N, K); an estimate without any is left out.
    level
        Such as 0.95.
    draws, seed
        Number of draws, and their seed.
    weights
        "rademacher" (±1), "mammen" (third moment 1) or "normal".

    References
    ----------
    Mammen (1993), Annals of Statistics 21:255-285, doi:10.1214/aos/1176349025; Callaway &
    Sant'Anna (2021), doi:10.1016/j.jeconom.2020.12.001.

    Examples
    --------
    >>> alone = np.random.default_rng(1).normal(size=(500, 1))
    >>> abs(multiplier(alone, .95, 9999, "normal", seed=1) - 1.96) < .05
    True
    """
    size: Floats = np.sqrt((influence**2).sum(axis=0))
    scaled: Floats = influence[:, size > 0] / size[size > 0]
    if scaled.shape[1] == 0:
        return np.nan
    rng = np.random.default_rng(seed)
    shape = (draws, len(influence))
    drawn: Floats
    if weights == "normal":
        drawn = rng.standard_normal(shape)
    elif weights == "rademacher":
        drawn = np.where(rng.integers(2, size=shape) > 0, 1.0, -1.0)
    else:
        root = np.sqrt(5.0)
        drawn = np.where(
            rng.random(shape) < (root + 1) / (2 * root), (1 - root) / 2, (1 + root) / 2
        )
    return float(np.quantile(np.abs(drawn @ scaled).max(axis=1), level))
