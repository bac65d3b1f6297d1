"""Small portfolios for tests: claims that each have a panel of their own, or share one."""

from __future__ import annotations

from dataclasses import fields

import innoeval as ie
from innoeval.records import Claim, Panel


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
