"""Did the way of counting or recording change at the start, without being declared?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.base import Effects
from innoeval.records.assumption import Assumption
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.stats.breaks import (
    Step,
    at_own_start,
    is_round,
    log_spread,
    recording_step,
    step,
    typical_spread,
)
from innoeval.stats.changes import mean_of, unit_changes
from innoeval.stats.contrast import Compared, student
from innoeval.stats.decomposition import rate_factor
from innoeval.stats.few_treated import donald_lang
from innoeval.stats.noise import unit_noise

#: A change of volume by so much (as a logarithm) is no break; one by more than `_LARGE` matters.
_SMALL, _LARGE = 0.02, 0.1
#: Steps of recording that a unit's values must spread over for their last digit to be anything.
_DIGITS = 4


class _Sign(NamedTuple):
    """One sign of a break: what changed, by how much, with 90 % interval, error and p-value."""

    what: Literal["volume", "spread", "digits", "gaps"]
    name: str
    change: float
    error: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class UndeclaredBreak:
    """What a change of recording leaves behind, sought at the start, relative to comparison units.

    Null: at the start of the treated units none of these changed more than with comparison units:
    the number of cases counted (denominator, and numerator of what is no rate) by more than 2 %;
    the spread of the outcome by more than goes with a change of its level; how many values are
    round; how many are missing. With few comparison units the number of cases is held against its
    own history: a step beside a linear trend and seasons (REML, AR(1)). The p-value is Bonferroni's over the signs. Of a rate the bias is what the shift of its denominator does
    while its numerator stays; of anything else nobody can say. What is left: nothing where other
    cases are counted; the base interval, widened by the coarser step, where only precision changed;
    the base interval where spread or gaps changed (gaps are bounded by the check of attrition).

    References
    ----------
    Shadish, Cook & Campbell (2002), chapter 2, "instrumentation", ISBN 978-0-395-61556-0; Bevan &
    Hood (2006), Public Administration 84:517-538, doi:10.1111/j.1467-9299.2006.00600.x.
    """

    name: ClassVar[str] = "undeclared_break"
    question: ClassVar[str] = "Did the way of counting or recording change at the start?"
    probes: ClassVar[tuple[Assumption, ...]] = (
        Assumption.stable_measure,
        Assumption.stable_composition,
    )

    def measure(self, case: Case) -> Measurement:
        """Look for a step in volume, spread, precision and gaps."""
        signs = [*_volumes(case), *_spread(case), *_digits(case), *_gaps(case)]
        if not signs:
            return Measurement(
                status="not_applicable",
                says="Neither numbers of cases nor enough values are recorded to see a change of recording.",
            )
        worst = min(signs, key=lambda sign: sign.p_value)
        p_value = min(1.0, len(signs) * worst.p_value)
        shown = [s for s in signs if len(signs) * s.p_value <= case.policy.check_level]
        volumes = [sign for sign in signs if sign.what == "volume"]
        bias = _bias(case, worst) if worst.what == "volume" else None
        ruled_out = volumes and all(max(-s.low, s.high) < _LARGE for s in volumes)
        if ruled_out and not shown:
            return Measurement(
                status="clear",
                says=f"The number of cases counted ({volumes[0].name}) moved as before and as elsewhere: "
                f"a shift of more than {100 * _LARGE:.0f} % is ruled out.",
                p_value=p_value,
                bias=bias,
            )
        return Measurement(
            status="cannot_tell",
            says=(
                "Nothing shows a change of recording, but a shift in the number of cases is not ruled out."
                if volumes
                else "Nothing shows a change of recording, but the number of cases behind the outcome is not on record."
            ),
            says_problem=_sentence(worst),
            p_value=p_value,
            bias=bias,
            statistic=worst.change / worst.error if worst.error > 0 else None,
            left=_left(case, shown or [worst]),
        )


def _sentence(sign: _Sign) -> str:
    share = 100 * (np.exp(abs(sign.change)) - 1 if sign.change > 0 else 1 - np.exp(sign.change))
    if sign.what == "volume":
        return (
            f"From the start on {share:.0f} % {'more' if sign.change > 0 else 'fewer'} cases "
            f"({sign.name}) were counted at the treated units than their past and the other units "
            "lead to expect; so other cases may be compared than before."
        )
    points = f"{100 * abs(sign.change):.0f} points {'more' if sign.change > 0 else 'less'} often"
    return {
        "spread": f"From the start on the values of the treated units vary {share:.0f} % "
        f"{'more' if sign.change > 0 else 'less'} than goes with their level, as if recorded in another way.",
        "digits": f"From the start on the treated units recorded round numbers {points} than others did.",
        "gaps": f"From the start on values of the treated units are missing {points} than those of others.",
    }[sign.what]


def _left(case: Case, shown: list[_Sign]) -> Interval | None:
    """What is left of the improvement under the signs that are shown."""
    low, high = case.estimate.improvement_int
    if any(sign.what == "volume" for sign in shown):
        return None
    if any(sign.what == "digits" for sign in shown):
        coarse = 10 * (recording_step(case.arrangement.outcomes) or 0.0)
        return Interval(low - coarse, high + coarse)
    return Interval(low, high)


def _volumes(case: Case) -> list[_Sign]:
    """Steps in the numbers of cases behind the outcome."""
    panel, found = case.panel, []
    for name in dict.fromkeys((panel.denominator, panel.numerator)):
        if (
            name is None
            or name == case.claim.outcome
            or (name == panel.numerator and _is_rate(case))
        ):
            continue
        counts = panel.matrix(name)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(counts > 0, np.log(counts), np.nan)
        sign = _volume(case, logs, name)
        found += [sign] if sign is not None else []
    return found


def _is_rate(case: Case) -> bool:
    """Whether the outcome is numerator over denominator, times a constant."""
    panel = case.panel
    if panel.numerator is None or panel.denominator is None:
        return False
    parts = panel.matrix(panel.numerator), panel.matrix(panel.denominator)
    return rate_factor(case.arrangement.outcomes, *parts) is not None


def _volume(case: Case, logs: Floats, name: str) -> _Sign | None:
    treated = case.arrangement.treated
    if (~treated).sum() > case.policy.few_treated:
        found = _among_units(case, logs)
    else:
        series, launch = _aligned(case, logs)
        alone = bool(treated.all())
        found = step(series, launch, case.panel.calendar.cycle if alone else 1)
    if found is None:
        return None
    change, error, df = found
    # What counts is how far the change lies beyond one that is no break.
    beyond = max(abs(change) - _SMALL, 0.0)
    numbers = np.array([beyond]), np.array([error]), np.array([df])
    p_value = float(student(*numbers, 0.9).p_value[0])
    reach = float(student(*numbers, 0.9).high[0]) - beyond
    return _Sign("volume", name, change, error, change - reach, change + reach, p_value)


def _among_units(case: Case, logs: Floats) -> Step | None:
    """The treated units' change against those of the others.

    Of a few treated units the error is that of the comparison units' changes, each measured by the
    unit's own noise before the start (Donald & Lang).
    """
    treated, starts = case.arrangement.treated, case.arrangement.starts
    changes = unit_changes(logs, starts)
    compared: Effects | Compared | None
    if treated.sum() > case.policy.few_treated:
        compared = case.compare(changes)
    else:
        known = np.isfinite(changes)
        noise = unit_noise(logs[:, : case.arrangement.launches[0]])
        noise = noise / noise[treated].mean()
        ours, theirs = treated & known, ~treated & known
        if not ours.any() or theirs.sum() < 3:
            return None
        compared = donald_lang((changes / noise)[known][:, None], treated[known], 0.9)
    if compared is None or compared.df is None or not np.isfinite(compared.df[0]):
        return None
    if not compared.std_error[0] > 0:
        return None
    return Step(*(float(x[0]) for x in (compared.effect, compared.std_error, compared.df)))


def _aligned(case: Case, values: Floats) -> tuple[Floats, int]:
    """Mean of the treated less that of the comparison units, by time since each start; its start."""
    treated, starts = case.arrangement.treated, case.arrangement.starts
    theirs = np.zeros(values.shape[1])
    if not treated.all():
        theirs = _mean(values[~treated])
    ahead = int(starts[treated].min())
    after = int(values.shape[1] - starts[treated].max())
    rows = [
        (values[i] - theirs)[starts[i] - ahead : starts[i] + after] for i in np.flatnonzero(treated)
    ]
    return _mean(np.stack(rows)), ahead


def _mean(rows: Floats) -> Floats:
    """Mean over the units of each period in which all have a value; `nan` elsewhere."""
    return np.asarray(rows.mean(axis=0))


def _spread(case: Case) -> list[_Sign]:
    """A change of the spread that neither an unchanged nor a proportional one explains."""
    treated, starts = case.arrangement.treated, case.arrangement.starts
    if min(treated.sum(), (~treated).sum()) <= case.policy.few_treated:
        return []
    outcomes = _relative(case)
    time, launches = np.arange(outcomes.shape[1]), case.arrangement.launches
    before = np.column_stack([log_spread(outcomes, time < launch) for launch in launches])
    after = np.column_stack([log_spread(outcomes, time >= launch) for launch in launches])
    found = case.compare(at_own_start(before, after, starts))
    if found is None or not found.std_error[0] > 0:
        return []
    observed, baseline = case.estimate.observed, case.estimate.baseline
    level = float(np.log(observed / baseline)) if min(observed, baseline) > 0 else 0.0
    change, error = float(found.effect[0]), float(found.std_error[0])
    beyond = change - float(np.clip(change, min(level, 0.0), max(level, 0.0)))
    df = float(found.df[0]) if found.df is not None else np.nan
    if np.isfinite(df):
        tested = student(np.array([beyond]), np.array([error]), np.array([df]), 0.9)
        p_value = float(tested.p_value[0])
    else:
        p_value = float(found.p_value[0]) if beyond else 1.0
    reach = 1.645 * error
    return [_Sign("spread", "", change, error, change - reach, change + reach, p_value)]


def _relative(case: Case) -> Floats:
    """Outcomes less the mean of their group in each period: what moves a whole group is no noise."""
    # A unit without a value must not move its group's mean by its level.
    levels = mean_of(case.arrangement.outcomes, axis=1)
    outcomes, treated = case.arrangement.outcomes - levels[:, None], case.arrangement.treated
    for group in (treated, ~treated):
        mean = mean_of(outcomes[group], axis=0)
        outcomes[group] -= np.where(np.isfinite(mean), mean, 0.0)
    return outcomes


def _digits(case: Case) -> list[_Sign]:
    """A change in how many values are multiples of ten steps of recording."""
    outcomes, starts = case.arrangement.outcomes, case.arrangement.starts
    fine = recording_step(outcomes)
    if fine is None:
        return []
    if typical_spread(outcomes) < _DIGITS * fine:
        return []
    found = case.compare(unit_changes(is_round(outcomes, 10 * fine), starts))
    return [_sign("digits", found)] if found is not None and found.std_error[0] > 0 else []


def _gaps(case: Case) -> list[_Sign]:
    """A change in how many values are missing."""
    missing = (~np.isfinite(case.arrangement.outcomes)).astype(np.float64)
    if not missing.any():
        return []
    found = case.compare(unit_changes(missing, case.arrangement.starts))
    return [_sign("gaps", found)] if found is not None and found.std_error[0] > 0 else []


def _sign(what: Literal["digits", "gaps"], found: Effects) -> _Sign:
    change, error = float(found.effect[0]), float(found.std_error[0])
    reach = 1.645 * error
    return _Sign(what, "", change, error, change - reach, change + reach, float(found.p_value[0]))


def _bias(case: Case, sign: _Sign) -> Bias | None:
    """What a shift of the denominator does to a rate whose numerator stays, as improvement."""
    if not _is_rate(case) or sign.name != case.panel.denominator:
        return None
    faked = case.estimate.observed * float(1 - np.exp(sign.change))
    return Bias(
        case.sign * faked, abs(case.estimate.observed) * float(np.exp(sign.change)) * sign.error
    )
