"""Cases for checks, made the way `evaluate` makes them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from tests.panels import panel_of

from innoeval.checks import Case
from innoeval.designs import choose
from innoeval.designs.base import Design
from innoeval.evaluate import evaluate, judged
from innoeval.records import Claim, Finding, Panel, Policy


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
