"""Were cases moved just over the line of a target?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.records.match import share_unit
from innoeval.stats.breaks import Step, at_own_start, step
from innoeval.stats.contrast import student
from innoeval.stats.decomposition import rate_factor
from innoeval.stats.few_treated import donald_lang

#: A shift of all cases tilts the ratio of the two narrow bins by so much at most (as a logarithm);
#: a tilt of more than the second number would matter.
_TILT, _LARGE = 0.1, 0.3


@dataclass(frozen=True, slots=True)
class Bunching:
    """Cases that met a target narrowly against cases that missed it narrowly, before and after.

    Null: at the start their ratio rose by no more than 10 % beyond that of the comparison units (or
    beyond its own course). An improvement of all cases moves as many into the one narrow bin as out
    of the other, and hardly tilts them; cases recorded as met that were missed empty the one into
    the other. A panel of averages cannot show this: two columns with the cases near the target are
    needed (`near_target`). Where the outcome is the share of cases in target, the bias is what the
    moved cases add to it, and the improvement without them is left; else nobody can say what is.

    References
    ----------
    McCrary (2008), Journal of Econometrics 142:698-714, doi:10.1016/j.jeconom.2007.05.005; Bevan &
    Hood (2006), Public Administration 84:517-538, doi:10.1111/j.1467-9299.2006.00600.x.
    """

    name: ClassVar[str] = "bunching"
    question: ClassVar[str] = "Were cases moved just over the line of a target?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.stable_measure,)

    def measure(self, case: Case) -> Measurement:
        """Hold the two narrow bins against each other."""
        near = case.panel.near_target
        if near is None:
            return Measurement(
                status="not_applicable",
                says="How many cases met a target narrowly, and how many missed it, is not on record.",
            )
        met, missed = (case.panel.matrix(name) for name in near)
        found = _tilt(case, met, missed)
        if found is None:
            return Measurement(
                status="cannot_tell", says="There are too few cases near the target to see."
            )
        beyond = max(found.change - _TILT, 0.0)
        tested = student(np.array([beyond]), np.array([found.std_error]), np.array([found.df]), 0.9)
        reach = float(tested.high[0]) - beyond
        more = 100 * (np.exp(found.change) - 1)
        moved = _moved(case, met, missed, found)
        bias = None
        left = None
        if moved is not None:
            bias = Bias(*moved, power_for_half(case, moved.std_error))
            low, high = case.estimate.improvement_int
            spread = 1.96 * moved.std_error
            left = Interval(low - moved.value - spread, high - moved.value + spread)
        ruled_out = found.change + reach < _LARGE
        ratio = f"For each case that missed the target narrowly, {abs(more):.0f} % {'more' if more >= 0 else 'fewer'} met it narrowly than before and elsewhere"
        explained = "" if moved is None else f"; they make {amount(moved.value)} of the improvement"
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"{ratio}: "
            + (
                "no sign of cases moved over the line."
                if ruled_out
                else "too uncertain to rule out that some were moved over the line."
            ),
            says_problem=f"{ratio}: cases were moved just over the line{explained}.",
            # One-sided: fewer just met than before flatter nobody.
            p_value=float(tested.p_value[0]) / 2 if beyond > 0 else 1.0,
            bias=bias,
            statistic=found.change / found.std_error,
            left=left,
        )


def _tilt(case: Case, met: Floats, missed: Floats) -> Step | None:
    """Rise of the logarithm of met over missed at the start, relative to the comparison units."""
    treated, starts = case.arrangement.treated, case.arrangement.starts
    time = np.arange(met.shape[1])
    # A cell in which only one of the two was counted says nothing of their ratio.
    seen = np.isfinite(met + missed)
    met, missed = (np.where(seen, counts, np.nan) for counts in (met, missed))
    if (~treated).sum() < 3:
        ratio = _log_ratio(met[treated].sum(axis=0), missed[treated].sum(axis=0))
        return None if case.staggered else step(ratio, int(starts[treated].min()))
    before, after = (
        np.column_stack(
            [_log_ratio(_sum(met, side), _sum(missed, side)) for side in sides]
        )
        for sides in (
            [time < launch for launch in case.arrangement.launches],
            [time >= launch for launch in case.arrangement.launches],
        )
    )  # fmt: skip
    changes = at_own_start(before, after, starts)
    known = np.isfinite(changes)
    if not (treated & known).any() or (~treated & known).sum() < 3:
        return None
    if treated.sum() > case.policy.few_treated:
        found = case.compare(changes)
        if found is None or found.df is None or not np.isfinite(found.df[0]):
            return None
        numbers = found.effect, found.std_error, found.df
    else:
        alike = donald_lang(changes[known][:, None], treated[known], 0.9)
        numbers = alike.effect, alike.std_error, alike.df
    change = Step(*(float(x[0]) for x in numbers))
    return change if change.std_error > 0 else None


def _sum(counts: Floats, side: np.ndarray) -> Floats:
    return np.asarray(np.where(np.isfinite(counts) & side, counts, 0.0).sum(axis=1))


def _log_ratio(met: Floats, missed: Floats) -> Floats:
    """With half a case added to each, so that a bin may be empty; `nan` where both are."""
    with np.errstate(invalid="ignore"):
        ratio = np.log((met + 0.5) / (missed + 0.5))
    return np.where(met + missed > 0, ratio, np.nan)


class _Moved(NamedTuple):
    """Improvement that moved cases make, with its standard error."""

    value: float
    std_error: float


def _moved(case: Case, met: Floats, missed: Floats, tilt: Step) -> _Moved | None:
    """What the cases beyond the usual ratio add to a share in target; None where it is no share."""
    panel = case.panel
    if panel.denominator is None or panel.numerator is None:
        return None
    numerator, denominator = panel.matrix(panel.numerator), panel.matrix(panel.denominator)
    whole = share_unit(panel, case.claim.outcome)
    factor = rate_factor(case.arrangement.outcomes, numerator, denominator)
    if factor is None or abs(factor - whole) > 0.05 * whole:
        return None
    post = np.arange(met.shape[1]) >= case.arrangement.starts[:, None]
    ours = post & np.isfinite(met + missed + denominator)
    near, just, cases = (float(x[ours].sum()) for x in (met + missed, met, denominator))
    if not near or not cases or not 0 < just < near:
        return None
    usual = 1 / (1 + np.exp(-(np.log(just / (near - just)) - tilt.change)))
    scale = case.sign * whole * near / cases
    return _Moved(
        float(scale * (just / near - usual)),
        float(abs(scale) * usual * (1 - usual) * tilt.std_error),
    )
