"""Were the compared periods chosen for their result?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.base import Arrangement, arrange
from innoeval.errors import ClaimError, DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.display import amount
from innoeval.records.panel import Panel
from innoeval.records.window_pairs import WindowPairs
from innoeval.stats.all_windows import all_pairs, largest_by_chance, place_among_all
from innoeval.stats.contrast import window_contrasts

#: Fewest other windows for a rank to mean something, and most that are tried.
_FEWEST, _MOST = 20, 400
#: Usual lengths of windows; pairs, choices of units and fewest units a side for the largest by chance.
_LENGTHS, _PICKED, _DRAWS, _GROUP = (3, 6, 12), 60, 999, 3
#: Most windows on a side of which `window_multiverse` keeps the pairs.
_KEPT = 80
#: In the upper fifth, but not shown to be picked: the check cannot tell.
_HIGH = 0.2


@dataclass(frozen=True, slots=True)
class Window:
    """Rank of the announced number among those of all windows of the same lengths.

    Null: the claimed windows are as good as any on either side of the start. The p-value is the
    share of pairs of windows whose raw before-after change, relative to a linear trend fitted with
    a step at the start, is at least as large. The verdict itself uses all periods and cannot be
    moved by the choice; the finding is a note on the announced number. Beside it stand the place
    among pairs of all usual lengths, and whether the change of the claimed windows, against the
    comparison units, is larger than the largest studentised one of all windows is by chance.

    References
    ----------
    Westfall & Young (1993), Resampling-Based Multiple Testing, ISBN 978-0-471-55761-6;
    Steegen, Tuerlinckx, Gelman & Vanpaemel (2016), Perspectives on Psychological Science
    11:702-712, doi:10.1177/1745691616658637.
    """

    name: ClassVar[str] = "window"
    question: ClassVar[str] = "Were the compared periods picked for their result?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_window,)

    def measure(self, case: Case) -> Measurement:
        """Rank the claimed windows."""
        if case.claim.windows is None:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The claim does not say which periods it compares.",
            )
        if case.staggered:
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The treated units start at different dates, so that no one pair of windows fits them all.",
            )
        ends = [[case.panel.calendar.position(p) for p in window] for window in case.claim.windows]
        (a, b), (c, d) = ends
        launch, n_periods = case.kernel.launch, len(case.kernel.series)
        if not (b < launch <= c):
            return Measurement(
                status="not_applicable",
                severity="note",
                says="The claim's windows do not lie on either side of the start.",
            )
        firsts = [
            (i, j) for i in range(launch - (b - a)) for j in range(launch, n_periods - (d - c))
        ]
        if len(firsts) > _MOST:
            keep = np.linspace(0, len(firsts) - 1, _MOST).round().astype(int)
            firsts = sorted({firsts[i] for i in keep} | {(a, c)})
        time = np.arange(n_periods)
        start = np.array(firsts)
        before = (time >= start[:, :1]) & (time <= start[:, :1] + (b - a))
        after = (time >= start[:, 1:]) & (time <= start[:, 1:] + (d - c))
        gains = (
            case.sign
            * window_contrasts(_without_trend(case.arrangement, launch)[None], before, after)[0]
        )
        known = gains[np.isfinite(gains)]
        claimed = float(gains[firsts.index((a, c))])
        if len(known) < _FEWEST or not np.isfinite(claimed):
            return Measurement(
                status="cannot_tell",
                severity="note",
                says=f"Only {len(known)} pairs of windows of that length exist, too few to see a choice.",
            )
        beyond = _beyond_these(case, (a, b, c, d), before, after, firsts.index((a, c)))
        share = float((known >= claimed - 1e-12 * abs(claimed)).mean())
        bias = claimed - float(np.median(known))
        place = f"{100 * share:.0f} % of {len(known)} windows of that length show as large an improvement"
        return Measurement(
            status="clear" if share > _HIGH else "cannot_tell",
            severity="note",
            says=f"{place}: the claimed ones are "
            + ("not unusual." if share > _HIGH else "among the better ones, which may be chance.")
            + beyond,
            says_problem=f"Only {place}: the claimed ones show {amount(bias)} more than the typical ones."
            + beyond,
            p_value=share,
            bias=Bias(bias, float(np.std(known))),
            statistic=share,
        )


def _beyond_these(
    case: Case,
    stated: tuple[int, int, int, int],
    before: np.ndarray,
    after: np.ndarray,
    which: int,
) -> str:
    """Place among windows of all usual lengths, and whether the change holds however they were picked."""
    series = case.sign * _without_trend(case.arrangement, case.kernel.launch)
    said = ""
    if np.isfinite(series).all():
        found = place_among_all(series, case.kernel.launch, stated, _LENGTHS)
        said = (
            f" Of {found.pairs} pairs of all usual lengths {100 * found.percentile:.0f} % show no more, and the most "
            f"flattering would have shown {amount(found.largest)}."
        )
    treated = case.arrangement.treated
    keep = np.unique([*np.linspace(0, len(before) - 1, _PICKED).round().astype(int), which])
    changes = case.sign * window_contrasts(case.arrangement.outcomes, before[keep], after[keep])
    if min(treated.sum(), (~treated).sum()) < _GROUP or not np.isfinite(changes).all():
        return said
    p_value = largest_by_chance(
        changes, treated, int(np.searchsorted(keep, which)), _DRAWS, case.policy.seed
    )
    holds = p_value <= 1 - case.policy.level
    return said + (
        " Against the comparison units their change is more than the best of all windows would be by chance."
        if holds
        else " Against the comparison units the best of all windows could show as much by chance."
    )


def window_multiverse(claim: Claim, panel: Panel) -> WindowPairs:
    """The improvement between every admissible pair of windows, and between those that were announced.

    Windows of 3, 6 and 12 periods, and of the lengths announced, on either side of the start, with
    the average of the treated units beyond a linear trend that runs throughout: as the check
    `window` has it. Draw it with `innoeval.plots.window_multiverse`.

    Parameters
    ----------
    claim
        Names its windows.
    panel
        The service's metrics.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel, names no windows, or names such that do not lie on
        either side of the start.
    DesignError
        Where the treated units start at different times, or a period has no value.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from innoeval import simulate
    >>> case = simulate.draw(seed=1)
    >>> stated = ("2022-07", "2022-12"), ("2023-01", "2023-06")
    >>> found = window_multiverse(replace(case.claim, windows=stated), case.panel)
    >>> found.named(found.stated), found.pairs
    (('2022-07', '2022-12', '2023-01', '2023-06'), 972)
    """
    case = arrange(panel, claim)
    if claim.windows is None:
        raise ClaimError(
            f"claim '{claim.id}' does not say which periods it compares; state them with windows="
        )
    launch = case.launch
    series = _without_trend(case, launch) * (-1 if claim.better == "lower" else 1)
    if not np.isfinite(series).all():
        gaps = [p for p, x in zip(panel.periods, series, strict=True) if not np.isfinite(x)]
        raise DesignError(
            f"no treated unit has a value in {', '.join(gaps[:3])}; drop these periods"
        )
    a, b, c, d = (panel.calendar.position(period) for window in claim.windows for period in window)
    if not (b < launch <= c):
        raise ClaimError(
            f"the windows of claim '{claim.id}' do not lie on either side of its start in "
            f"{panel.periods[launch]}; mend windows= or the start"
        )
    stated = (a, b, c, d)
    lengths = (*_LENGTHS, b - a + 1), (*_LENGTHS, d - c + 1)
    place = place_among_all(series, launch, stated, _LENGTHS)
    pairs = all_pairs(series, launch, lengths, _KEPT)
    where = np.hstack([pairs.before, pairs.after])
    own = series[c : d + 1].mean() - series[a : b + 1].mean()
    kept = (where != stated).any(axis=1)  # the announced pair once, at the end
    before, after = (
        np.vstack([side[kept], [ends]])
        for side, ends in ((pairs.before, stated[:2]), (pairs.after, stated[2:]))
    )
    return WindowPairs(
        claim=claim.id, outcome=claim.outcome, periods=panel.periods,
        before=before.astype(np.float64), after=after.astype(np.float64),
        improvement=np.append(pairs.rise[kept], own), stated=int(kept.sum()),
        percentile=place.percentile, pairs=place.pairs,
    )  # fmt: skip


def _without_trend(case: Arrangement, launch: int) -> np.ndarray:
    """Average of the treated units less a linear trend that was fitted beside a step at the start.

    A trend that goes on throughout would make the windows farthest apart look picked.
    """
    series = np.array(case.outcomes[case.treated].mean(axis=0))
    time = np.arange(len(series))
    known = np.isfinite(series)
    design = np.column_stack([np.ones(len(time)), time >= launch, time - time.mean()])
    centre = series[known].mean() if known.any() else 0.0
    fitted, *_ = np.linalg.lstsq(design[known], series[known] - centre, rcond=None)
    return np.asarray(series - centre - design[:, 2] * fitted[2])
