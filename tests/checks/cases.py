"""Cases for checks, made the way `evaluate` makes them."""

from __future__ import annotations

from collections.abc import Mapping
from types import SimpleNamespace

import numpy as np
from tests.panels import claim_on, panel_of

from innoeval.checks import Case
from innoeval.designs import choose
from innoeval.designs.base import Design, arrange
from innoeval.evaluate import evaluate, judged
from innoeval.records import Claim, Estimate, Finding, Interval, Panel, Policy


def finding(check: str, claim: Claim, panel: Panel) -> Finding:
    """The answer of one check on a claim and panel."""
    found = {f.check: f for f in evaluate(claim, panel).findings}
    return found[check]


def panel_with(outcomes: object, columns: Mapping[str, object], /, **roles: object) -> Panel:
    """Panel of `panel_of` with further columns, each (N, T) or one number per unit (N, 1)."""
    plain = panel_of(outcomes)
    frame = plain.frame.assign(year=plain.frame["year"].astype(str))
    seen = np.isfinite(np.asarray(outcomes, dtype=float))
    for name, values in columns.items():
        frame[name] = np.broadcast_to(np.asarray(values, dtype=float), seen.shape)[seen]
    fields = {"unit": "unit", "period": "year", "freq": "year", "outcomes": ("y",)}
    return Panel(frame=frame, **{**fields, **roles})


def case_of(claim: Claim, panel: Panel, *designs: Design) -> Case:
    """All that a check may look at, of the design that is named, else of the one that decides."""
    policy = Policy()
    choice = choose(panel, claim, policy, designs or None)
    facts = judged(claim, panel, choice, None, policy, ()).facts
    assert facts is not None, choice.objections
    return facts


def by_hand(
    outcomes: object,
    n_treated: int,
    launch: int,
    columns: Mapping[str, object] | None = None,
    /,
    *,
    roles: Mapping[str, object] | None = None,
    claim: Mapping[str, object] | None = None,
    found: Mapping[str, object] | None = None,
    improved: tuple[float, float, float] = (1.0, 0.5, 1.5),
    **fields: object,
) -> Case:
    """A case whose first units are treated, with an improvement and its ends as given: no design is fitted.

    Its kernel is the plain difference of averages, and cannot be asked for effects.
    """
    panel = panel_with(outcomes, columns or {}, **(roles or {}))
    stated = claim_on(
        range(n_treated), launch, **{"better": "higher", "size": 2.0, **(claim or {})}
    )
    arrangement = arrange(panel, stated)
    values, treated = arrangement.outcomes, arrangement.treated
    series = values[treated].mean(axis=0) - (0 if treated.all() else values[~treated].mean(axis=0))
    sign = -1 if stated.better == "lower" else 1
    ends = sorted((sign * improved[1], sign * improved[2]))
    estimate = Estimate(**{
        "design": "ByHand", "estimand": "", "effect": sign * improved[0], "std_error": 0.25,
        "conf_int": Interval(*ends), "p_value": None, "better": stated.better, "baseline": 10.0,
        "observed": 10.0 + sign * improved[0], "n_units": len(values), "n_treated": n_treated,
        "n_clusters": len(values), "n_obs": values.size, "inference": "", **(found or {}),
    })  # fmt: skip
    return Case(**{
        "claim": stated, "panel": panel, "arrangement": arrangement, "design": SimpleNamespace(),
        "kernel": SimpleNamespace(series=series, launch=launch), "estimate": estimate,
        "announced": None, "claimed": 2.0, "margin": 1.0, "policy": Policy(), **fields,
    })  # fmt: skip
