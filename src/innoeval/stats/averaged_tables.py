"""Critical values of averaged fits: simulated for one design over every error shape of a model."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from innoeval.stats import kept_tables
from innoeval.stats.averaged import Averaged
from innoeval.stats.error_shapes import FAMILIES, Floats, correlations

#: Simulated series of each shape, fewer where there are many periods: (periods, series).
DRAWS = ((120, 1500), (220, 800), (10**9, 400))
#: Knots of the critical value in both measures of persistence, between these quantiles of them.
KNOTS, INNER = (5, 4), (0.03, 0.97)
#: A 5 % test rejects in no more than this share of the draws of any one shape.
WORST = 0.057
#: Shares of draws at which the tail is kept.
TAIL = np.concatenate([np.geomspace(1 / 1500, 0.2, 60), np.linspace(0.22, 1.0, 40)])
#: Width in log |t| over which a rejection counts by halves, so that its share can be followed down.
_WIDTH, _STIFF, _UNIT = 0.08, 0.5, 0.01
#: A p-value is the largest share among shapes to this power: .057 becomes .05, and 1 stays 1.
_POWER = float(np.log(0.05) / np.log(WORST))


class AveragedTables(NamedTuple):
    """What chance does to one design.

    `first` and `second`, knots in both measures of persistence; `logs` (C, knots), log critical
    values there; `tail` (C, len(TAIL)), what log |t| less that exceeds in no more than `TAIL` of
    the draws of any shape.
    """

    first: Floats
    second: Floats
    logs: Floats
    tail: Floats

    def critical(self, persistence: Floats, level: float = 0.95) -> Floats:
        """Critical values (C, K) at estimated persistence (2, K)."""
        share = (1 - level) ** (1 / _POWER)
        above = np.array([np.interp(share, TAIL, tail) for tail in self.tail])
        return np.asarray(np.exp(self._logs(persistence) + above[:, None]))

    def p_values(self, persistence: Floats, t: Floats) -> Floats:
        """Largest share among shapes of |t| that reach those found, (C, K)."""
        away = np.log(np.maximum(np.abs(t), np.finfo(float).tiny)) - self._logs(persistence)
        shares = [
            np.interp(u, tail[::-1], TAIL[::-1]) for u, tail in zip(away, self.tail, strict=True)
        ]
        return np.asarray(np.array(shares) ** _POWER)

    def _logs(self, persistence: Floats) -> Floats:
        return self.logs @ _hats(persistence, self.first, self.second)


def averaged_tables(
    X: Floats,
    contrasts: Floats,
    model: str,
    *,
    time: npt.ArrayLike | None = None,
    seed: int = 0,
) -> AveragedTables:
    """Simulate a design's averaged fits under every shape of a model, and level their test.

    The critical value is a function of the two measures of persistence that are estimated: linear
    between knots, fitted so that a 5 % test rejects about as often under every shape, and raised
    until it rejects in no more than 5.7 % of the draws of any. The tables do not depend on the
    outcome: they are kept in memory and on disk (see `innoeval.stats.kept_tables`).

    Parameters
    ----------
    X, contrasts, model, time
        As in `innoeval.stats.averaged.Averaged`.
    seed
        Seed of the draws.

    Examples
    --------
    >>> from innoeval.stats.series import segmented
    >>> X = segmented(24, 12, trend=True, slope=False)
    >>> found = averaged_tables(X, np.eye(3)[1:2], "AR(1) and noise")
    >>> bool(1 < found.critical(np.array([[0.5], [0.2]])).item() < 3)
    True
    """
    at = np.arange(len(X)) if time is None else np.asarray(time, dtype=np.int64)
    return _tables(
        np.ascontiguousarray(X, dtype=np.float64).tobytes(),
        X.shape[1],
        np.ascontiguousarray(contrasts, dtype=np.float64).tobytes(),
        model,
        (at - at[0]).astype(np.int64).tobytes(),
        seed,
    )


def draws_for(n: int) -> int:
    """Simulated series of each shape for n periods."""
    return next(draws for longest, draws in DRAWS if n <= longest)


@lru_cache(maxsize=256)
def _tables(
    columns: bytes, k: int, weights: bytes, model: str, time: bytes, seed: int
) -> AveragedTables:
    X, contrasts = np.frombuffer(columns).reshape(-1, k), np.frombuffer(weights).reshape(-1, k)
    at = np.frombuffer(time, dtype=np.int64)
    C, (n1, n2) = len(contrasts), KNOTS
    rule = (FAMILIES[model], DRAWS, KNOTS, INNER, WORST, TAIL.tolist(), _WIDTH, _STIFF)
    name = kept_tables.digest("averaged", X, contrasts, at, seed, rule)
    if kept := kept_tables.recall(name, ((n1,), (n2,), (C, n1 * n2), (C, len(TAIL)))):
        return AveragedTables(*kept)
    made = _simulate(X, contrasts, model, at, seed)
    kept_tables.keep(name, made)
    return AveragedTables(*(part.astype(np.float32).astype(np.float64) for part in made))


def _simulate(
    X: Floats, contrasts: Floats, model: str, time: npt.NDArray[np.int64], seed: int
) -> AveragedTables:
    ready, apart = Averaged(X, contrasts, model, time), np.abs(time[:, None] - time[None, :])
    noise = np.random.default_rng(seed).standard_normal((len(X), draws_for(len(X))))
    sizes: list[Floats] = []
    measures: list[Floats] = []
    for shape in FAMILIES[model].truths:
        found = ready.fit(np.linalg.cholesky(correlations(shape, apart)) @ noise)
        sizes.append(np.asarray(np.log(np.abs(found.estimates / found.std_errors))))
        measures.append(found.persistence)
    persistence = np.stack(measures, axis=1)
    first, second = (
        np.asarray(np.quantile(values, np.linspace(*INNER, count)))
        for values, count in zip(persistence, KNOTS, strict=True)
    )
    hats = _hats(persistence, first, second)
    logs, tails = [], []
    for log_t in np.stack(sizes, axis=1):
        at_knots = _level(log_t, hats)
        away = log_t - np.tensordot(at_knots, hats, 1)
        logs.append(at_knots)
        tails.append(np.quantile(away, 1 - TAIL, axis=1).max(axis=1))
    return AveragedTables(first, second, np.array(logs), np.array(tails))


def _hats(persistence: Floats, first: Floats, second: Floats) -> Floats:
    """Weights of the knots, (knots, ...), for linear interpolation in both measures (2, ...)."""
    one, two = (
        np.stack([np.interp(at, knots, row) for row in np.eye(len(knots))])
        for at, knots in zip(persistence, (first, second), strict=True)
    )
    both = np.einsum("i...,j...->ij...", one, two)
    return np.asarray(both.reshape(-1, *persistence.shape[1:]))


def _level(log_t: Floats, hats: Floats) -> Floats:
    """Log critical values at the knots at which every shape rejects about 5 %.

    The squared excess over 5 % is squared once more, so that the worst shape counts most; knots
    that lie side by side are held together.
    """
    from scipy.optimize import least_squares

    n1, n2 = KNOTS
    place = np.arange(n1 * n2).reshape(n1, n2)
    pairs = np.concatenate([
        np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1),
        np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1),
    ])  # fmt: skip
    apart = np.zeros((len(pairs), n1 * n2))
    apart[np.arange(len(pairs)), pairs[:, 0]] = -_STIFF
    apart[np.arange(len(pairs)), pairs[:, 1]] = _STIFF

    def halves(logs: Floats) -> Floats:
        above = (log_t - np.tensordot(logs, hats, 1)) / _WIDTH
        return np.asarray(1 / (1 + np.exp(-np.clip(above, -30, 30))))

    def excess(logs: Floats) -> Floats:
        away = (halves(logs).mean(axis=1) - 0.05) / _UNIT
        return np.concatenate([away * np.abs(away), apart @ logs])

    def slope(logs: Floats) -> Floats:
        share = halves(logs)
        away = np.abs(share.mean(axis=1) - 0.05) / _UNIT
        tilt = -(share * (1 - share)) / (_WIDTH * _UNIT)
        each = np.stack([(tilt * hat).mean(axis=1) for hat in hats], axis=1)
        return np.concatenate([2 * away[:, None] * each, apart])

    begin = np.full(n1 * n2, np.log(2.0))
    return np.asarray(least_squares(excess, begin, jac=slope, max_nfev=60).x)
