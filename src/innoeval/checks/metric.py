"""Was the metric picked among many for its result?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.records.assumption import Assumption
from innoeval.records.estimate import Interval
from innoeval.records.freeze import Floats
from innoeval.stats.randomization import assignments
from innoeval.stats.step_down import step_down, studentised

#: Choices of units that are drawn where they cannot all be listed.
_DRAWS = 999
#: Share of the claims whose metric was fixed beforehand, and did not change, that are taken for picked.
_FALSE = 0.03
#: Choices of units that must be able to beat the level for a metric to count as picked.
_COARSE = 4


@dataclass(frozen=True, slots=True)
class Metric:
    """The claimed metric among all that the service records (Romano-Wolf by permutation).

    Null: the metric was fixed beforehand. The same random choices of treated units are made for all
    metrics at once, each change studentised; metrics whose better direction is not declared count
    either way. A metric that stays ahead after the step-down correction holds however it was chosen.
    One that is the best of all, and about as good as the best of so many is by chance, is a problem;
    `left` is the interval that holds for all metrics, either way, at once.

    No data can tell a picked metric from one fixed beforehand that happens to be the best. In K looks
    at metrics that moved by chance the claimed one is the best with probability 1/K, so the share of
    picked ones that are seen is K times that of false alarms, which is fixed; and a modest true effect
    looks like the best of many (docs/calibration/metric.md). A claim that was registered before its
    results is believed.

    References
    ----------
    Romano & Wolf (2005), Econometrica 73:1237-1282, doi:10.1111/j.1468-0262.2005.00615.x; Simmons,
    Nelson & Simonsohn (2011), Psychological Science 22:1359-1366, doi:10.1177/0956797611417632.
    """

    name: ClassVar[str] = "metric"
    question: ClassVar[str] = "Was the metric picked among many for its result?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_outcome,)

    def measure(self, case: Case) -> Measurement:
        """Rank the claimed metric among all, and ask what the best of so many is by chance."""
        family = _family(case)
        if isinstance(family, str):
            return Measurement(status="not_applicable", says=family)
        # Half the level: whoever picks a metric may also pick which way is called better.
        count, level = family.statistics.shape[1], case.policy.check_level / 2
        if _registered(case):
            return Measurement(
                status="clear",
                says=f"The claim was registered before its results ({case.claim.registered_on}), so the "
                f"metric was not picked among the {count} that are recorded.",
            )
        real, best = family.statistics[0], family.statistics.max(axis=1)
        adjusted = float(step_down(family.statistics)[0])
        ahead = int((real[1:] > real[0]).sum())
        often = f"{100 * adjusted:.0f}" if adjusted >= 0.01 else "fewer than 1"
        by_chance = f"in {often} of 100 services where nothing had changed"
        said = Measurement(
            status="clear",
            says=f"Even picked as the best of {count} recorded metrics, so large an improvement would be seen only "
            f"{by_chance}.",
            bias=_best_by_chance(case, best[1:]),
            statistic=float(real[0]),
            left=_left(case, family),
        )
        if real[0] <= 0:
            says = "The claimed metric did not improve, so it was not picked for its result."
            return replace(said, says=says)
        if adjusted <= level or ahead:
            says = (
                f"{ahead} of the {count} recorded metrics changed more clearly than the claimed one: it was not picked "
                "as the best."
            )
            return said if adjusted <= level else replace(said, says=says)
        # The claimed one of so many looks is the best by chance in one of them. With few choices of
        # units not even a plain improvement could be told from the best of many.
        shown = adjusted <= level + _FALSE * family.looks and len(best) * level >= _COARSE
        first = f"The claimed metric is the one of {count} that changed most"
        return replace(
            said,
            status="problem" if shown else "cannot_tell",
            says=f"{first}, and the best of {count} looks as good by chance {by_chance}; that it was chosen "
            "beforehand is not on record."
            if shown
            else f"{first}; whether it was picked cannot be told.",
        )


class _Family(NamedTuple):
    """Statistics of all metrics, the claimed one first, (M, K), and the oriented looks at them."""

    statistics: Floats
    looks: int


def _family(case: Case) -> _Family | str:
    """Every metric under the same choices of units; why there is nothing to compare."""
    panel = case.panel
    known = dict(panel.balancing)
    names = [n for n in dict.fromkeys((*panel.outcomes, *known)) if n != case.claim.outcome]
    if not names:
        return "Only one metric of the service is recorded, so none could be picked among several."
    if case.arrangement.treated.all():
        return "Without comparison units, changes in several metrics cannot be compared."
    own = case.changes_of()
    usable = np.isfinite(own)
    columns, signs = [own[usable]], [float(case.sign)]
    for name in names:
        changes = case.changes_of(name)[usable]
        if np.isfinite(changes).all() and np.ptp(changes) > 0:
            columns.append(changes)
            signs.append({"lower": -1.0, "higher": 1.0}.get(known.get(name, ""), 0.0))
    treated = case.arrangement.treated[usable]
    if len(columns) < 2 or treated.all() or not treated.any():
        return "No other recorded metric has values for the same units, before and after."
    chosen = assignments(treated, _DRAWS, case.policy.seed)
    few = int(treated.sum()) <= case.policy.few_treated
    found = studentised(np.column_stack(columns), chosen, pooled=few)
    direction = np.array(signs)
    oriented = np.where(direction == 0, np.abs(found), direction * found)
    return _Family(oriented, int(np.where(direction == 0, 2, 1).sum()))


def _best_by_chance(case: Case, best: Floats) -> Bias | None:
    """What the best of all metrics shows where nothing changed, in outcome units."""
    error = case.estimate.std_error
    return None if error is None else Bias(float(best.mean()) * error, float(best.std()) * error)


def _left(case: Case, family: _Family) -> Interval:
    """The base interval, as much wider as covering all metrics, either way, at once asks for."""
    size, share = np.abs(family.statistics), 1 - case.policy.level
    ratio = float(np.quantile(size.max(axis=1), 1 - share / 2) / np.quantile(size[:, 0], 1 - share))
    effect, interval = case.estimate.improvement, case.estimate.improvement_int
    return Interval(
        effect - ratio * (effect - interval.low), effect + ratio * (interval.high - effect)
    )


def _registered(case: Case) -> bool:
    """Whether the claim is on record from before its first treated period was over."""
    try:
        position = case.panel.calendar.position(case.claim.registered_on)
    except ValueError:
        return False
    return position <= int(case.arrangement.launches[0])
