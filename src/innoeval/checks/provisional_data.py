"""Do figures that are not final carry the improvement?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Estimate
from innoeval.stats.breaks import Step, step
from innoeval.stats.contrast import student

#: Last periods that late records are sought in, and a lack of cases (logarithm) that is none.
_LATE, _BORNE = 3, 0.1


@dataclass(frozen=True, slots=True)
class ProvisionalData:
    """Provisional periods since the start against settled ones.

    Null: the improvement in the periods that are not final is no larger than in those that are.
    Late records are rarely the good ones, so that figures get worse as they become final. Where it
    is not on record which are final, but the number of cases is: null, the last three periods count
    no more than 10 % fewer cases than the course before makes likely, at the comparison units (at
    the treated ones since the start, where there are none). The bias is what the provisional
    periods add to the average; what is left is the improvement in settled periods alone.

    References
    ----------
    Croushore (2011), Journal of Economic Literature 49:72-100, doi:10.1257/jel.49.1.72.
    """

    name: ClassVar[str] = "provisional_data"
    question: ClassVar[str] = "Do figures that are not final carry the improvement?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_measure,)

    def measure(self, case: Case) -> Measurement:
        """Hold provisional periods against settled ones."""
        if case.panel.provisional is None:
            return _late_records(case)
        open_cells = case.panel.matrix(case.panel.provisional) > 0
        post = np.arange(open_cells.shape[1]) >= case.arrangement.starts[:, None]
        ours = case.arrangement.treated[:, None] & post
        share = float((open_cells & ours).sum() / ours.sum())
        if not open_cells.any():
            return Measurement(status="clear", says="All figures are final.")
        if share == 1.0:
            return Measurement(
                status="cannot_tell", says="All figures since the start are provisional."
            )
        settled = _settled(case, open_cells)
        if settled is None:
            return Measurement(
                status="cannot_tell",
                says=f"{100 * share:.0f} % of the figures since the start are provisional, and too few are settled.",
            )
        error, p_value = _difference(case, np.asarray((open_cells & ours).any(axis=0)))
        bias = case.estimate.improvement - settled.improvement
        telling = (
            f"{100 * share:.0f} % of the figures since the start are provisional; without them the "
            f"improvement is {amount(settled.improvement)} instead of {amount(case.estimate.improvement)}"
        )
        ruled_out = abs(bias) + 1.645 * error < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=telling + (", which changes nothing." if ruled_out else "."),
            says_problem=f"{telling}: the gain lies in figures that are not final.",
            p_value=p_value,
            bias=Bias(bias, error),
            left=settled.improvement_int,
        )


def _late_records(case: Case) -> Measurement:
    """Whether the last periods lack cases, where nothing says which figures are final."""
    found = _missing_cases(case)
    if found is None:
        return Measurement(
            status="not_applicable", says="Which figures are provisional is not on record."
        )
    beyond = max(-found.change - _BORNE, 0.0)
    numbers = np.array([beyond]), np.array([found.std_error]), np.array([found.df])
    tested = student(*numbers, 0.9)
    late = np.zeros(case.arrangement.outcomes.shape, dtype=bool)
    late[:, -_LATE:] = True
    settled = _settled(case, late) if beyond > 0 else None
    error, _ = _difference(case, np.asarray(late.any(axis=0)))
    fewer = 100 * (1 - np.exp(min(found.change, 0.0)))
    return Measurement(
        status="clear"
        if -found.change + float(tested.high[0]) - beyond < 2 * _BORNE
        else "cannot_tell",
        says=f"The last {_LATE} periods count {fewer:.0f} % fewer cases ({case.panel.denominator}) than "
        "the course before makes likely.",
        says_problem=f"The last {_LATE} periods count {fewer:.0f} % fewer cases ({case.panel.denominator}) "
        "than the course before makes likely, as if late records were still missing.",
        p_value=float(tested.p_value[0]) / 2 if beyond > 0 else 1.0,
        bias=Bias(case.estimate.improvement - settled.improvement, error) if settled else None,
        statistic=found.change / found.std_error,
        left=settled.improvement_int if settled else None,
    )


def _missing_cases(case: Case) -> Step | None:
    """Step of the logarithm of the number of cases at the last three periods."""
    if case.panel.denominator is None:
        return None
    treated, counts = case.arrangement.treated, case.panel.matrix(case.panel.denominator)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(counts > 0, np.log(counts), np.nan)
    alone = bool(treated.all())
    first = int(case.arrangement.launches[-1]) if alone else 0
    series = logs[treated if alone else ~treated].mean(axis=0)[first:]
    return step(series, len(series) - _LATE, case.panel.calendar.cycle)


def _settled(case: Case, open_cells: np.ndarray) -> Estimate | None:
    """The estimate without provisional figures: to the last settled period, or without the cells."""
    panel, some = case.panel, open_cells.any(axis=0)
    last = int(np.flatnonzero(~some)[-1]) if not some.all() else -1
    first_open = int(np.flatnonzero(some)[0])
    if last >= case.arrangement.launches[-1] and last == first_open - 1:
        claim = replace(case.claim, windows=None)
        return case.refit(panel.window(panel.periods[0], panel.periods[last]), claim)
    values = np.where(open_cells, np.nan, case.arrangement.outcomes)
    return case.refit(panel.with_values(case.claim.outcome, values))


def _difference(case: Case, late: np.ndarray) -> tuple[float, float | None]:
    """Error of what provisional periods add, and one-sided p-value that they add nothing.

    Where units start at different dates the kernel counts from each start: no period of it is
    provisional for all, and the question is left open.
    """
    time = np.arange(len(late))
    post = time >= case.kernel.launch
    if case.staggered or len(case.kernel.series) != len(late) or not (post & ~late).any():
        return float("inf"), None
    found = case.kernel.effects((post & ~late)[None], (post & late)[None], case.policy.level)
    effect, p_value = case.sign * float(found.effect[0]), float(found.p_value[0])
    if not np.isfinite(effect):
        return float("inf"), None
    weight = float(late[post].mean())
    return weight * float(found.std_error[0]), p_value / 2 if effect > 0 else 1 - p_value / 2
