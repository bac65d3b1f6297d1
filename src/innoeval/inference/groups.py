"""Inference on one number per unit: treated units against comparison units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from innoeval.errors import DesignError
from innoeval.inference.choices import (
    CR2,
    CR3,
    Choice,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
    needs_cells,
)
from innoeval.stats.bootstrap import multiplier, wild_cluster
from innoeval.stats.contrast import Compared, Floats, compare, student
from innoeval.stats.covariance import (
    Codes,
    Counts,
    clustered,
    kilometres,
    nearby,
    small_sample,
    weighted,
)
from innoeval.stats.few_treated import donald_lang, noise_by_size, placebo_residuals
from innoeval.stats.noise import group_noise
from innoeval.stats.randomization import assignments, randomise, randomise_t
from innoeval.stats.reduced_bias import jackknife, reduced_bias

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Groups:
    """Contrasts of treated and comparison units, and what is known of the units beforehand.

    Parameters
    ----------
    contrasts
        One number per unit and question, such as its change: array (N, K) without missing values.
    treated
        Mask (N,).
    noise
        Noise of each unit before the start, up to a common factor, (N,).
    counts
        Cells, and coefficients, of the regression on cells that the contrasts stand for.
    columns
        Values of further columns by unit, each (N,); "unit" holds the names.
    """

    contrasts: Floats
    treated: Mask
    noise: Floats
    counts: Counts
    columns: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)

    def only(self, units: Mask, question: int) -> Groups:
        """Some units and one question."""
        return replace(
            self,
            contrasts=self.contrasts[units, question : question + 1],
            treated=self.treated[units],
            noise=self.noise[units],
            columns={name: values[units] for name, values in self.columns.items()},
        )

    def codes(self, by: str) -> Codes:
        """Cluster of each unit, 0 … G − 1."""
        if by == "unit":
            return np.arange(len(self.treated))
        return np.unique(self.columns[by].astype(str), return_inverse=True)[1]


def compare_groups(choice: Choice, groups: Groups, level: float) -> Compared:
    """Difference in mean contrasts, with the chosen inference; arrays of shape (K,).

    With one contrast per unit the regression on a treatment indicator has the same estimate and
    clustered scores as two-way fixed effects on the cells, so that nothing is lost.

    Parameters
    ----------
    choice
        The inference.
    groups
        What is compared.
    level
        Level of the intervals.

    Raises
    ------
    DesignError
        For a choice that needs cells (`needs_cells`), or a negative variance.

    Examples
    --------
    >>> groups = Groups(contrasts=np.array([[2.0], [4.0], [0.0], [2.0]]), noise=np.ones(4),
    ...                 treated=np.array([True, True, False, False]), counts=Counts(8, 1, 4, 2))
    >>> [compare_groups(choice, groups, .95).df.item() for choice in (CR2(), DonaldLang())]
    [2.0, 2.0]
    """
    if needs_cells(choice):
        raise DesignError(f"{type(choice).__name__} needs cells, and was given one number per unit")
    contrasts, treated = groups.contrasts, groups.treated
    match choice:
        case Randomization():
            found = _randomised(choice, groups, level)
        case ConleyTaber() | FermanPinto():
            found = _placebo(choice, groups, level)
        case DonaldLang():
            found = donald_lang(contrasts, treated, level)
        case WildClusterBootstrap():
            found = _wild(choice, groups, level)
        case CR2(by="unit"):
            found = compare(contrasts, treated, level, alike=choice.df == "satterthwaite")
        case _:
            found = _least_squares(choice, groups, level)
    return found


def band(choice: Multiplier, groups: Groups, level: float) -> float:
    """Critical value with which all contrasts at once are covered."""
    influence = influence_of(groups.contrasts, groups.treated)
    return multiplier(influence, level, choice.draws, choice.weights, choice.seed)


def influence_of(contrasts: Floats, treated: Mask) -> Floats:
    """Influence of each unit on the difference in means, (N, K): Var = Σ influence² / N²."""
    n, ours = len(treated), int(treated.sum())
    out = np.where(treated, n / ours, -n / (n - ours))[:, None] * contrasts
    for group in (treated, ~treated):
        out[group] -= out[group].mean(axis=0)
    return out


def _least_squares(choice: Choice, groups: Groups, level: float) -> Compared:
    """Errors of the coefficient on the treatment indicator."""
    X = np.column_stack([np.ones(len(groups.treated)), groups.treated])
    centred = groups.contrasts - groups.contrasts.mean(axis=0)
    coefficients = np.linalg.lstsq(X, centred, rcond=None)[0]
    residuals = centred - X @ coefficients
    codes = groups.codes(getattr(choice, "by", "unit"))
    n_groups = int(codes.max()) + 1
    df = float(n_groups - 1)
    match choice:
        case Clustered():
            factor = small_sample(choice.small_sample, groups.counts, n_groups)
            covariance = clustered(X, residuals, codes) * factor
        case CR2():
            found = reduced_bias(X, residuals, codes, "CR2")
            covariance, df = found.covariance, float(found.df[1])
        case CR3():
            covariance = reduced_bias(X, residuals, codes, "CR3").covariance
        case Jackknife():
            covariance = jackknife(X, residuals, codes)
        case Conley():
            covariance = weighted(X, residuals, codes, _likeness(choice, groups))
            df = np.inf
        case _:
            covariance = clustered(X, residuals, codes)
            df = np.inf
    return by_student(coefficients[1], covariance[:, 1, 1], df, level)


def by_student(effect: Floats, variance: Floats, df: float, level: float) -> Compared:
    """Student's t, or the normal law for infinite degrees of freedom.

    A variance that comes out negative, as sums over two groupings or over distances can, sets no
    bound.

    Raises
    ------
    DesignError
        Where every variance is negative.
    """
    if (variance < 0).all():
        raise DesignError(
            "the chosen errors give a negative variance here; choose CR2() or one grouping"
        )
    freedom = np.full(len(effect), df if np.isfinite(df) else 1e12)
    known = variance >= 0
    found = student(effect, np.sqrt(np.where(known, variance, 0.0)), freedom, level)
    return Compared(
        effect=effect,
        std_error=np.where(known, found.std_error, np.nan),
        df=np.full(len(effect), df),
        p_value=np.where(known, found.p_value, 1.0),
        low=np.where(known, found.low, -np.inf),
        high=np.where(known, found.high, np.inf),
    )


def _randomised(choice: Randomization, groups: Groups, level: float) -> Compared:
    chosen = assignments(groups.treated, choice.draws, choice.seed)
    if choice.statistic == "t":
        found = randomise_t(groups.contrasts, chosen, level)
    else:
        own = choice.statistic == "own_noise"
        noise = group_noise(groups.noise, groups.treated) if own else None
        found = randomise(groups.contrasts, chosen, level, noise)
    no_df = np.full(len(found.effect), np.nan)
    return Compared(found.effect, found.std_error, no_df, found.p_value, found.low, found.high)


def _placebo(choice: ConleyTaber | FermanPinto, groups: Groups, level: float) -> Compared:
    noise = groups.noise if isinstance(choice, FermanPinto) else None
    if isinstance(choice, FermanPinto) and choice.sizes:
        sizes = groups.columns[choice.sizes].astype(np.float64)
        noise = noise_by_size(groups.contrasts, groups.treated, sizes)
    return placebo_residuals(
        groups.contrasts, groups.treated, level, noise=noise, draws=choice.draws, seed=choice.seed
    )


def _wild(choice: WildClusterBootstrap, groups: Groups, level: float) -> Compared:
    X = np.column_stack([np.ones(len(groups.treated)), groups.treated])
    codes = groups.codes(choice.by)
    factor = small_sample("nonnested", groups.counts, int(codes.max()) + 1)
    found = [
        wild_cluster(
            X, contrast, codes, 1, draws=choice.draws, weights=choice.weights,
            restricted=choice.restricted, level=level, seed=choice.seed, factor=factor,
        )
        for contrast in groups.contrasts.T
    ]  # fmt: skip
    effect, error, _, p_value, low, high, _ = (
        np.array(values) for values in zip(*found, strict=True)
    )
    return Compared(effect, error, np.full(len(effect), np.nan), p_value, low, high)


def _likeness(choice: Conley, groups: Groups) -> Floats:
    """How alike each pair of units is, (N, N)."""
    if choice.coordinates is None:
        place = {str(name): i for i, name in enumerate(groups.columns["unit"])}
        alike = np.eye(len(place))
        for one, two in choice.neighbours:
            if one in place and two in place:
                alike[place[one], place[two]] = alike[place[two], place[one]] = 1.0
        return alike
    up, along = (groups.columns[name].astype(np.float64) for name in choice.coordinates)
    if choice.distance == "great_circle":
        apart = kilometres(up, along)
    else:
        apart = np.hypot(np.subtract.outer(up, up), np.subtract.outer(along, along))
    return nearby(apart, choice.cutoff, fading=choice.fading)
