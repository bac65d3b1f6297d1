"""Joins what a design leans on to the checks that probe it, and corrects for asking many questions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from innoeval.checks.base import Case, Check, Measurement
from innoeval.errors import ClaimError, DesignError
from innoeval.records.finding import Finding
from innoeval.stats.multiplicity import holm


def examine(case: Case, checks: Sequence[Check]) -> tuple[Finding, ...]:
    """Ask every question that bears on what the design leans on.

    The statistical checks of one claim are corrected together (Holm, with the weights of
    `policy.check_weights`), so that a clean claim gets any problem at most `policy.check_level` of
    the time.

    Parameters
    ----------
    case
        All that a check may look at.
    checks
        The checks to choose from.
    """
    leaned = set(case.design.assumptions)
    # A check that probes nothing asks about the announcement itself, whatever the design.
    asked = [check for check in checks if not check.probes or leaned.intersection(check.probes)]
    measured = [_measure(check, case) for check in asked]
    adjusted = _corrected(asked, measured, dict(case.policy.check_weights))
    return tuple(
        _finding(check, measure, adjusted.get(i), case)
        for i, (check, measure) in enumerate(zip(asked, measured, strict=True))
    )


def _corrected(
    asked: Sequence[Check], measured: Sequence[Measurement], weights: Mapping[str, float]
) -> dict[int, float]:
    """Place of each check that tests, and its adjusted p-value.

    A statistical check that is clear keeps its share of the error rate: which checks share it must
    not depend on what they found.
    """
    tested = [
        i
        for i, (check, measure) in enumerate(zip(asked, measured, strict=True))
        if measure.p_value is not None or (measure.status == "clear" and check.name in weights)
    ]
    values = [measured[i].p_value for i in tested]
    corrected = holm(
        [1.0 if value is None else value for value in values],
        [weights.get(asked[i].name, 1.0) for i in tested],
    )
    return {
        i: float(p)
        for i, p, value in zip(tested, corrected, values, strict=True)
        if value is not None
    }


def _measure(check: Check, case: Case) -> Measurement:
    """The check's answer; why it could not run where claim or panel do not fit. Bugs surface."""
    try:
        return check.measure(case)
    except (ClaimError, DesignError) as error:
        return Measurement(status="not_applicable", says=f"This could not be checked: {error}.")


def _finding(check: Check, measure: Measurement, p_value: float | None, case: Case) -> Finding:
    shown = p_value is not None and p_value <= case.policy.check_level and measure.says_problem
    bias = measure.bias
    return Finding(
        check=check.name,
        probes=tuple(check.probes),
        status="problem" if shown else measure.status,
        severity=measure.severity,
        question=check.question,
        says=measure.says_problem if shown else measure.says,
        bias=bias.value if bias else None,
        bias_se=bias.std_error if bias else None,
        share_explained=case.share(bias.value) if bias else None,
        statistic=bias.statistic if bias and measure.statistic is None else measure.statistic,
        p_value=p_value,
        power=bias.power if bias else None,
        left=measure.left,
    )
