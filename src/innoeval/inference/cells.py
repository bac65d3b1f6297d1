"""Inference on cells: choices for which a unit's change is not enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from innoeval.inference.choices import HC, Choice, Clustered, DriscollKraay
from innoeval.inference.groups import Mask, by_student
from innoeval.stats.contrast import Compared, Floats
from innoeval.stats.covariance import (
    Codes,
    Counts,
    bartlett,
    clustered,
    robust,
    small_sample,
    weighted,
)

#: Conventions under which each of two groupings, and their crossing, has its own factor.
_OWN = {"all", "sandwich", "statsmodels"}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Cells:
    """A complete panel whose treated units are compared over windows of time.

    Parameters
    ----------
    outcomes
        Array (N, T) without missing values in the windows.
    treated
        Mask (N,).
    columns
        Values of further columns by unit, each (N,).
    """

    outcomes: Floats
    treated: Mask
    columns: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)


def compare_cells(
    choice: Choice, cells: Cells, before: Mask, after: Mask, level: float
) -> Compared:
    """Two-way fixed effects over each pair of windows, with the chosen errors; (K,).

    Parameters
    ----------
    choice
        `HC`, `DriscollKraay`, or `Clustered` by period or two groupings.
    cells
        The panel.
    before, after
        Masks (K, T).
    level
        Level of the intervals.
    """
    found = [
        _one(choice, cells, one, other, level) for one, other in zip(before, after, strict=True)
    ]
    return Compared(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _one(choice: Choice, cells: Cells, before: Mask, after: Mask, level: float) -> Compared:
    inside = before | after
    values, post = cells.outcomes[:, inside], after[inside].astype(np.float64)
    n, length = values.shape
    ours = cells.treated - cells.treated.mean()
    regressor = np.outer(ours, post - post.mean())
    free = values - values.mean(axis=1, keepdims=True)
    free = free - free.mean(axis=0)
    size = float((regressor**2).sum())
    effect = float((regressor * free).sum()) / size
    X, residuals = regressor.reshape(-1, 1), (free - effect * regressor).reshape(-1, 1)
    unit, period = (code.ravel() for code in np.indices((n, length)))
    match choice:
        case HC():
            variance, df = _robust(X, residuals, choice, n, length)
        case DriscollKraay():
            lags = int(length**0.25) if choice.lags is None else choice.lags
            counts = Counts(n=n * length, slopes=1, nested=length, other=n)
            factor = small_sample(choice.small_sample, counts, length)
            variance = weighted(X, residuals, period, bartlett(length, lags)) * factor
            df = length - 1
        case Clustered():
            codes = [_codes(name, cells, unit, period) for name in choice.groups]
            variance, df = _by_groups(X, residuals, choice, codes, n, length)
        case _:
            raise TypeError(f"{choice} does not need cells")
    return by_student(np.array([effect]), variance[:, 0, 0], float(df), level)


def _robust(X: Floats, residuals: Floats, choice: HC, n: int, length: int) -> tuple[Floats, int]:
    """HC errors with the leverages and the freedom of all fixed effects counted."""
    cells, taken = n * length, n + length
    # Fixed effects are partialled out: a cell's leverage is theirs, 1/N + 1/T − 1/NT, and its own.
    left = 1 - (1 / n + 1 / length - 1 / cells) - (X**2 / (X**2).sum())
    scaled = {
        "HC0": residuals, "HC1": residuals * np.sqrt(cells / (cells - taken)),
        "HC2": residuals / np.sqrt(left), "HC3": residuals / left,
    }[choice.kind]  # fmt: skip
    return robust(X, scaled, "HC0"), cells - taken


def _by_groups(
    X: Floats, residuals: Floats, choice: Clustered, codes: list[Codes], n: int, length: int
) -> tuple[Floats, int]:
    """One grouping, or the sum of two less their crossing; each with its own factor."""
    names = list(choice.groups)
    sizes = [int(code.max()) + 1 for code in codes]
    if len(codes) == 2:
        crossed = np.unique(codes[0] * sizes[1] + codes[1], return_inverse=True)[1]
        codes, names, sizes = [*codes, crossed], [*names, "both"], [*sizes, int(crossed.max()) + 1]
    # Fixed effects nested within any of the groupings count as nested, as in fixest.
    units = n if any(name not in {"period", "both"} for name in names) else 0
    periods = length if "period" in names else 0
    both = 1 if units and periods else 0
    counts = Counts(
        n=n * length, slopes=1, nested=units + periods - both, other=n + length - units - periods
    )
    total = np.zeros((1, 1, 1))
    for code, size, sign in zip(codes, sizes, (1, 1, -1), strict=False):
        # fixest takes the smallest number of groups for all three, R's sandwich each its own.
        groups = size if choice.small_sample in _OWN or len(codes) == 1 else min(sizes[:2])
        total = total + sign * clustered(X, residuals, code) * small_sample(
            choice.small_sample, counts, groups
        )
    return total, min(sizes[:2]) - 1


def _codes(name: str, cells: Cells, unit: Codes, period: Codes) -> Codes:
    """Group of each cell."""
    if name == "period":
        return period
    if name == "unit":
        return unit
    return np.unique(cells.columns[name].astype(str), return_inverse=True)[1][unit]
