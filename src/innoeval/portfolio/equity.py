"""Who gained? The effect in each declared group, and the gap between best and worst served."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from math import comb
from typing import TYPE_CHECKING

import numpy as np

from innoeval.errors import ClaimError, Fault, InnoevalError, RunError, nearest
from innoeval.evaluate import evaluate
from innoeval.records.claim import Claim
from innoeval.records.estimate import Interval
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.multiplicity import holm

if TYPE_CHECKING:
    import pandas as pd

    from innoeval.records.estimate import Estimate

#: A group's units; or the metric that holds what its people got.
Groups = Mapping[str, Collection[str] | str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """How far apart best and worst served are, in outcome units, never negative in `before`.

    Parameters
    ----------
    best, worst
        Groups that were served best and worst before the start.
    before, after
        Distance of their treated units' averages before and after.
    narrowed
        By how much the innovation narrowed it: the improvement of the worst served less that of
        the best served; negative where it widened.
    interval
        Of `narrowed`, at 1 − (1 − level) / pairs of groups, because the best and the worst of many
        are picked by numbers that enter `narrowed` too: what looked worst by chance catches up. As if
        groups were independent: where they share comparison units it is too wide rather than too narrow.
    """

    best: str
    worst: str
    before: float
    after: float
    narrowed: float
    interval: Interval


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Equity:
    """Effects by group, held together, and the gap.

    Parameters
    ----------
    groups
        One row for each: `group, n_treated, n_comparison, before, after` (averages of its treated
        units), `estimate` (improvement in outcome units), `std_error, p_value` (Holm over groups),
        `conf_low, conf_high` (all of them hold together), `status` and `why_not`.
    gap
        Between best and worst served; None where fewer than two groups have an estimate.
    """

    groups: pd.DataFrame = field(repr=False)
    gap: Gap | None


def who_gained(claim: Claim, panel: Panel, groups: Groups, *, policy: Policy = Policy()) -> Equity:
    """Judge a claim in each declared group, the family of groups held together.

    A group of units is held against its own comparison units where it has two or more, else against
    those of all groups together; a group of people is a metric of its own, over all units. Intervals are
    at level 1 − (1 − level) / groups, so that all of them hold at once at the policy's level;
    p-values are Holm's.

    Parameters
    ----------
    claim, panel
        The claim and the data.
    groups
        Name -> units, such as {"deprived": ["North", "East"], "well off": ["West"]}; or name -> metric,
        such as {"women": "wait_women", "men": "wait_men"}. Declared before results are seen.
    policy
        Every threshold.

    Raises
    ------
    ClaimError
        For units or metrics that are not there, or a unit in two groups.
    RunError
        For fewer than two groups.

    Examples
    --------
    >>> import innoeval as ie
    >>> case = ie.simulate.draw(seed=1, n_units=40, n_treated=20, size=2.0)
    >>> units = case.panel.units
    >>> found = who_gained(case.claim, case.panel, {"old": units[::2], "new": units[1::2]})
    >>> found.groups["group"].tolist(), found.gap.before >= 0
    (['old', 'new'], True)
    """
    import pandas as pd

    _refuse(claim, panel, groups)
    level = 1 - (1 - policy.level) / len(groups)
    joint = replace(policy, level=level)
    rows = [_row(name, claim, panel, members, joint) for name, members in groups.items()]
    table = pd.DataFrame(rows)
    known = table["p_value"].notna()
    table.loc[known, "p_value"] = holm(table.loc[known, "p_value"].to_numpy(dtype=np.float64))
    return Equity(groups=table, gap=_gap(table, claim, policy))


def _row(
    name: str,
    claim: Claim,
    panel: Panel,
    members: Collection[str] | str,
    policy: Policy,
) -> dict[str, object]:
    """One group: what it got before and after, and what the innovation changed."""
    own, where = _in_group(claim, panel, members)
    ours = where.rows(own.treated)
    launch = where.calendar.position(min(own.treated.values()))
    outcome = where.matrix(own.outcome)[ours]
    row: dict[str, object] = {
        "group": name,
        "n_treated": int(ours.sum()),
        "n_comparison": int((~ours).sum()),
        "before": float(np.nanmean(outcome[:, :launch])) if launch else np.nan,
        "after": float(np.nanmean(outcome[:, launch:])),
    }
    nothing = dict.fromkeys(("estimate", "std_error", "df", "p_value", "conf_low", "conf_high"))
    try:
        ev = evaluate(own, where, policy=policy)
    except InnoevalError as error:
        return {**row, **nothing, "status": "not_evaluable", "why_not": str(error)}
    if ev.estimate is None:
        why = " ".join(ev.verdict.reasons)
        return {**row, **nothing, "status": ev.verdict.status, "why_not": why}
    return {**row, **_estimated(ev.estimate), "status": ev.verdict.status, "why_not": ""}


def _estimated(found: Estimate) -> dict[str, object]:
    low, high = found.improvement_int
    return {
        "estimate": found.improvement,
        "std_error": found.std_error,
        "df": found.df,
        "p_value": found.p_value,
        "conf_low": low,
        "conf_high": high,
    }


def _in_group(claim: Claim, panel: Panel, members: Collection[str] | str) -> tuple[Claim, Panel]:
    """The claim and the panel of one group."""
    from dataclasses import fields

    own = {f.name: getattr(claim, f.name) for f in fields(claim)}
    if isinstance(members, str):
        return Claim(**{**own, "outcome": members}), panel
    inside = set(members)
    comparison = set(panel.units) - set(claim.treated)
    beside = comparison & inside
    if len(beside) < 2:
        beside = comparison
    treated = {unit: start for unit, start in claim.treated.items() if unit in inside}
    kept = set(treated) | beside
    # What was announced before and after, and other adopters, is about all units.
    named = {**own, "treated": treated, "windows": None, "adopters": ()}
    return Claim(**named), panel.drop_units(set(panel.units) - kept)


def _gap(table: pd.DataFrame, claim: Claim, policy: Policy) -> Gap | None:
    """Between the groups that were served best and worst before."""
    from scipy.special import ndtri, stdtrit

    known = table[(table["std_error"] > 0) & table["before"].notna()]
    if len(known) < 2:
        return None
    better = -1 if claim.better == "lower" else 1
    served = known.assign(served=better * known["before"]).sort_values("served")
    worst, best = served.iloc[0], served.iloc[-1]
    narrowed = float(worst["estimate"] - best["estimate"])
    error = float(np.hypot(worst["std_error"], best["std_error"]))
    dfs = [float(row["df"]) for row in (worst, best) if row["df"] == row["df"] and row["df"]]
    tail = 1 - (1 - policy.level) / comb(len(known), 2) / 2
    half = error * float(stdtrit(min(dfs), tail) if dfs else ndtri(tail))
    return Gap(
        best=str(best["group"]),
        worst=str(worst["group"]),
        before=float(best["served"] - worst["served"]),
        after=better * float(best["after"] - worst["after"]),
        narrowed=narrowed,
        interval=Interval(narrowed - half, narrowed + half),
    )


def _refuse(claim: Claim, panel: Panel, groups: Groups) -> None:
    """Refuse groups that are not there, overlap, or hold no treated unit."""
    if len(groups) < 2:
        raise RunError("who gained takes two groups at least; name them with groups=")
    faults: list[Fault] = []

    def add(found: str, remedy: str) -> None:
        faults.append(Fault(found=found, remedy=remedy, origin="groups"))

    seen: dict[str, str] = {}
    for name, members in groups.items():
        if isinstance(members, str):
            if members not in panel.metrics:
                add(f"group '{name}' names the metric '{members}', which the panel has not",
                    nearest(members, panel.metrics, "its metrics are"))  # fmt: skip
            continue
        for unit in members:
            if unit not in panel.units:
                add(f"group '{name}' names the unit '{unit}', which is not in {panel.origin}",
                    nearest(str(unit), panel.units, "the units are"))  # fmt: skip
            elif seen.setdefault(unit, name) != name:
                add(f"'{unit}' stands in '{seen[unit]}' and in '{name}'", "a unit has one group")
        if not set(members) & set(claim.treated):
            add(f"group '{name}' holds no treated unit", "add one, or leave the group out")
    if faults:
        raise ClaimError(faults)
