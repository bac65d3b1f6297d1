"""Frozen choices of inference for comparisons of units: what a user asks for, or the rule picks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from innoeval.errors import DesignError
from innoeval.stats.bootstrap import MultiplierWeights, WildWeights
from innoeval.stats.covariance import CONVENTIONS, Convention, Kind

#: Seed of every draw, unless another is given.
SEED = 20260101


@dataclass(frozen=True, slots=True, kw_only=True)
class HC:
    """Errors that are robust to unequal variances, every cell taken as independent.

    For reproducing what others printed: in a panel a unit's periods are alike, and this ignores it.

    Parameters
    ----------
    kind
        "HC0", "HC1", "HC2" or "HC3".

    References
    ----------
    MacKinnon & White (1985), doi:10.1016/0304-4076(85)90158-7.
    """

    kind: Kind = "HC1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """Plain clustered errors, with t on the smallest number of clusters less one.

    Parameters
    ----------
    by
        "unit", "period", a column that is constant within units, or two of these (Cameron, Gelbach
        & Miller: the sum of both less that of their crossing).
    small_sample
        The factor, by what it counts ("none", "groups", "slopes", "two_windows", "nonnested",
        "all", "observations") or by the library whose default it is ("pyfixest", "fixest", "diff-diff",
        "statsmodels", "sandwich", "plm", "clubSandwich"); see
        `innoeval.stats.covariance.small_sample`.

    References
    ----------
    Liang & Zeger (1986), doi:10.1093/biomet/73.1.13; Cameron, Gelbach & Miller (2011), Journal of
    Business & Economic Statistics 29:238-249, doi:10.1198/jbes.2010.07136.

    Examples
    --------
    >>> Clustered(by=("unit", "period"), small_sample="pyfixest").groups
    ('unit', 'period')
    """

    by: str | tuple[str, str] = "unit"
    small_sample: Convention = "nonnested"

    def __post_init__(self) -> None:
        if self.small_sample not in CONVENTIONS:
            raise DesignError(
                f"small_sample='{self.small_sample}' is not known; write one of "
                f"{', '.join(CONVENTIONS)}"
            )
        if len(self.groups) > 2 or len(set(self.groups)) < len(self.groups):
            raise DesignError(f"by={self.by} must name one or two different groupings")

    @property
    def groups(self) -> tuple[str, ...]:
        """The one or two groupings."""
        return (self.by,) if isinstance(self.by, str) else self.by


@dataclass(frozen=True, slots=True, kw_only=True)
class CR2:
    """Clustered errors, bias-reduced, with degrees of freedom that tell how few clusters bear them.

    Each cluster's residuals are inflated so that the error would be unbiased if all clusters were
    alike.

    Parameters
    ----------
    by
        "unit", or a column that is constant within units.
    df
        "satterthwaite": as if all clusters were alike (Bell & McCaffrey; clubSandwich). "welch":
        from the variances of both groups as they are, which keeps the level also where few treated
        units are noisier; by unit only.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181; Imbens & Kolesár (2016), Review of
    Economics and Statistics 98:701-712, doi:10.1162/REST_a_00552; Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36:672-683, doi:10.1080/07350015.2016.1247004; Welch
    (1947), Biometrika 34:28-35, doi:10.1093/biomet/34.1-2.28.
    """

    by: str = "unit"
    df: Literal["satterthwaite", "welch"] = "satterthwaite"

    def __post_init__(self) -> None:
        if self.df == "welch" and self.by != "unit":
            raise DesignError("Welch's degrees of freedom compare units; write df='satterthwaite'")


@dataclass(frozen=True, slots=True, kw_only=True)
class CR3:
    """Clustered errors as if each cluster were predicted by the others, with t(G − 1).

    Parameters
    ----------
    by
        "unit", or a column that is constant within units.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181.
    """

    by: str = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Jackknife:
    """Clustered errors from leaving out one cluster at a time, with t(G − 1): (G − 1)/G × CR3.

    Parameters
    ----------
    by
        "unit", or a column that is constant within units.

    References
    ----------
    MacKinnon, Nielsen & Webb (2023), Journal of Applied Econometrics 38:671-694,
    doi:10.1002/jae.2969.
    """

    by: str = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class WildClusterBootstrap:
    """p-value and interval from random signs on the clusters' residuals.

    Parameters
    ----------
    weights
        "rademacher", or "webb" for fewer than about ten clusters.
    draws
        Number of draws; all Rademacher draws are listed where they are at most so many.
    restricted
        Impose the hypothesis. With few treated clusters this rejects too seldom, and without it
        far too often.
    by
        "unit", or a column that is constant within units.
    seed
        Seed of the draws.

    References
    ----------
    Cameron, Gelbach & Miller (2008), doi:10.1162/rest.90.3.414; Roodman et al. (2019),
    doi:10.1177/1536867X19830877; MacKinnon & Webb (2017), Journal of Applied Econometrics
    32:233-254, doi:10.1002/jae.2508.
    """

    weights: WildWeights = "rademacher"
    draws: int = 9999
    restricted: bool = True
    by: str = "unit"
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiplier:
    """Errors from influence functions, and a band that holds all event times at once.

    Parameters
    ----------
    weights
        "rademacher", "mammen" or "normal".
    draws, seed
        Number of draws, and their seed.

    References
    ----------
    Callaway & Sant'Anna (2021), doi:10.1016/j.jeconom.2020.12.001; Montiel Olea &
    Plagborg-Møller (2019), doi:10.1002/jae.2656.
    """

    weights: MultiplierWeights = "rademacher"
    draws: int = 9999
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class DriscollKraay:
    """Errors with all units alike in a period, and periods alike up to some lags; for long panels.

    Parameters
    ----------
    lags
        Bartlett weights reach so far; None: ⌊T^(1/4)⌋, as R's plm.
    small_sample
        As for `Clustered`, with periods as the groups; "none" is plm's default.

    References
    ----------
    Driscoll & Kraay (1998), doi:10.1162/003465398557825.
    """

    lags: int | None = None
    small_sample: Convention = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Conley:
    """Errors with units alike if they are near each other, and a unit's own periods in any way.

    Parameters
    ----------
    coordinates
        Two columns, constant within units: (latitude, longitude) in degrees, or (x, y).
    cutoff
        Units farther apart are taken to be unlike; kilometres for "great_circle".
    neighbours
        Instead of coordinates: pairs of units that are alike.
    distance
        "great_circle" or "straight".
    fading
        Whether likeness falls in a straight line to 0 at the cutoff, or ends there.

    References
    ----------
    Conley (1999), Journal of Econometrics 92:1-45, doi:10.1016/S0304-4076(98)00084-0.
    """

    coordinates: tuple[str, str] | None = None
    cutoff: float = 0.0
    neighbours: tuple[tuple[str, str], ...] = ()
    distance: Literal["great_circle", "straight"] = "great_circle"
    fading: bool = False

    def __post_init__(self) -> None:
        if (self.coordinates is None) == (not self.neighbours):
            raise DesignError("Conley needs either coordinates= with cutoff=, or neighbours=")
        if self.coordinates is not None and not self.cutoff > 0:
            raise DesignError(f"cutoff={self.cutoff} must be above 0; name a distance")


@dataclass(frozen=True, slots=True, kw_only=True)
class Randomization:
    """What other choices of as many treated units would have shown, and the interval by inversion.

    Parameters
    ----------
    statistic
        "own_noise": the difference over what the units' noise before the start makes of such a
        difference; holds its level also where the treated units are noisier or quieter than the
        others. "coefficient": the difference itself. "t": the difference over its robust error
        after the start (MacKinnon & Webb).
    draws
        Choices that are drawn where they cannot all be listed.
    seed
        Seed of the draws.

    References
    ----------
    MacKinnon & Webb (2020), doi:10.1016/j.jeconom.2020.04.024; Ferman & Pinto (2019),
    doi:10.1162/rest_a_00759.
    """

    statistic: Literal["own_noise", "coefficient", "t"] = "own_noise"
    draws: int = 4999
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class ConleyTaber:
    """The comparison units' residuals as a sample of what chance does to the treated ones.

    Parameters
    ----------
    draws, seed
        Ways to draw residuals where they cannot all be listed, and their seed.

    References
    ----------
    Conley & Taber (2011), doi:10.1162/REST_a_00049.
    """

    draws: int = 4999
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class FermanPinto:
    """As Conley and Taber, with each residual brought to the noise of the treated unit.

    Parameters
    ----------
    sizes
        Column with the number of people or cases behind a unit's outcome: variances a + b/size are
        fitted. None: noises are those before the start.
    draws, seed
        As for `ConleyTaber`.

    References
    ----------
    Ferman & Pinto (2019), doi:10.1162/rest_a_00759.
    """

    sizes: str | None = None
    draws: int = 4999
    seed: int = SEED


@dataclass(frozen=True, slots=True, kw_only=True)
class DonaldLang:
    """Student's t(N − 2) on the units' changes, with one noise for both groups.

    References
    ----------
    Donald & Lang (2007), doi:10.1162/rest.89.2.221.
    """


Choice = (
    HC | Clustered | CR2 | CR3 | Jackknife | WildClusterBootstrap | Multiplier | DriscollKraay
    | Conley | Randomization | ConleyTaber | FermanPinto | DonaldLang
)  # fmt: skip


def needs_cells(choice: Choice) -> bool:
    """Whether one change per unit is not enough: periods are alike, or no cells are.

    Examples
    --------
    >>> needs_cells(Clustered(by="unit")), needs_cells(Clustered(by=("unit", "period")))
    (False, True)
    """
    if isinstance(choice, Clustered):
        return len(choice.groups) == 2 or choice.by == "period"
    return isinstance(choice, HC | DriscollKraay)


def columns_of(choice: Choice) -> tuple[str, ...]:
    """Columns of the panel, beside unit and period, that a choice reads.

    Examples
    --------
    >>> columns_of(Clustered(by=("region", "period")))
    ('region',)
    """
    match choice:
        case Clustered():
            named = choice.groups
        case CR2() | CR3() | Jackknife() | WildClusterBootstrap():
            named = (choice.by,)
        case Conley():
            named = choice.coordinates or ()
        case FermanPinto(sizes=str(sizes)):
            named = (sizes,)
        case _:
            named = ()
    return tuple(name for name in named if name not in {"unit", "period"})
