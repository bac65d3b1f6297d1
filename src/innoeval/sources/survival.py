"""Durations of which some are not over: Kaplan-Meier curves, computed where the records are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: Survival and the share asked for are the same within this: as in R's survfit.
TOLERANCE = 1.5e-8
#: What ln(0) is taken to be: e to its power is 0.
_NEVER = -1e4


def curve_answers(
    cases: Any, *, quantiles: Mapping[str, float], limits: Mapping[str, float]
) -> Any:
    """Quantiles and shares of Kaplan-Meier curves, one row for each unit and period.

    S(t) = Π (1 − d_i / n_i) over the times t_i ≤ t at which d_i of the n_i cases under way end.
    The quantile of a share p is the first time at which S ≤ 1 − p; where S is 1 − p exactly, the
    middle between that time and the next at which it falls, as in R's survival.

    Parameters
    ----------
    cases
        An ibis table with a row for each case: `_unit`, `_period`, `_time` to closing or the age
        of a case still open, and `_closed`, which is 1 or 0.
    quantiles
        Name of an answer -> share p of the cases that are over by then.
    limits
        Name of an answer -> time t; the answer is 1 − S(t).

    Returns
    -------
    An ibis table with `_unit`, `_period` and the answers; null where the curve does not fall, or
    the cases are not followed, so far. No record leaves the database.
    """
    import ibis

    cell = ["_unit", "_period"]
    known = cases.filter(cases["_time"] >= 0)
    times = known.group_by([*cell, "_time"]).aggregate(
        _over=known["_closed"].sum(), _all=known.count()
    )
    # One order for every window: the database sorts once.
    order = {"group_by": cell, "order_by": times["_time"]}
    everyone, so_far = (
        times["_all"].sum().over(**order, rows=(None, None)),
        times["_all"].sum().over(**order, rows=(None, 0)),
    )
    under_way = times.mutate(_at_risk=everyone - so_far + times["_all"])
    share = 1 - under_way["_over"].cast("float64") / under_way["_at_risk"].cast("float64")
    fall = ibis.ifelse(
        under_way["_over"] < under_way["_at_risk"], ibis.greatest(share, 1e-300).ln(), _NEVER
    )
    falling = under_way.mutate(_fall=fall)
    fallen = falling["_fall"].sum().over(group_by=cell, order_by=falling["_time"], rows=(None, 0))
    # PostgreSQL refuses powers of e that are too small to write.
    curve = falling.mutate(_left=ibis.ifelse(fallen < -600, 0.0, ibis.greatest(fallen, -600).exp()))
    time, left, ended = curve["_time"].cast("float64"), curve["_left"], curve["_over"] > 0
    answers = {}
    for name, p in quantiles.items():
        here = ended & (left <= 1 - p + TOLERANCE)
        below = ended & (left < 1 - p - TOLERANCE)
        first, then = time.min(where=here), time.min(where=below)
        level = first < ibis.coalesce(then, time.max() + 1)
        answers[name] = ibis.ifelse(level, (first + ibis.coalesce(then, time.max())) / 2, first)
    for name, limit in limits.items():
        reached = (time.max() >= limit) | (left.min() <= TOLERANCE)
        answers[name] = ibis.ifelse(
            reached, 1 - ibis.coalesce(left.min(where=time <= limit), 1.0), ibis.null("float64")
        )
    return curve.group_by(cell).aggregate(**answers)
