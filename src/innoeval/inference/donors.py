"""Frozen choices of inference for designs that imitate treated units by donors."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceboInSpace:
    """What the same method shows for units that were not treated, and the interval by inversion.

    The default, whatever the data. With one treated unit every donor stands in for it once, and is
    held against the real run without that donor; with several, random sets of donors stand in.
    No p-value is below one over the number of runs, so with fewer than 19 donors no 95 % interval
    has an end.

    Parameters
    ----------
    scaled
        Ranks each effect relative to the misfit of its run before the start. Holds its level also
        where the treated unit is noisier than the others or imitated less well; the plain rank
        does not.
    draws
        Runs with several treated units.

    References
    ----------
    Abadie, Diamond & Hainmueller (2010), JASA 105:493-505, doi:10.1198/jasa.2009.ap08746; Firpo &
    Possebom (2018), Journal of Causal Inference 6:20160026, doi:10.1515/jci-2016-0026.
    """

    scaled: bool = True
    draws: int = 199


@dataclass(frozen=True, slots=True, kw_only=True)
class Conformal:
    """Whether the residuals after the start stand out among all others, moved along in blocks.

    Each hypothetical effect is taken off, the donors are weighted anew over all periods, and the
    residuals are moved around the circle of time. Needs no donor to be like the treated unit, but
    that what is left over is stationary; with few periods or slow drifts it is not exact.

    References
    ----------
    Chernozhukov, Wüthrich & Zhu (2021), JASA 116:1849-1864, doi:10.1080/01621459.2021.1920957.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class JackknifePlus:
    """Predictions with each period before the start left out, give or take its own residual.

    Only by name, and with a warning: too short where what is left over moves slowly.

    References
    ----------
    Barber, Candès, Ramdas & Tibshirani (2021), Annals of Statistics 49:486-507,
    doi:10.1214/20-AOS1965.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitJackknife:
    """Each unit left out in turn with the weights kept: for at least two treated units.

    References
    ----------
    Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111:4088-4118,
    doi:10.1257/aer.20190159, algorithm 3.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class PredictionInterval:
    """Bounds for the error of the weights by simulation, and for later shocks by their own spread.

    Only by name, and with a warning: too short where what is left over moves slowly.

    Parameters
    ----------
    draws
        Simulated errors of the weights.

    References
    ----------
    Cattaneo, Feng & Titiunik (2021), JASA 116:1865-1880, doi:10.1080/01621459.2021.1979561.
    """

    draws: int = 200


DonorChoice = PlaceboInSpace | Conformal | JackknifePlus | UnitJackknife | PredictionInterval
