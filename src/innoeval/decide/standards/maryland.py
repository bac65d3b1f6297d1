"""The Maryland Scientific Methods Scale, as the What Works Centre for Local Economic Growth scores it."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.verdict import Standard

_DESIGNS = {
    1: "before and after without a comparison group",
    2: "one interrupted time series without a comparison group",
    3: "before and after with a comparison group",
    4: "assignment by a cut-off, as declared",
    5: "assignment by lot, as declared",
}


def maryland(evidence: Evidence) -> tuple[Standard, ...]:
    """The most that the design can reach, and what it reached.

    Difference in differences, panel methods and synthetic control top out at 3, which also asks for
    evidence that the groups are comparable; 4 and 5 take quasi-random or random assignment.

    References
    ----------
    Farrington, Gottfredson, Sherman & Welsh (2002), pages 13-21, doi:10.4324/9780203166697; What
    Works Centre for Local Economic Growth, Guide to scoring evidence (2016).
    """
    reach = evidence.reach
    if evidence.estimate is None or reach == 0:
        return ()
    design = Standard(
        name="Maryland SMS, design", score=str(reach), rule=_DESIGNS.get(reach, "no design")
    )
    scored, rule = reach, design.rule
    if reach == 3:
        shown = evidence.trends_shown
        scored = 3 if shown else 2
        rule = (
            "a comparison group, and common trends before the start "
            f"{'' if shown else 'not '}shown: a difference in trends worth half the claim is "
            f"{'' if shown else 'not '}ruled out"
        )
    return design, Standard(name="Maryland SMS, scored", score=str(scored), rule=rule)
