"""What each choice of inference is called on an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from math import comb

from innoeval.inference.choices import (
    CR2,
    CR3,
    HC,
    Choice,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
)
from innoeval.stats.covariance import LIBRARIES

_FACTORS = {
    "none": "no small-sample factor (CR0)",
    "groups": "times G/(G − 1)",
    "slopes": "times G/(G − 1) × (n − 1)/(n − K), K the slopes alone",
    "two_windows": "times G/(G − 1) × (n − 1)/(n − K), K the slopes and two windows",
    "nonnested": "times G/(G − 1) × (n − 1)/(n − K), K without nested fixed effects",
    "all": "times G/(G − 1) × (n − 1)/(n − K), K every coefficient",
    "observations": "times n/(n − K), K the slopes alone",
}
_STATISTICS = {
    "own_noise": ", each measured by the units' own noise before the start",
    "coefficient": "",
    "t": " on t",
}


def named(choice: Choice, n_treated: int, n_comparison: int) -> str:
    """The inference in words.

    Parameters
    ----------
    choice
        The inference.
    n_treated, n_comparison
        Numbers of units.

    Examples
    --------
    >>> named(Clustered(small_sample="plm"), 10, 20)
    'clustered by unit, no small-sample factor (CR0) as in plm, t(G − 1)'
    """
    match choice:
        case Randomization():
            ways = comb(n_treated + n_comparison, n_treated)
            number = min(ways, choice.draws + 1)
            return (
                f"randomisation over {number:,} choices of treated units"
                f"{_STATISTICS[choice.statistic]}, interval by inversion"
            )
        case ConleyTaber() | FermanPinto():
            number = min(n_comparison**n_treated, choice.draws)
            return f"{_placebo(choice)} ({number:,} draws of comparison units)"
        case WildClusterBootstrap():
            how = "restricted" if choice.restricted else "unrestricted"
            return (
                f"wild cluster bootstrap by {choice.by} ({choice.weights.capitalize()} weights, "
                f"{how}, {choice.draws:,} draws), interval by inversion"
            )
        case Clustered() | DriscollKraay():
            return f"{_grouping(choice)}, {_factor(choice.small_sample)}, t(G − 1)"
        case _:
            return _plain(choice)


def _plain(choice: Choice) -> str:
    match choice:
        case CR2():
            said = f"clustered by {choice.by}, CR2 with {choice.df.capitalize()} degrees of freedom"
        case CR3():
            said = f"clustered by {choice.by}, CR3, t(G − 1)"
        case Jackknife():
            said = f"clustered by {choice.by}, jackknife (CV3), t(G − 1)"
        case HC():
            said = f"{choice.kind}, every cell taken as independent, t(n − K)"
        case DonaldLang():
            said = "Student's t(N − 2) on the units' changes (Donald and Lang)"
        case Multiplier():
            said = (
                f"influence functions by unit, {choice.weights.capitalize()} multipliers "
                f"({choice.draws:,} draws) for the band"
            )
        case Conley():
            near = f"within {choice.cutoff:g}" if choice.coordinates else "that are neighbours"
            said = f"units {near} alike (Conley), normal law"
        case _:
            said = type(choice).__name__
    return said


def _placebo(choice: ConleyTaber | FermanPinto) -> str:
    if isinstance(choice, ConleyTaber):
        return "residuals of comparison units (Conley and Taber)"
    by = f"size ({choice.sizes})" if choice.sizes else "noise before the start"
    return f"residuals of comparison units rescaled by {by} (Ferman and Pinto)"


def _grouping(choice: Clustered | DriscollKraay) -> str:
    if isinstance(choice, DriscollKraay):
        lags = "⌊T^(1/4)⌋" if choice.lags is None else choice.lags
        return f"by period with {lags} lags (Driscoll and Kraay)"
    names: Sequence[str] = choice.groups
    return f"clustered by {' and '.join(names)}"


def _factor(convention: str) -> str:
    library = f" as in {convention}" if convention in LIBRARIES else ""
    return _FACTORS[LIBRARIES.get(convention, convention)] + library
