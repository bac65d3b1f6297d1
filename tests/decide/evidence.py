"""Evidence made by hand, on which standards are read."""

from __future__ import annotations

from collections.abc import Callable

from innoeval.decide.standards import Evidence
from innoeval.records import Claim, Estimate, Finding, Interval, Measured
from innoeval.records.assumption import Assumption
from innoeval.records.finding import FindingStatus
from innoeval.records.verdict import Item, Standard

ESTIMATE = Estimate(
    design="D", estimand="", effect=-1.0, std_error=0.2, conf_int=Interval(-1.4, -0.6), p_value=0.0,
    better="lower", baseline=10, observed=9, n_units=12, n_treated=6, n_clusters=12, n_obs=400,
    inference="",
)  # fmt: skip
MEASURED = Measured(outcome="days", first="2019-01", last="2021-12", launch="2021-01", n_periods=36,
                    n_units=12, n_before=24, n_after=12, missing=0, baseline_gap=0.04)  # fmt: skip


def claim_of(**changes: object) -> Claim:
    fields = {"id": "c", "innovation": "Desk", "outcome": "days", "better": "lower", "size": 1.0,
              "treated": ["A", "B"], "start": "2021-01", "scale": "absolute"}  # fmt: skip
    return Claim(**{**fields, **changes})  # type: ignore[arg-type]


def finding(check: str, status: FindingStatus, probes: tuple[Assumption, ...] = ()) -> Finding:
    return Finding(check=check, probes=probes, status=status, severity="major", question="?",
                   says=f"{check} says {status}.")  # fmt: skip


def evidence(*findings: Finding, **changes: object) -> Evidence:
    fields: dict[str, object] = {
        "claim": claim_of(), "estimate": ESTIMATE, "findings": {f.check: f for f in findings},
        "main": "clear", "sms_level": 3, "improvement_shown": True, "trends_shown": True,
        "measured": MEASURED,
    }  # fmt: skip
    return Evidence(**{**fields, **changes})  # type: ignore[arg-type]


def item(of: Callable[[Evidence], tuple[Standard, ...]], number: str, found: Evidence) -> Item:
    """The answer to one question, by its number or its words."""
    (standard,) = of(found)
    return next(one for one in standard.items if number in {one.number, one.question})
