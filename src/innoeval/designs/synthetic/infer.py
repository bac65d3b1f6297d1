"""From a kernel and a choice of inference to the effect with its interval."""

from __future__ import annotations

import numpy as np

from innoeval.designs.base import Mask
from innoeval.designs.synthetic.kernel import DonorKernel
from innoeval.errors import DesignError
from innoeval.inference.donors import (
    Conformal,
    DonorChoice,
    JackknifePlus,
    PlaceboInSpace,
    PredictionInterval,
    UnitJackknife,
)
from innoeval.records.freeze import Floats
from innoeval.stats.contrast import student
from innoeval.stats.donors import Task
from innoeval.stats.jackknife import jackknife_plus, unit_jackknife
from innoeval.stats.moving_blocks import conformal
from innoeval.stats.placebo import Ranked
from innoeval.stats.prediction import prediction_interval

#: Seed of simulated errors.
_SEED = 20260101


def infer(kernel: DonorKernel, choice: DonorChoice, level: float) -> tuple[Ranked, Ranked]:
    """The effect over all periods from the start (K = 1), and that in each of them.

    Parameters
    ----------
    kernel
        The design made ready.
    choice
        How sure it is to be.
    level
        Level of the intervals.

    Raises
    ------
    DesignError
        Where the choice does not fit the design or the data.
    """
    before = kernel.pool.before(kernel.launch)
    windows = np.concatenate([(~before)[None], np.eye(len(before), dtype=bool)[~before]])
    match choice:
        case PlaceboInSpace():
            found = kernel.over(windows, level)
        case Conformal():
            found = _conformal(kernel, windows, before, level)
        case JackknifePlus():
            found = _jackknife_plus(kernel, windows, before, level)
        case UnitJackknife():
            found = _unit_jackknife(kernel, windows, level)
        case _:
            found = _prediction(kernel, windows, before, level, choice.draws)
    return Ranked(*(x[:1] for x in found)), Ranked(*(x[1:] for x in found))


def describe(choice: DonorChoice, n_treated: int, n_donors: int) -> str:
    """Name of the inference, as it stands in a brief."""
    match choice:
        case PlaceboInSpace(scaled=scaled, draws=draws):
            relative = ", each relative to its misfit before the start" if scaled else ""
            runs = n_donors if n_treated == 1 else draws * (n_treated < n_donors)
            sets = "" if n_treated == 1 else f"{runs:,} sets of {n_treated} of "
            return (
                f"placebos in space: {sets}{n_donors} donors{relative}, so that no p-value is below "
                f"1/{runs + 1}; interval by inversion"
            )
        case Conformal():
            return "conformal: residuals moved around the circle of time, interval by inversion"
        case JackknifePlus():
            return "jackknife+: each period before the start left out in turn"
        case UnitJackknife():
            return "jackknife: each unit left out in turn, the weights kept"
        case _:
            return f"prediction interval: errors of the weights ({choice.draws} draws) and later shocks"


def cautions(choice: DonorChoice) -> tuple[str, ...]:
    """What a reader must know of an inference that was asked for: docs/calibration/synthetic.md."""
    if isinstance(choice, UnitJackknife):
        few = (
            "with few treated units this interval is too short: of three, it leaves out the truth two or three "
            "times as often as it should; PlaceboInSpace holds there"
        )
        return (few,)
    if not isinstance(choice, JackknifePlus | PredictionInterval):
        return ()
    said = (
        "this interval is too short where what the donors do not explain moves slowly from period to "
        "period, or moves with what they share; PlaceboInSpace holds there"
    )
    return (said,)


def _conformal(kernel: DonorKernel, windows: Mask, before: Mask, level: float) -> Ranked:
    """Weights are fitted to all periods under each hypothetical effect."""
    if kernel.weighs_periods:
        raise DesignError(
            "conformal inference fits the weights to all periods at once, and this design weights "
            "periods before by those after; choose PlaceboInSpace"
        )
    rows = []
    for window in windows:
        used = before | window

        def residuals(effects: Floats, window: Mask = window, used: Mask = used) -> Floats:
            count = len(effects)
            task = Task(
                kernel.targets[:1] - effects[:, None] * window,
                used,
                window,
                np.repeat(kernel.placebos.allowed[:1], count, axis=0),
                members=np.repeat(kernel.placebos.targets[0][:1], count, axis=0),
            )
            return kernel.imitate(kernel.pool, task).gaps[:, used]

        effect = float(kernel.main.gaps[0, window].mean())
        found = conformal(residuals, window[used], effect, max(kernel.misfit[0], 1e-12), level)
        rows.append((effect, (found.high - found.low) / 3.92, *found))
    return Ranked(*np.array(rows).T)


def _jackknife_plus(kernel: DonorKernel, windows: Mask, before: Mask, level: float) -> Ranked:
    """A fit without each period before the start, and what it misses there."""
    share = windows / windows.sum(axis=1, keepdims=True)
    effects, residuals = [], []
    for t in np.flatnonzero(before):
        kept = before.copy()
        kept[t] = False
        task = Task(
            kernel.targets[:1], kept, ~before, kernel.placebos.allowed[:1],
            members=kernel.placebos.targets[0][:1],
        )  # fmt: skip
        gaps = kernel.imitate(kernel.pool, task).gaps[0]
        effects.append(share @ gaps)
        residuals.append(gaps[t])
    low, high = jackknife_plus(np.array(effects), np.array(residuals), level)
    return _by_interval(share @ kernel.main.gaps[0], low, high)


def _unit_jackknife(kernel: DonorKernel, windows: Mask, level: float) -> Ranked:
    """Each unit left out with the weights of donors and periods kept."""
    run, treated = kernel.main, kernel.treated
    if treated.sum() < 2 or run.baseline is None:
        raise DesignError(
            f"the jackknife over units needs at least two treated units ({int(treated.sum())} here) and "
            "weights of donors and periods; choose PlaceboInSpace"
        )
    share = windows / windows.sum(axis=1, keepdims=True) - run.baseline[0]
    error = unit_jackknife(run.weights[0], kernel.pool.outcomes @ share.T, treated)
    effect = run.gaps[0] @ (windows / windows.sum(axis=1, keepdims=True)).T
    found = student(effect, error, np.full(len(effect), np.inf), level)
    return Ranked(found.effect, found.std_error, found.p_value, found.low, found.high)


def _prediction(
    kernel: DonorKernel, windows: Mask, before: Mask, level: float, draws: int
) -> Ranked:
    weights = kernel.main.weights[0]
    if kernel.levels_differ or not weights.any() or (weights < 0).any():
        raise DesignError(
            "prediction intervals are for synthetic control by outcomes, with weights that are not "
            "negative; choose PlaceboInSpace"
        )
    task = Task(kernel.targets[:1], before, ~before, kernel.placebos.allowed[:1])
    low, high, error = prediction_interval(
        kernel.pool.outcomes, task, weights, kernel.main.gaps[0], windows, level,
        draws=draws, seed=_SEED,
    )  # fmt: skip
    share = windows / windows.sum(axis=1, keepdims=True)
    found = _by_interval(share @ kernel.main.gaps[0], low, high)
    return found._replace(std_error=error)


def _by_interval(effect: Floats, low: Floats, high: Floats) -> Ranked:
    """Results of a method that gives intervals alone."""
    unknown = np.full(len(effect), np.nan)
    return Ranked(effect, (high - low) / 3.92, unknown, low, high)
