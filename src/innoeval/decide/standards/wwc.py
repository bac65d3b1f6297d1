"""Baseline equivalence by the What Works Clearinghouse."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.display import amount
from innoeval.records.verdict import Standard

#: Hedges' g up to which groups are alike; up to which they are once the baseline is adjusted for.
ALIKE, ADJUSTABLE = 0.05, 0.25


def baseline_equivalence(evidence: Evidence) -> tuple[Standard, ...]:
    """Hedges' g of the outcome before the start, against the thresholds of the handbook.

    Groups up to 0.05 standard deviations apart are equivalent, up to 0.25 once the analysis adjusts
    for the baseline, beyond that they are not. The standard deviation is that of the units'
    averages before the start: units are what is compared here, not people.

    References
    ----------
    What Works Clearinghouse (2022), Procedures and Standards Handbook, version 5.0; Hedges (1981),
    Journal of Educational Statistics 6:107-128, doi:10.3102/10769986006002107.
    """
    if evidence.estimate is None or not evidence.compared:
        return ()
    name = "WWC baseline equivalence"
    gap = evidence.measured.baseline_gap if evidence.measured else None
    if gap is None:
        rule = "no g: at least two units on either side, which differ, are needed for one"
        return (Standard(name=name, score="not computed", rule=rule),)
    apart = f"the groups were {amount(abs(gap))} standard deviations apart before the start (g)"
    if abs(gap) <= ALIKE:
        return (Standard(name=name, score="met", rule=f"{apart}, at most {ALIKE}"),)
    if abs(gap) <= ADJUSTABLE:
        rule = f"{apart}, at most {ADJUSTABLE}: the analysis has to adjust for it, and takes each unit's own baseline off"
        return (Standard(name=name, score="met with adjustment", rule=rule),)
    rule = f"{apart}, more than {ADJUSTABLE}: no adjustment is accepted"
    return (Standard(name=name, score="not met", rule=rule),)
