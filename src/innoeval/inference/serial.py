"""Inference on one series: frozen choices of how its errors resemble each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CalibratedREML:
    """Restricted likelihood with critical values simulated for the design.

    Parameters
    ----------
    model
        "AR(1)": its estimate, at the median-unbiased ρ. "AR(2)" and "AR(1) and noise" (what drifts
        under noise, such as that of counting): averaged over the shapes of error, each as likely
        as the restricted likelihood makes it.

    References
    ----------
    Andrews (1993), doi:10.2307/2951781; see docs/calibration/its.md for what it keeps.
    """

    model: Literal["AR(1)", "AR(2)", "AR(1) and noise"] = "AR(1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class REML:
    """AR(1) by restricted likelihood with Satterthwaite's degrees of freedom.

    References
    ----------
    Turner et al. (2021), doi:10.1186/s12874-021-01364-0.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class ARMA:
    """ARMA(p, q) by restricted likelihood with Satterthwaite's degrees of freedom.

    Parameters
    ----------
    order
        (p, q): autoregressive and moving-average terms.
    """

    order: tuple[int, int] = (2, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class NeweyWest:
    """Least squares with Newey-West's errors and t(n − k): poor in short series.

    Parameters
    ----------
    lags
        Lags with Bartlett's weights; None: ⌊4 (n / 100)^(2/9)⌋. 0 gives White's robust errors.
    small_sample
        Whether the covariance is multiplied by n / (n − k), as Stata does.

    References
    ----------
    Newey & West (1987), doi:10.2307/1913610.
    """

    lags: int | None = None
    small_sample: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class PraisWinsten:
    """Iterated Prais-Winsten with t(n − k): too sure of itself in short series."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Independent:
    """Errors as if periods were independent: what most reports do, and what misleads.

    Parameters
    ----------
    dispersion
        For counts and shares: "quasi" estimates how much wider than the family they spread, "one"
        trusts the family.
    """

    dispersion: Literal["quasi", "one"] = "quasi"


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockConformal:
    """Interval of a constant level change by moving a block of residuals along the series.

    It assumes no error model, only that residuals are stationary; it has 1/n as its least p-value.

    References
    ----------
    Chernozhukov, Wüthrich & Zhu (2021), doi:10.1080/01621459.2021.1920957.
    """


Serial = CalibratedREML | REML | ARMA | NeweyWest | PraisWinsten | Independent | BlockConformal
