"""Judges to compare: innoeval, and what is usual today, each as people use it.

A foil estimates and says how sure it is in its own way; whether that supports the claim is asked of
all of them by the same rule (`innoeval.decide`), so that only the numbers differ.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from innoeval.calibration import naive
from innoeval.calibration.answer import Answer, Judge, Sighted
from innoeval.calibration.oracle import oracle, oracle_trend
from innoeval.errors import InnoevalError
from innoeval.records.claim import Claim
from innoeval.records.estimate import Interval
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy

if TYPE_CHECKING:
    from innoeval.inference import Serial
    from innoeval.records.estimate import Estimate

#: Share of true nulls that a gate before the comparison turns away.
_GATE = 0.05


def innoeval(claim: Claim, panel: Panel) -> Answer:
    """The library as it comes: design by its own choice, every check, the rule."""
    from innoeval.evaluate import evaluate

    ev = evaluate(claim, panel)
    return Answer(
        status=ev.verdict.status,
        interval=ev.verdict.interval,
        flags=tuple(f.check for f in ev.findings if f.status == "problem"),
    )


def before_after(claim: Claim, panel: Panel) -> Answer:
    """The change between the stated windows, taken as the effect without any doubt."""
    from innoeval.designs import BeforeAfter

    found = BeforeAfter().fit(panel, claim)
    point = replace(found, conf_int=Interval(found.effect, found.effect))
    return replace(_by_the_rule(claim, point), interval=None)


def welch(claim: Claim, panel: Panel) -> Answer:
    """Welch's t-test of the periods after against those before."""
    from innoeval.designs import BeforeAfter

    return _by_the_rule(claim, BeforeAfter().fit(panel, claim))


def twfe(claim: Claim, panel: Panel) -> Answer:
    """Regression with unit and period effects, errors clustered by unit, however few there are."""
    _need_comparison(claim, panel)
    return _by_the_rule(claim, naive.two_way(claim, panel))


def callaway_santanna(claim: Claim, panel: Panel) -> Answer:
    """Callaway & Sant'Anna (2021), compared with units not yet treated."""
    from innoeval.designs import CallawaySantAnna

    return _by_the_rule(claim, CallawaySantAnna().fit(panel, claim))


def its_ols(claim: Claim, panel: Panel) -> Answer:
    """Segmented regression of the treated units' average, errors as if periods were independent."""
    from innoeval.inference import Independent

    return _its(claim, panel, Independent())


def its_newey_west(claim: Claim, panel: Panel) -> Answer:
    """Segmented regression of the treated units' average with Newey-West's errors."""
    from innoeval.inference import NeweyWest

    return _its(claim, panel, NeweyWest())


def _its(claim: Claim, panel: Panel, errors: Serial) -> Answer:
    from innoeval.designs import SegmentedRegression

    of_series, series = naive.averaged(claim, panel)
    found = SegmentedRegression().fit(series, of_series, inference=errors)
    return _by_the_rule(claim, found)


def did_gated(claim: Claim, panel: Panel) -> Answer:
    """Difference in differences, unless trends before the start differ significantly."""
    answer = twfe(claim, panel)
    if _trends_differ(claim, panel):
        return replace(answer, status="inconclusive", flags=("pre_trend",))
    return replace(answer, flags=())


def sdid_placebo(claim: Claim, panel: Panel) -> Answer:
    """Synthetic difference in differences with placebo inference (Arkhangelsky et al. 2021)."""
    from innoeval.designs import SyntheticDiD
    from innoeval.inference import PlaceboInSpace

    return _by_the_rule(claim, SyntheticDiD().fit(panel, claim, inference=PlaceboInSpace()))


def _by_the_rule(claim: Claim, found: Estimate) -> Answer:
    """The same rule for everybody, on this interval alone."""
    from innoeval.decide import decide

    verdict = decide(claim, found, {}, (), Policy())
    return Answer(status=verdict.status, interval=verdict.interval)


def _need_comparison(claim: Claim, panel: Panel) -> None:
    if len(claim.treated) == len(panel.units):
        raise InnoevalError("two-way fixed effects need units to compare with; name some")


def _trends_differ(claim: Claim, panel: Panel) -> bool:
    """A t-test of the units' slopes before the start, treated against the others."""
    from innoeval.designs.base import arrange
    from innoeval.stats.contrast import compare

    case = arrange(panel, claim)
    before = case.outcomes[:, : case.launches[0]]
    time = np.where(np.isfinite(before), np.arange(before.shape[1], dtype=np.float64), np.nan)
    enough = np.isfinite(before).sum(axis=1) >= 3
    if enough[case.treated].sum() < 2 or enough[~case.treated].sum() < 2:
        return False
    time, before, treated = time[enough], before[enough], case.treated[enough]
    time = time - np.nanmean(time, axis=1, keepdims=True)
    slopes = np.nansum(time * before, axis=1) / np.nansum(time**2, axis=1)
    return bool(compare(slopes[:, None], treated, 0.95).p_value[0] < _GATE)


def refusing(judge: Judge) -> Judge:
    """A judge that says "not evaluable" of what its method refuses, instead of raising."""
    return _Refusing(judge)


@dataclass(frozen=True, slots=True)
class _Refusing:
    judge: Judge

    def __call__(self, claim: Claim, panel: Panel) -> Answer:
        try:
            return self.judge(claim, panel)
        except InnoevalError:
            return Answer(status="not_evaluable")


#: Every judge of the table, by name; innoeval itself must never refuse by raising.
JUDGES: Mapping[str, Judge | Sighted] = MappingProxyType({
    "innoeval": innoeval,
    "before_after": refusing(before_after),
    "welch": refusing(welch),
    "twfe": refusing(twfe),
    "callaway_santanna": refusing(callaway_santanna),
    "its_ols": refusing(its_ols),
    "its_newey_west": refusing(its_newey_west),
    "did_gated": refusing(did_gated),
    "sdid_placebo": refusing(sdid_placebo),
    "oracle_trend": Sighted(oracle_trend),
    "oracle": Sighted(oracle),
})  # fmt: skip
