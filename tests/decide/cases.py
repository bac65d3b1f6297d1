"""A claim, what was found and what it is held against, made by hand."""

from __future__ import annotations

from innoeval.records import Assumption, Claim, Estimate, Finding, Interval
from innoeval.records.finding import FindingStatus, Severity

INF = float("inf")


def claim_of(**more: object) -> Claim:
    """4 days fewer are claimed, 1 matters."""
    fields = {
        "id": "c", "innovation": "i", "outcome": "o", "better": "lower", "treated": ["A"],
        "start": "2021", "size": 4.0, "smallest_effect": 1.0, "scale": "absolute",
    }  # fmt: skip
    return Claim(**{**fields, **more})  # type: ignore[arg-type]


def estimate_of(effect: float = -3.0, error: float | None = 1.0, **more: object) -> Estimate:
    """Down from 50, 1.96 standard errors either way, by a normal distribution."""
    fields: dict[str, object] = {
        "design": "D", "estimand": "", "effect": effect, "std_error": error, "df": 1e9,
        "p_value": None, "better": "lower", "baseline": 50.0, "observed": 50.0 + effect,
        "conf_int": Interval(effect - 1.96 * (error or 1), effect + 1.96 * (error or 1)),
        "n_units": 40, "n_treated": 10, "n_clusters": 40, "n_obs": 400, "inference": "",
        "assumptions": (Assumption.parallel_trends,),
    }  # fmt: skip
    return Estimate(**{**fields, **more})  # type: ignore[arg-type]


def finding_of(
    check: str,
    status: FindingStatus = "problem",
    severity: Severity = "major",
    probes: tuple[Assumption, ...] = (Assumption.parallel_trends,),
    **more: float,
) -> Finding:
    return Finding(check=check, probes=probes, status=status, severity=severity, question="?",
                   says=f"{check} says {status}.", **more)  # fmt: skip
