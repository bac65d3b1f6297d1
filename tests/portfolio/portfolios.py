"""Small portfolios for tests: claims that each have a panel of their own, or share one."""

from __future__ import annotations

from dataclasses import fields

import innoeval as ie
from innoeval.portfolio.rows import TIDY
from innoeval.portfolio.store import packed
from innoeval.records import Claim, Panel, Policy
from innoeval.records.portfolio import Portfolio


def copied(claim: Claim, **other: object) -> Claim:
    """A claim with some fields changed, through its own door."""
    return Claim(**{**{f.name: getattr(claim, f.name) for f in fields(claim)}, **other})


def own_panels(n: int, *, first: int = 0, **drawn: object) -> tuple[list[Claim], dict[str, Panel]]:
    """Claims c000, c001 … each with a panel of its own; two of three are of no effect."""
    claims, panels = [], {}
    for i in range(first, first + n):
        sizes = {"n_units": 12, "n_treated": 6, "n_before": 8, "n_after": 4, **drawn}
        case = ie.simulate.draw("none" if i % 3 == 0 else "null", seed=1000 + i, **sizes)
        claim = copied(case.claim, id=f"c{i:03d}", innovation=f"innovation {i % 4}")
        claims.append(claim)
        panels[claim.id] = case.panel
    return claims, panels


def one_panel(n: int) -> tuple[list[Claim], Panel]:
    """Claims about different sets of units of one panel."""
    case = ie.simulate.draw("none", seed=5, n_units=14, n_treated=7, n_before=8, n_after=4)
    units = case.panel.units
    start = next(iter(case.claim.treated.values()))
    claims = [
        copied(case.claim, id=f"s{i:03d}", treated=dict.fromkeys(units[i % 7 : i % 7 + 6], start))
        for i in range(n)
    ]
    return claims, case.panel


def made(rows: list[dict[str, object]]) -> Portfolio:
    """A portfolio from rows written by hand; what a row does not say is as in `PLAIN`."""
    full = [{**PLAIN, "id": f"c{i:02d}", **row} for i, row in enumerate(rows)]
    return Portfolio(parts=(packed(full),), columns=TIDY, policy=Policy())


PLAIN = {
    "innovation": "desk", "family": "", "outcome": "days", "better": "higher", "scale": "absolute",
    "units": "North; East", "status": "inconclusive", "mark": "not substantiated",
    "estimate": 0.0, "std_error": 1.0, "conf_low": -1.96, "conf_high": 1.96, "found_low": -1.96,
    "found_high": 1.96, "level": 0.95, "p_holds_up": 0.5, "p_falls_short": 0.5, "panel": "",
    "version_of": "", "announced": 1.0, "must_show": 0.5, "smallest": 0.25, "overstated_below": 0.8,
}  # fmt: skip
