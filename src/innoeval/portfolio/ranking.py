"""Which claims did best, once it is taken off that the best of many is lucky."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import RunError
from innoeval.stats.shrinkage import shrink_normal

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.portfolio import Portfolio


def rank(portfolio: Portfolio, *, top: int = 10) -> pd.DataFrame:
    """Claims by their shrunken estimate, best first, and what the winner's curse costs the best.

    Estimates are shrunk towards the mean of all on the same scale (on the scale absolute: with the
    same outcome), by empirical Bayes; the raw order is shown beside, and never ranked by.

    Parameters
    ----------
    portfolio
        The claims; those without an estimate or a standard error have no rank.
    top
        So many of the largest raw estimates are looked at for the winner's curse.

    Returns
    -------
    Columns `id, group, estimate, std_error, shrunken, sd, rank, raw_rank`. In `.attrs`:
    "winners_curse", a sentence with numbers for each group; "left_out", ids without a rank.

    Raises
    ------
    RunError
        Where no two claims can be compared.

    Examples
    --------
    >>> import innoeval as ie
    >>> drawn = [ie.simulate.draw(seed=s, n_units=14, n_treated=7, size=1.0) for s in range(3)]
    >>> panels = {f"c{i}": case.panel for i, case in enumerate(drawn)}
    >>> claims = [ie.Claim(id=name, innovation="desk", outcome="outcome", better="lower",
    ...                    treated=dict(drawn[0].claim.treated), size=1, scale="absolute")
    ...           for name in panels]
    >>> rank(ie.evaluate_all(claims, panels))["rank"].tolist()
    [1, 2, 3]
    """
    import pandas as pd

    frame = portfolio.tidy()
    usable = frame["estimate"].notna() & (frame["std_error"] > 0)
    known = frame[usable]
    own = known["scale"].where(known["scale"] != "absolute", "absolute, " + known["outcome"])
    tables, told = [], {}
    for name, members in known.groupby(own, sort=True):
        if len(members) < 3:
            continue
        y, se = (members[column].to_numpy() for column in ("estimate", "std_error"))
        found = shrink_normal(y, se)
        table = members[["id", "estimate", "std_error"]].assign(
            group=name, shrunken=found.mean, sd=found.sd
        )
        table = table.sort_values(["shrunken", "id"], ascending=[False, True])
        table["rank"] = np.arange(1, len(table) + 1)
        table["raw_rank"] = table["estimate"].rank(ascending=False, method="min").astype(int)
        tables.append(table)
        told[str(name)] = _curse(table, top)
    if not tables:
        raise RunError(
            "no three claims on one scale have an estimate and a standard error, so none can be "
            "ranked; rank more claims together"
        )
    ranked = pd.concat(tables, ignore_index=True)
    columns = ["id", "group", "estimate", "std_error", "shrunken", "sd", "rank", "raw_rank"]
    ranked = ranked[columns]
    ranked.attrs["winners_curse"] = told
    ranked.attrs["left_out"] = tuple(sorted(set(frame["id"]) - set(ranked["id"])))
    return ranked


def _curse(table: pd.DataFrame, top: int) -> str:
    """What is left of the estimates that look best."""
    best = table.nsmallest(min(top, len(table)), "raw_rank")
    first = best.iloc[0]
    raw, left = float(best["estimate"].mean()), float(best["shrunken"].mean())
    return (
        f"The {len(best)} largest of {len(table)} estimates average {raw:.3g}; {left:.3g} of it is "
        f"to be expected again. The largest, {first['id']}, shows {first['estimate']:.3g}; "
        f"{first['shrunken']:.3g} is to be expected."
    )
