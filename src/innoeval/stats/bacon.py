"""What two-way fixed effects average when treatment starts at different times."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats.imputation import two_way

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Labels = npt.NDArray[np.str_]

#: Kinds of comparisons; the last two are forbidden: units that are treated already stand in for
#: what would have happened without treatment.
KINDS = ("never treated", "not yet treated", "already treated", "always treated")


class Decomposition(NamedTuple):
    """K comparisons of two cohorts over two windows, each an array of shape (K,).

    `treated` and `comparison` are first treated positions (0: always treated, T: never); `kind` is
    one of `KINDS`. The weights sum to 1, and weights times estimates to the coefficient.
    """

    treated: Positions
    comparison: Positions
    kind: Labels
    weight: Floats
    estimate: Floats

    def by_kind(self) -> dict[str, tuple[float, float]]:
        """Weight of each kind of comparison that there is, and its average estimate."""
        found = {}
        for kind in KINDS:
            one = self.kind == kind
            if one.any():
                weight = float(self.weight[one].sum())
                found[kind] = weight, float(self.weight[one] @ self.estimate[one]) / weight
        return found


def decompose(outcomes: Floats, starts: Positions, weights: Floats | None = None) -> Decomposition:
    r"""The two-way fixed effects coefficient as a weighted average of two-by-two comparisons.

    For each pair of cohorts, the one that starts earlier is held against the other before that
    one's start, and the later one against the earlier one after the earlier one's start. With
    shares of units n and of treated periods D, the weights are proportional to
    :math:`n_e n_l (D_e-D_l)(1-D_e)` and :math:`n_e n_l D_l(D_e-D_l)`.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing values: with missing cells no such decomposition is exact.
    starts
        Position of each unit's first treated period, (N,): 0 or less for units that are treated
        from the first period on, T or more for those that never are.
    weights
        Weights of the units, (N,).

    Raises
    ------
    ValueError
        Where a value is missing, or all units start together.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225:254-277, doi:10.1016/j.jeconom.2021.03.014.

    Examples
    --------
    A rises by 1 when it starts in period 1, and by 1 again; B rises by 1 when it starts in period
    2. Held against A, whose effect still grows, B seems to gain nothing:

    >>> found = decompose(np.array([[0., 1, 2], [0., 0, 1]]), np.array([1, 2]))
    >>> found.kind.tolist(), found.weight.round(12).tolist(), found.estimate.tolist()
    (['not yet treated', 'already treated'], [0.5, 0.5], [1.0, 0.0])
    """
    T = outcomes.shape[1]
    if not np.isfinite(outcomes).all():
        raise ValueError("a decomposition needs every unit in every period")
    cohorts, member = np.unique(np.clip(starts, 0, T), return_inverse=True)
    if len(cohorts) < 2:
        raise ValueError("a decomposition needs units that start at different times, or never")
    mass = np.ones(len(outcomes)) if weights is None else np.asarray(weights, dtype=np.float64)
    size = np.bincount(member, mass)
    sums = np.zeros((len(cohorts), T))
    np.add.at(sums, member, outcomes * mass[:, None])
    means = sums / size[:, None]
    share, dose = size / size.sum(), (T - cohorts) / T
    rows = []
    for e in range(len(cohorts)):
        for k in range(e + 1, len(cohorts)):
            one, other = int(cohorts[e]), int(cohorts[k])
            gap = share[e] * share[k] * (dose[e] - dose[k])
            if one > 0:
                effect = _two_by_two(means[e], means[k], 0, one, other)
                kind = KINDS[0] if other == T else KINDS[1]
                rows.append((one, other, kind, gap * (1 - dose[e]), effect))
            if other < T:
                effect = _two_by_two(means[k], means[e], one, other, T)
                kind = KINDS[3] if one == 0 else KINDS[2]
                rows.append((other, one, kind, gap * dose[k], effect))
    treated, comparison, kinds, weight, estimate = zip(*rows, strict=True)
    total = np.array(weight)
    return Decomposition(
        treated=np.array(treated), comparison=np.array(comparison), kind=np.array(kinds),
        weight=total / total.sum(), estimate=np.array(estimate),
    )  # fmt: skip


class Forbidden(NamedTuple):
    """What comparisons with units treated already do to a two-way coefficient.

    `weight` is their share; `moved` the coefficient less what the other comparisons give, with a
    standard error over units within cohorts and its degrees of freedom.
    """

    coefficient: float
    weight: float
    moved: float
    std_error: float
    df: float


def forbidden_part(outcomes: Floats, starts: Positions) -> Forbidden:
    """How far comparisons with units that are treated already move a two-way coefficient.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing values.
    starts
        Position of each unit's first treated period, (N,), as for `decompose`.

    Raises
    ------
    ValueError
        As `decompose`; or where every comparison is forbidden.

    Examples
    --------
    As in `decompose`: half of the weight, 0 instead of 1, so .5 instead of 1:

    >>> found = forbidden_part(np.array([[0., 1, 2], [0., 0, 1]]), np.array([1, 2]))
    >>> round(found.coefficient, 9), found.weight, round(found.moved, 9)
    (0.5, 0.5, -0.5)
    """
    found = decompose(outcomes, starts)
    T = outcomes.shape[1]
    clean = np.isin(found.kind, KINDS[:2])
    if not clean.any():
        raise ValueError("every comparison is with units that are treated already")
    share = found.weight * (1.0 - clean / found.weight[clean].sum())
    cohorts, member = np.unique(np.clip(starts, 0, T), return_inverse=True)
    place = {int(cohort): g for g, cohort in enumerate(cohorts)}
    # Coefficient of each cohort's mean in each period: the difference is linear in them.
    by_cohort = np.zeros((len(cohorts), T))
    for ours, theirs, kind, part in zip(
        found.treated, found.comparison, found.kind, share, strict=True
    ):
        if kind in KINDS[:2]:
            first, start, stop = 0, int(ours), int(theirs)
        else:
            first, start, stop = int(theirs), int(ours), T
        pair = np.zeros(T)
        pair[start:stop] = part / (stop - start)
        pair[first:start] = -part / (start - first)
        by_cohort[place[int(ours)]] += pair
        by_cohort[place[int(theirs)]] -= pair
    scores = (outcomes * by_cohort[member]).sum(axis=1)
    size = np.bincount(member)
    means = np.bincount(member, scores) / size
    squares = np.bincount(member, (scores - means[member]) ** 2)
    df = len(scores) - len(cohorts)
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = squares / (size - 1)
    # A cohort of one unit has no variance of its own: it is taken to be as noisy as the noisiest.
    known = size > 1
    variance = np.where(known, variance, variance[known].max() if known.any() else 0.0)
    return Forbidden(
        coefficient=float(found.weight @ found.estimate),
        weight=float(found.weight[~clean].sum()),
        moved=float(share @ found.estimate),
        std_error=float(np.sqrt((variance / size).sum())),
        df=float(max(df, 1)),
    )


def _two_by_two(ours: Floats, theirs: Floats, first: int, start: int, stop: int) -> float:
    """Change of the difference of two paths, from [first, start) to [start, stop)."""
    gap = ours - theirs
    return float(gap[start:stop].mean() - gap[first:start].mean())


class CellWeights(NamedTuple):
    """Weights of treated cells in a two-way fixed effects coefficient.

    `weight` (N, T) is 0 for cells without treatment and sums to 1; `negative` is the sum of the
    negative ones, `share_negative` the share of treated cells that have one; `spread` the standard
    deviation of the weights, as multiples of equal ones: if the coefficient is b and effects differ
    between cells by a standard deviation of |b| / spread, the average effect could be zero.
    """

    weight: Floats
    negative: float
    share_negative: float
    spread: float


def cell_weights(treatment: Floats, weights: Floats | None = None) -> CellWeights:
    """How much each treated cell's effect counts in the two-way fixed effects coefficient.

    Parameters
    ----------
    treatment
        Array (N, T): 1 where treated, 0 where not, `nan` where the outcome is missing; or a dose.
    weights
        Weights of the cells, (N, T).

    Raises
    ------
    ValueError
        Where unit and period effects explain the treatment.

    References
    ----------
    de Chaisemartin & D'Haultfœuille (2020), American Economic Review 110:2964-2996,
    doi:10.1257/aer.20181169.

    Examples
    --------
    The unit that starts first counts negatively in the last period, when both are treated:

    >>> found = cell_weights(np.array([[0., 1, 1], [0., 0, 1]]))
    >>> found.weight.round(12).tolist(), found.share_negative
    ([[0.0, 1.0, -0.5], [0.0, 0.0, 0.5]], 0.3333333333333333)
    """
    seen = np.isfinite(treatment)
    mass = seen.astype(np.float64) if weights is None else np.where(seen, weights, 0.0)
    dose = np.where(seen, treatment, 0.0)
    fitted, _, _ = two_way(dose, mass)
    # How far a cell's treatment is above what its unit and period let expect.
    excess = np.where(mass > 0, dose - fitted, 0.0)
    share = mass * dose
    total = float((share * excess).sum())
    if total <= 1e-10 * share.sum():
        raise ValueError("unit and period effects explain the treatment; no cell can be weighed")
    weight = share * excess / total
    # Rounding must not turn a weight of zero into a negative one.
    weight[np.abs(weight) < 1e-12 * np.abs(weight).max()] = 0.0
    cells = share > 0
    equal = share / share.sum()
    ratio = weight[cells] / equal[cells]
    return CellWeights(
        weight=weight,
        negative=float(np.minimum(weight, 0.0).sum()),
        share_negative=float((weight[cells] < 0).mean()),
        spread=float(np.sqrt(equal[cells] @ (ratio - 1) ** 2)),
    )
