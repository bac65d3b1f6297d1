"""The whole way from a claim and a panel to a verdict, in one place.

The rooms that do the work are loaded when a claim is first judged: this module comes with
`import innoeval`, which has to stay cheap.
"""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from innoeval.errors import DesignError
from innoeval.records import (
    Assumption,
    Claim,
    Estimate,
    Evaluation,
    Finding,
    Measured,
    Objection,
    Panel,
    Policy,
    Verdict,
)
from innoeval.records.columns import columns_of

if TYPE_CHECKING:
    from innoeval.checks import Case, Check
    from innoeval.designs import Choice, DecidingDesign, Design
    from innoeval.designs.base import Arrangement

#: Longer arrays stay out of an evaluation: they would make its JSON many megabytes. Without the
#: covariance of effects by cohort and period (some 400 of them) an estimate cannot be aggregated.
_LARGEST = 100_000


def evaluate(
    claim: Claim,
    panel: Panel,
    *,
    designs: Literal["auto"] | Sequence[Design] = "auto",
    policy: Policy = Policy(),
) -> Evaluation:
    """Tell whether a claim holds up.

    Parameters
    ----------
    claim
        What was announced.
    panel
        The service's metrics by unit and period.
    designs
        "auto", or designs in order of preference; the first without objections decides.
    policy
        Every threshold, fixed beforehand.

    Returns
    -------
    The evaluation: estimates, findings and verdict, complete without the data.

    Raises
    ------
    ClaimError
        Listing everything in which the claim does not fit the panel.

    Examples
    --------
    >>> from innoeval import simulate
    >>> case = simulate.draw(seed=1, n_units=40, n_treated=10, size=2.0)
    >>> evaluate(case.claim, case.panel).verdict.status
    'supported'
    """
    from innoeval.checks import CHECKS, find_flips
    from innoeval.designs import choose
    from innoeval.designs.base import arrange

    case = arrange(panel, claim)
    if isinstance(designs, str) and designs != "auto":
        raise DesignError(
            f"designs='{designs}' is not known; write 'auto', or a list such as "
            "[innoeval.designs.DifferenceInDifferences()]"
        )
    choice = choose(panel, claim, policy, None if isinstance(designs, str) else tuple(designs))
    announced = _announced(panel, claim, policy)
    measured = _measured(panel, claim, case)
    found = judged(claim, panel, choice, announced, policy, CHECKS, measured)
    main = choice.design.relaxes if choice.design else None
    others = tuple(estimate for relaxed, estimate in found.stressed.items() if relaxed != main)
    return Evaluation(
        claim=claim,
        panel_fingerprint=panel.fingerprint,
        measured=measured,
        design=type(choice.design).__name__ if choice.design else "",
        objections=choice.objections,
        estimate=_portable(found.estimate),
        stressed=_portable(found.stressed.get(main)) if main else None,
        announced=_portable(announced),
        alternatives=tuple(
            kept
            for other in (*others, *(d.fit(panel, claim, policy=policy) for d in choice.beside))
            if (kept := _portable(other)) is not None
        ),
        findings=found.findings,
        verdict=found.verdict,
        policy=policy,
        provenance=_provenance(panel, policy, designs),
        flips=find_flips(found.facts, found.verdict) if found.facts else (),
        columns=columns_of(panel),
    )


class Judged(NamedTuple):
    """What the deciding design, its checks and the rule say of a claim."""

    estimate: Estimate | None
    stressed: Mapping[Assumption, Estimate]
    facts: Case | None
    findings: tuple[Finding, ...]
    verdict: Verdict


def judged(
    claim: Claim,
    panel: Panel,
    choice: Choice,
    announced: Estimate | None,
    policy: Policy,
    checks: Sequence[Check],
    measured: Measured | None = None,
) -> Judged:
    """The way from a chosen design to a verdict.

    Parameters
    ----------
    claim, panel, policy
        As in `evaluate`.
    choice
        The design that decides, and why not the others.
    announced
        The promoter's own number, recomputed.
    checks
        The checks to choose from.
    measured
        Extent of the data, which some standards ask for.
    """
    from innoeval.checks import examine
    from innoeval.decide import decide
    from innoeval.designs.base import arrange

    base: Estimate | None = None
    stressed: Mapping[Assumption, Estimate] = {}
    findings: tuple[Finding, ...] = ()
    facts: Case | None = None
    obstacles = _obstacles(choice)
    if choice.design is not None:
        base = choice.design.fit(panel, claim, policy=policy)
        obstacles = (off_scale,) if (off_scale := base.off_scale(claim.scale)) else ()
    if base is not None and choice.design is not None and not obstacles:
        case = arrange(panel, claim)
        stressed = choice.design.stressed(panel, claim, policy=policy)
        facts = _facts(claim, panel, case, choice.design, base, announced, policy)
        findings = examine(facts, checks)
    else:
        base = None
    verdict = decide(
        claim,
        base,
        stressed,
        findings,
        policy,
        relaxes=choice.design.relaxes if choice.design else None,
        sms_level=choice.design.sms_level if choice.design else 0,
        obstacles=obstacles,
        measured=measured,
    )
    return Judged(base, stressed, facts, findings, verdict)


def _portable(estimate: Estimate | None) -> Estimate | None:
    """An estimate without the arrays that are too large for a saved record."""
    if estimate is None:
        return None
    influence, effects = estimate.influence, estimate.group_times
    if influence is not None and len(influence) > _LARGEST:
        estimate = replace(estimate, influence=None)
    if effects is not None and len(effects.covariance) > _LARGEST:
        estimate = replace(estimate, group_times=None)
    return estimate


def _announced(panel: Panel, claim: Claim, policy: Policy) -> Estimate | None:
    """The promoter's own number, recomputed; None where a window is empty."""
    from innoeval.designs import BeforeAfter

    try:
        return BeforeAfter().fit(panel, claim, policy=policy)
    except DesignError:
        return None


def _facts(
    claim: Claim,
    panel: Panel,
    case: Arrangement,
    design: DecidingDesign,
    base: Estimate,
    announced: Estimate | None,
    policy: Policy,
) -> Case:
    """All that a check may look at."""
    from innoeval.checks import Case
    from innoeval.decide import bar, margin

    held = bar(claim, policy)
    _, interval = base.on_scale(claim.scale)
    # What one unit of the claim's scale is in outcome units, to speak of biases in the latter.
    unit = {"relative": abs(base.baseline), "percentage_points": base.whole / 100}
    factor = unit.get(claim.scale, 1.0)
    return Case(
        claim=claim,
        panel=panel,
        arrangement=case,
        design=design,
        kernel=design.kernel(panel, claim, policy=policy),
        estimate=base,
        announced=announced,
        claimed=None if held.claimed is None else held.claimed * factor,
        margin=margin(interval, held) * factor,
        policy=policy,
        unit=factor,
    )


def _obstacles(choice: Choice) -> tuple[str, ...]:
    """Why no design fits: the reasons of every design that could have decided."""
    if choice.design is not None:
        return ()
    beside = ("it never decides",)
    decisive = [
        o for o in choice.objections if o.design != "BeforeAfter" and o.reasons != beside
    ] or choice.objections
    return tuple(f"{_plain(objection)}." for objection in decisive)


def _plain(objection: Objection) -> str:
    return f"for {objection.design}, {'; '.join(objection.reasons)}"


def _measured(panel: Panel, claim: Claim, case: Arrangement) -> Measured:
    from innoeval.stats.balance import hedges_g

    launch = int(case.launches[0])
    starts = tuple(panel.periods[start] for start in case.launches)
    return Measured(
        outcome=claim.outcome,
        first=panel.periods[0],
        last=panel.periods[-1],
        launch=panel.periods[launch],
        n_periods=panel.calendar.n,
        n_units=len(panel.units),
        n_before=launch,
        n_after=panel.calendar.n - launch,
        missing=int((~np.isfinite(case.outcomes)).sum()),
        comparison=tuple(
            unit for unit, ours in zip(panel.units, case.treated, strict=True) if not ours
        ),
        denominator=panel.denominator,
        recorded=tuple(name for name in panel.metrics if name != panel.provisional),
        launches=starts if len(starts) > 1 else (),
        baseline_gap=hedges_g(case.outcomes[:, :launch], case.treated),
    )


def _provenance(panel: Panel, policy: Policy, designs: object) -> dict[str, str]:
    """What a reader needs to get the same numbers again; no date of ours, so that bytes repeat."""
    asked = {} if isinstance(designs, str) else {"designs": repr(designs)}
    return {
        **_versions(),
        "python": platform.python_version(),
        "source": panel.origin,
        **panel.provenance,
        "notes": " ".join(panel.notes),
        "policy": policy.digest,
        "seed": str(policy.seed),
        **asked,
    }


@cache
def _versions() -> dict[str, str]:
    """Versions of what made the numbers; reading them takes longer than some designs."""
    from importlib.metadata import version

    return {name: version(name) for name in ("innoeval", "numpy", "pandas", "scipy")}
