"""Fits a segmented series of any family with any serial error model, and makes the record."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from innoeval.designs.its.series import Series
from innoeval.designs.its.timing import Terms
from innoeval.errors import DesignError
from innoeval.inference.serial import Serial
from innoeval.inference.serial_fits import Rows, SerialFit, fit_serial
from innoeval.records.freeze import Floats
from innoeval.stats.families import (
    IDENTITY,
    Family,
    irls,
    negative_binomial_dispersion,
    working,
)

_ROUNDS, _CLOSE = 12, 1e-7
#: A linear predictor beyond this is on its way to no cases, or to nothing but cases.
_FARTHEST = 25.0


class Fitted(NamedTuple):
    """A segmented series, fitted.

    `serial` is the last weighted fit; on the link's scale `shift` is how far the horizon's mean is
    moved, `error` its standard error, `critical` how many of these an interval reaches. `weights`
    (n,) are the roots of the working weights, `alpha` the negative binomial's dispersion.
    """

    serial: SerialFit
    family: Family
    shift: float
    error: float
    critical: float
    weights: Floats
    alpha: float

    @property
    def p_value(self) -> float | None:
        """Of no effect; None where nothing shows the size of chance."""
        return None if self.serial.exact else self.serial.p_value(0, self.shift / self.error)


def fit_segments(
    series: Series, terms: Terms, choice: Serial, family: Family, *, level: float, seed: int
) -> Fitted:
    """Fit one series.

    A generalised linear model is fitted by repeated weighting: the working response is fitted with
    the error model, as if its errors were those of a Gaussian series, until it stands still. With
    `Independent` that is the usual fit; with AR(1) errors it is penalised quasi-likelihood.

    Raises
    ------
    DesignError
        Where the fit does not settle.
    """
    here = series.present
    y, size, X = series.events[here], series.size[here], terms.X[here]
    time, contrasts = np.flatnonzero(here), terms.contrasts
    weights = np.full(series.n, np.nan)
    if family.link is IDENTITY:  # periods count by their cases: alike where `size` is 1
        root = np.sqrt(size / size.mean())
        weights[here] = root
        rows = Rows(y=y * root, X=X * root[:, None], time=time, plain=X, contrasts=contrasts)
        serial = fit_serial(choice, rows, level=level, seed=seed)
        return _result(series, terms, serial, family, weights, 0.0)
    alpha = negative_binomial_dispersion(y, X, size) if family.name == "negative_binomial" else 0.0
    first = irls(family, y, X, size, alpha=alpha)
    unsettled = (
        f"the {family.name.replace('_', ' ')} regression does not settle: in some part of the "
        "series there are (nearly) no cases, or nothing but cases; use family='gaussian'"
    )
    if not first.converged[0]:
        raise DesignError(unsettled)
    eta, before = first.eta[0], first.coefficients[0]
    for _ in range(_ROUNDS):
        at = working(family, y, size, eta, alpha)
        rows = Rows(
            y=at.response * at.root_weight, X=X * at.root_weight[:, None], time=time, plain=X,
            contrasts=contrasts, gaussian=False,
        )  # fmt: skip
        serial = fit_serial(choice, rows, level=level, seed=seed)
        if serial.exact:
            break
        eta = X @ serial.coefficients
        if not (np.abs(eta) < _FARTHEST).all():
            raise DesignError(unsettled)
        moved = np.abs(serial.coefficients - before).max()
        before = serial.coefficients
        if moved < _CLOSE * (1 + np.abs(before).max()):
            break
    weights[here] = at.root_weight
    return _result(series, terms, serial, family, weights, alpha)


def _result(
    series: Series, terms: Terms, serial: SerialFit, family: Family, weights: Floats, alpha: float
) -> Fitted:
    """The mean over the horizon with and without the innovation, and how far they are apart.

    The gradient on the coefficients (delta method) is that of g(mean with) − g(mean without); with
    the identity it is the linear contrast itself.
    """
    over, link = terms.horizon, family.link
    scale = series.scale[over] / series.scale[over].mean()
    means, gradients = [], []
    for X in (terms.X[over], terms.left[over]):
        eta = X @ serial.coefficients
        if link is IDENTITY:
            means.append(0.0)
            gradients.append(X.mean(axis=0))
            continue
        mean = float((scale * link.inverse(eta)).mean())
        at = np.array(link.of(np.array(mean)))
        means.append(float(at))
        slope = float(link.slope(at))
        gradients.append((scale * link.slope(eta)) @ X / len(X) / slope)
    gradient = gradients[0] - gradients[1]
    shift = float(gradient @ serial.coefficients) if link is IDENTITY else means[0] - means[1]
    error = float(np.sqrt(gradient @ serial.covariance @ gradient)) if not serial.exact else np.inf
    return Fitted(serial, family, shift, error, float(serial.critical[0]), weights, alpha)
