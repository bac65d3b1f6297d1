"""Sites of one panel share comparison units: how alike their errors are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.records.evaluation import Evaluation

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.freeze import Floats
    from innoeval.records.portfolio import Portfolio

#: Designs that hold a site against its own past, and use no other unit.
ALONE = ("SegmentedRegression", "StructuralTimeSeries", "BeforeAfter")


def sharing(sites: pd.DataFrame) -> pd.Series:
    """Which rows of `Portfolio.tidy()` have a panel that another row has, too."""
    return (sites["panel"] != "") & sites["panel"].duplicated(keep=False)


def errors_together(portfolio: Portfolio, sites: pd.DataFrame) -> Floats | str:
    r"""Covariance of the errors of some estimates, as improvement on the claim's scale.

    An estimate's error is the sum over units of their influences, so that two estimates of one
    panel have the covariance :math:`\sum_i a_i b_i/N^2`. Standard errors stay those of the estimates:
    influences do not hold all of them, and of a unit that is treated alone they hold nothing. Only
    where they add up to more than a standard error are they shrunk to it. Estimates of different
    panels have independent errors, and so have those of single series.

    Parameters
    ----------
    portfolio
        Holds the influences.
    sites
        Rows of `tidy()` with a standard error.

    Returns
    -------
    Array (k, k) in the order of the rows; or why it cannot be told.
    """
    shared = sites[sharing(sites)]
    if any(_overlap(members["units"]) for _, members in shared.groupby("panel", sort=False)):
        return "some of its claims are about the same units, and say the same thing twice"
    error = sites["std_error"].to_numpy(dtype=np.float64)
    alike = np.eye(len(sites))
    together = sharing(sites) & ~sites["design"].isin(ALONE)
    influences = _influences(portfolio, sites[together])
    place = dict(zip(sites["id"], range(len(sites)), strict=True))
    for _, members in sites[together].groupby("panel", sort=False):
        ids = members["id"].tolist()
        if unknown := [name for name in ids if name not in influences]:
            return (
                f"its claims share a panel, and so comparison units, and how alike their errors are is "
                f"not known for {', '.join(unknown[:5])}; give each site comparison units and a "
                "panel of its own"
            )
        at = [place[name] for name in ids]
        rows = np.array([influences[name] for name in ids])
        rows /= np.maximum(np.sqrt((rows**2).sum(axis=1, keepdims=True)), 1.0)
        found = rows @ rows.T
        np.fill_diagonal(found, 1.0)
        alike[np.ix_(at, at)] = found
    return np.asarray(alike * np.outer(error, error))


def _influences(portfolio: Portfolio, rows: pd.DataFrame) -> dict[str, Floats]:
    """Influence of every unit on the improvement, in standard errors, by claim; where it is known."""
    if rows.empty:
        return {}
    found = {}
    for _, text, _ in portfolio.texts(rows["id"].tolist()):
        if text is None:
            continue
        ev = Evaluation.from_json(text)
        if ev.estimate is None or not ev.estimate.std_error or ev.estimate.influence is None:
            continue
        influence = ev.estimate.influence / (len(ev.estimate.influence) * ev.estimate.std_error)
        if len(influence) == ev.measured.n_units and influence.any():
            found[ev.claim.id] = -influence if ev.claim.better == "lower" else influence
    return found


def _overlap(units: pd.Series) -> bool:
    """Whether a treated unit stands in two claims."""
    return bool(units.str.split("; ").explode().duplicated().any())
