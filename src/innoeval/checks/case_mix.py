"""Did easier cases make the difference?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import Mask
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.freeze import Floats


@dataclass(frozen=True, slots=True)
class CaseMix:
    """How much of the change the mix of cases makes (Kitagawa), and what is left of it.

    Null: the kinds of cases changed alike for treated and comparison units. The change of a unit's
    average is, exactly, the change of shares at average outcomes plus the change of outcomes at
    average shares; the first part, treated less comparison units, is the bias, and the change less
    that part is `left`: directly standardised to the average of the mixes before and after.

    References
    ----------
    Kitagawa (1955), JASA 50:1168-1194, doi:10.1080/01621459.1955.10501299.
    """

    name: ClassVar[str] = "case_mix"
    question: ClassVar[str] = "Did easier cases make the difference?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_composition,)

    def measure(self, case: Case) -> Measurement:
        """Split each unit's change into mix and outcomes."""
        if not case.panel.case_mix:
            return Measurement(
                status="not_applicable",
                says="The data do not say which kinds of cases there were.",
            )
        if case.arrangement.treated.all():
            return Measurement(
                status="not_applicable",
                says="There are no comparison units to hold the mix of cases against.",
            )
        mix = _mix_part(case)
        found = case.compare(mix, 1 - 2 * case.policy.check_level)
        if found is None or not np.isfinite(found.effect[0]):
            return Measurement(
                status="cannot_tell", says="Too few units say which kinds of cases there were."
            )
        bias, ends = case.improvement(found)
        error = float(found.std_error[0])
        own = case.changes_of()
        relaxed = case.compare(own - mix, case.policy.level)
        rest, left = (float("nan"), None) if relaxed is None else case.improvement(relaxed)
        ruled_out = max(abs(ends.low), abs(ends.high)) < case.margin
        told = f"with the mix of cases held fixed the improvement is {amount(rest)}"
        which = "easier" if bias > 0 else "harder"
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"The mix of cases hardly changed; {told}."
            if ruled_out
            else f"A change in the mix of cases may explain {amount(ends.low)} to {amount(ends.high)}; {told}.",
            says_problem=f"From the start on the treated units had {which} cases, which explains {amount(bias)} of the "
            f"change; {told}.",
            p_value=float(found.p_value[0]),
            bias=Bias(bias, error, power_for_half(case, error)),
            left=left,
        )


def _mix_part(case: Case) -> Floats:
    """Change of each unit's average that its mix of cases alone makes, (N,)."""
    panel, arrangement = case.panel, case.arrangement
    values = np.stack([panel.matrix(name) for name in panel.case_mix])
    cases = np.stack([panel.matrix(name) for name in panel.case_mix.values()])
    # A kind without cases in a period has no average there; it counts with none.
    cases = np.where(np.isfinite(values), np.nan_to_num(cases, nan=0.0), 0.0)
    values = np.nan_to_num(values, nan=0.0)
    time, treated = np.arange(arrangement.n_periods), arrangement.treated
    launches, sizes = np.unique(arrangement.starts[treated], return_counts=True)
    part = np.zeros(len(treated))
    for launch, size in zip(launches, sizes, strict=True):
        found = _kitagawa(values, cases, time < launch)
        part += np.where(treated, np.where(arrangement.starts == launch, found, 0.0),
                         found * size / sizes.sum())  # fmt: skip
    return part


def _kitagawa(values: Floats, cases: Floats, before: Mask) -> Floats:
    """The part that shares make, (N,): their change times the average outcome of each kind."""
    with np.errstate(invalid="ignore", divide="ignore"):
        share, level = [], []
        for inside in (before, ~before):
            weight = np.where(inside, cases, 0.0)
            count = weight.sum(axis=2)
            share.append(count / count.sum(axis=0))
            level.append((weight * values).sum(axis=2) / count)
    # A kind that a unit had on one side only keeps its outcome.
    first = np.where(np.isfinite(level[0]), level[0], level[1])
    second = np.where(np.isfinite(level[1]), level[1], level[0])
    average = np.nan_to_num((first + second) / 2, nan=0.0)
    part: Floats = ((share[1] - share[0]) * average).sum(axis=0)
    return part
