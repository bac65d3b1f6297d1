"""When a choice of inference is refused, and when it is granted with a warning."""

from __future__ import annotations

from innoeval.inference.choices import (
    CR2,
    HC,
    Choice,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Randomization,
    WildClusterBootstrap,
)

#: Plain clustered errors need so many treated units, and as many to compare with.
ENOUGH = 6
#: Noisier by this factor, treated units make methods with one noise for all too sure.
UNEVEN = 1.5


def fewest_treated(choice: Choice) -> int:
    """Fewest treated units that a choice can do with.

    Examples
    --------
    >>> from innoeval.inference import Clustered
    >>> [fewest_treated(choice) for choice in (Randomization(), CR2(), Clustered())]
    [1, 2, 6]
    """
    match choice:
        case Randomization() | ConleyTaber() | FermanPinto() | DonaldLang():
            return 1
        case CR2() | WildClusterBootstrap(restricted=True):
            return 2
        case _:
            return ENOUGH


def fewest_comparison(choice: Choice) -> int:
    """Fewest comparison units that a choice can do with."""
    return ENOUGH if fewest_treated(choice) == ENOUGH else 2


def refusal(choice: Choice, n_treated: int, n_comparison: int) -> str | None:
    """Why a choice is refused, and what to use instead; None where it is granted.

    Parameters
    ----------
    choice
        What was asked for.
    n_treated, n_comparison
        Numbers of treated and comparison clusters (units, unless clustered by another column).

    Examples
    --------
    >>> from innoeval.inference import Clustered
    >>> refusal(Clustered(), 1, 29).partition("; ")[2]
    'use Randomization() or FermanPinto()'
    >>> refusal(Clustered(), 10, 20)
    """
    ours, theirs = fewest_treated(choice), fewest_comparison(choice)
    if n_treated >= ours and n_comparison >= theirs:
        return None
    if n_treated < ours:
        instead = (
            "Randomization() or FermanPinto()" if n_treated < 2 else "Randomization() or CR2()"
        )
    else:
        instead = "CR2() or DonaldLang()"
    return (
        f"{type(choice).__name__} needs at least {ours} treated and {theirs} comparison clusters, "
        f"and there are {n_treated} and {n_comparison}: with fewer it rejects a true null far too "
        f"often; use {instead}"
    )


def caution(choice: Choice, n_treated: int, ratio: float) -> str | None:
    """What a reader must know of a choice that was granted.

    Parameters
    ----------
    choice
        What was asked for.
    n_treated
        Number of treated clusters.
    ratio
        How many times as noisy the treated units were before the start.
    """
    match choice:
        case HC():
            return "the errors take a unit's periods as independent; most are alike, so they are too small"
        case DriscollKraay():
            return "the errors lean on many periods; with few they are too small"
        case Conley():
            return (
                "errors by distance have no small-sample factor; with few units they are too small"
            )
        case WildClusterBootstrap() if n_treated < ENOUGH:
            return "with few treated clusters the restricted wild bootstrap rejects too seldom"
        case DonaldLang() | ConleyTaber() | Randomization(statistic="coefficient" | "t") if (
            n_treated < ENOUGH and ratio > UNEVEN
        ):
            return (
                f"before the start the treated units were {ratio:.2g} times as noisy as the others, "
                "and the inference takes them as alike: it is too sure"
            )
        case _:
            return None
