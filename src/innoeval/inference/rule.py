"""The declared rule: which inference, by numbers of units and their noise, never by a result."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from innoeval.inference.choices import CR2, Choice, Randomization
from innoeval.stats.noise import FEWEST_FOR_NOISE


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """An inference, why it was chosen, and what a reader must know."""

    choice: Choice
    why: str
    warnings: tuple[str, ...] = ()


def choose_inference(
    n_treated: int,
    n_comparison: int,
    ratio: float,
    *,
    few_treated: int = 5,
    draws: int = 4999,
    seed: int = 20260101,
) -> Chosen:
    """Pick the inference of a comparison of two groups of units.

    With more than `few_treated` treated units errors are clustered by unit, bias-reduced,
    with degrees of freedom that say how few units they rest on. With fewer, clustered errors
    reject a true null in most runs, so inference is by randomisation; and as a treated unit that is
    twice as noisy as the others would still be rejected in a quarter of the runs, every difference
    is measured by the units' own noise before the start, if it can be known.

    Parameters
    ----------
    n_treated, n_comparison
        Numbers of units.
    ratio
        How many times as noisy the treated units were before the start (`noise_ratio`); `nan`
        where that cannot be known.
    few_treated
        Up to so many treated units inference is by randomisation.
    draws, seed
        Of the choices of units that are drawn where they cannot all be listed.

    Examples
    --------
    >>> chosen = choose_inference(1, 30, ratio=2.0)
    >>> chosen.choice.statistic, chosen.why
    ('own_noise', '1 treated unit, before the start 2 times as noisy as a typical comparison unit')
    >>> choose_inference(10, 30, ratio=1.0).choice
    CR2(by='unit', df='welch')
    """
    units = f"{n_treated} treated unit{'s' if n_treated > 1 else ''}"
    if n_treated > few_treated:
        return Chosen(choice=CR2(df="welch"), why=f"{units} and {n_comparison} to compare with")
    known = isfinite(ratio)
    choice = Randomization(
        statistic="own_noise" if known else "coefficient", draws=draws, seed=seed
    )
    if known:
        times = f"{float(f'{ratio:.2g}'):g} times "
        times = "" if times == "1 times " else times
        why = f"{units}, before the start {times}as noisy as a typical comparison unit"
        return Chosen(choice=choice, why=why)
    unknown = (
        f"with fewer than {FEWEST_FOR_NOISE} periods before the start nothing shows whether the "
        "treated units are noisier than the others; if they are, the interval is too short"
    )
    return Chosen(
        choice=choice,
        why=f"{units}, with too few periods before the start to know their noise",
        warnings=(unknown,),
    )
