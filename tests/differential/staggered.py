"""Callaway & Sant'Anna, imputation, Sun & Abraham and stacking: diff-diff."""

from __future__ import annotations

import numpy as np
from tests.differential.asked import Answer, Asked, quiet
from tests.differential.drawn import panel
from tests.staggered_panels import posed

from innoeval.designs import CallawaySantAnna, Imputation, StackedDiD, SunAbraham

STARTS = (3, 4, 5, 0)


def callaway_santanna(seed: int) -> Asked:
    """Every cohort and period, and their average; with never-treated or not-yet-treated units."""
    from diff_diff import CallawaySantAnna as Peer
    from diff_diff import SurveyDesign

    frame, complete = panel(seed, STARTS)
    weights = "w" if seed % 3 == 0 else None
    comparison = "never_treated" if seed % 2 else "not_yet_treated"
    base = "universal" if seed % 5 < 2 else "varying"
    with quiet():
        more = {"survey_design": SurveyDesign(weights="w")} if weights else {}
        peer = Peer(control_group=comparison, base_period=base, estimation_method="reg").fit(
            frame, outcome="y", unit="unit", time="year", first_treat="first", aggregate="all", **more
        )  # fmt: skip
        ours = CallawaySantAnna(comparison=comparison, base=base, weights=weights).fit(
            *posed(frame)
        )
    found = []
    for part in ours.components:
        if part.cohort is None or part.period is None:
            continue
        theirs = peer.group_time_effects.get((int(part.cohort), int(part.period)))
        if theirs is None:
            continue
        found += [
            Answer(
                "diff-diff", "effect by cohort and period", part.estimate, theirs["effect"], 1e-8
            ),
            Answer("diff-diff", "its error", part.std_error, theirs["se"], 1e-6),
        ]
    # With gaps the peer weights a cell by the units seen in it; ours are the cohorts' shares.
    if complete:
        found += [
            Answer("diff-diff", "average effect", ours.effect, peer.overall_att, 1e-8, "complete data"),
            Answer("diff-diff", "its error", ours.std_error, peer.overall_se, 1e-6, "complete data"),
        ]  # fmt: skip
    return Asked(found)


def imputation(seed: int) -> Asked:
    """Borusyak, Jaravel & Spiess: average, error and event times."""
    from diff_diff import ImputationDiD

    frame, _ = panel(seed, STARTS)
    leave_out = seed % 2 == 0
    with quiet():
        peer = ImputationDiD(leave_one_out=leave_out).fit(
            frame, "y", "unit", "year", "first", aggregate="all"
        )
        ours = Imputation(leave_out=leave_out).fit(*posed(frame))
        events = ours.aggregate("event").components
    cells = frame[frame["d"] == 1].groupby(["first", "year"]).size()
    alone = bool((cells == 1).any())
    found = [
        Answer("diff-diff", "average effect", ours.effect, peer.overall_att, 1e-8),
        Answer("diff-diff", f"its error{', a cohort seen through one unit' * alone}", ours.std_error,
               peer.overall_se, 0.05 if alone else 1e-6,
               "EXPLAINED: a lone unit is held against the average at its event time; the peer takes its noise as 0"
               if alone else ""),
    ]  # fmt: skip
    for part in events:
        theirs = peer.event_study_effects.get(part.event_time)
        if theirs is not None and part.event_time >= 0 and np.isfinite(theirs["effect"]):
            found.append(
                Answer("diff-diff", "effect by event time", part.estimate, theirs["effect"], 1e-8)
            )
    return Asked(found)


def sun_abraham(seed: int) -> Asked:
    """The interaction-weighted average."""
    from diff_diff import SunAbraham as Peer

    frame, _ = panel(seed, STARTS)
    with quiet():
        peer = Peer().fit(frame, "y", "unit", "year", "first")
        ours = SunAbraham().fit(*posed(frame))
    return Asked([
        Answer("diff-diff", "average effect", ours.effect, peer.overall_att, 1e-8),
        Answer("diff-diff", "its error", ours.std_error, peer.overall_se, 1e-6),
    ])  # fmt: skip


def stacked(seed: int) -> Asked:
    """Wing, Freedman & Hollingsworth's stacks, on complete data."""
    from diff_diff import StackedDiD as Peer

    frame, complete = panel(seed, (3, 4, 0))
    if not complete:
        # Trimming by cells differs by design: see docs/methods/staggered.md.
        return Asked()
    with quiet():
        peer = Peer(kappa_pre=2, kappa_post=1).fit(frame, "y", "unit", "year", "first")
        ours = StackedDiD(before=2, after=1, weighting="pooled").fit(*posed(frame))
    return Asked([
        Answer("diff-diff", "average effect", ours.effect, peer.overall_att, 1e-8, "weighting='pooled'"),
        Answer("diff-diff", "its error", ours.std_error, peer.overall_se, 1e-6, "weighting='pooled'"),
    ])  # fmt: skip
