"""`python -m tests.numerics.precision`: how many digits of the core formulas are right.

Each is worked out once more in 50 digits (tests/numerics/exact.py) on easy and on hostile numbers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import mpmath as mp
import numpy as np
from scipy.special import ndtr, stdtr, stdtrit
from tests.numerics import exact
from tests.numerics.large import ASKED, PERIODS, apart

from innoeval.stats.contrast import compare, student
from innoeval.stats.covariance import bread
from innoeval.stats.families import FAMILIES
from innoeval.stats.multiplicity import holm
from innoeval.stats.pooled import pooled_did
from innoeval.stats.prais_winsten import prais_winsten
from innoeval.stats.randomization import assignments, randomise
from innoeval.stats.reduced_bias import reduced_bias
from innoeval.stats.reml import reml
from innoeval.stats.series import segmented
from innoeval.stats.waits import wait_quantiles

FAR = 2.0**30
#: Data are multiples of this, so that 10⁹ is added to them without rounding.
FINE = 2.0**-16


class Held(NamedTuple):
    """A number beside the same in 50 digits, and the largest relative gap that is allowed."""

    formula: str
    numbers: str
    ours: float
    exact: mp.mpf
    allowed: float

    @property
    def gap(self) -> float:
        whole = abs(self.exact)
        return float(abs(mp.mpf(float(self.ours)) - self.exact) / (whole or 1))


def held(*, slow: bool = True) -> Iterator[Held]:
    """All formulas on all their numbers; `slow` ones take seconds in 50 digits."""
    rng = np.random.default_rng(20261124)
    yield from _welch(rng)
    yield from _tails()
    yield from _lists(rng)
    yield from _clusters(rng)
    yield from _rates()
    if slow:
        yield from _series(rng)


def _fine(values: np.ndarray) -> np.ndarray:
    return np.round(values / FINE) * FINE


def _welch(rng: np.random.Generator) -> Iterator[Held]:
    plain = _fine(rng.normal(size=17) + np.where(np.arange(17) < 6, 2.0, 0.0))
    treated = np.arange(17) < 6
    for numbers, values, allowed in (
        ("as they come", plain, 1e-13), ("10⁹ added", plain + FAR, 1e-6),
        ("times 10⁻⁹", plain * 2.0**-30, 1e-13), ("times 10¹²", plain * 2.0**40, 1e-13),
    ):  # fmt: skip
        found = compare(values[:, None], treated, 0.95)
        truth = exact.welch(values[treated], values[~treated])
        for name, ours, other in zip(
            ("effect", "error", "degrees of freedom", "p-value"),
            (found.effect, found.std_error, found.df, found.p_value), truth, strict=True,
        ):  # fmt: skip
            yield Held(f"Welch, {name}", numbers, float(ours[0]), other, allowed)


def _tails() -> Iterator[Held]:
    for t, df in ((-2.0, 7.3), (-6.0, 3.0), (-40.0, 11.0), (-9.0, 250.0), (-1e-9, 5.0)):
        ours = float(stdtr(df, t))
        yield Held(
            "t, tail", f"t = {t:g}, {df:g} df", ours, exact.t_tail(mp.mpf(t), mp.mpf(df)), 1e-11
        )
    for p, df in ((0.975, 2.0), (0.975, 7.3), (0.995, 33.0), (0.9995, 1.5)):
        ours = float(stdtrit(df, p))
        yield Held("t, quantile", f"{p:g}, {df:g} df", ours, exact.t_quantile(p, df, ours), 1e-11)
    for z in (-1.96, -8.0, -37.0):
        yield Held("normal, tail", f"z = {z:g}", float(ndtr(z)), exact.normal_tail(z), 1e-11)
    found = student(np.array([1e9]), np.array([1e8]), np.array([9.0]), 0.95)
    truth = 2 * exact.t_tail(mp.mpf(-10), mp.mpf(9))
    yield Held("t-test, p-value", "10⁹ ± 10⁸", float(found.p_value[0]), truth, 1e-12)


def _lists(rng: np.random.Generator) -> Iterator[Held]:
    p = 10.0 ** -rng.uniform(0, 12, 9)
    for place, (ours, other) in enumerate(zip(holm(p), exact.holm(p), strict=True)):
        if place in {0, 4, 8}:
            yield Held("Holm", f"place {place + 1} of 9", float(ours), other, 1e-15)
    for numbers, values in (
        ("9 units, 3 treated", rng.normal(size=9)),
        ("ties", np.array([3.0, 2, 2, 1, 1, 1, 0, 0, 0])),
        ("10⁹ added", _fine(rng.normal(size=9)) + FAR),
    ):
        treated = np.arange(9) < 3
        found = randomise(values[:, None], assignments(treated, 9999, 1), 0.95)
        share = exact.rank_share(values, 3)
        yield Held("Exact randomisation, p-value", numbers, float(found.p_value[0]), share, 1e-12)
    times = rng.integers(1, 60, 41).astype(float)
    still = rng.random(41) < 0.2
    found_wait = wait_quantiles(times, np.zeros(41, dtype=int), still, n_cells=1).value[0]
    yield Held(
        "Median wait",
        "41 cases, some open",
        float(found_wait),
        exact.median_wait(times, still),
        0.0,
    )


def _clusters(rng: np.random.Generator) -> Iterator[Held]:
    codes = np.repeat(np.arange(6), 4)
    x, z, y = rng.normal(size=24), rng.normal(size=24), rng.normal(size=24)
    for numbers, other, allowed in (
        ("as they come", z, 1e-12), ("a regressor times 10⁻⁹", z * 2.0**-30, 1e-12),
        ("a regressor times 10⁹", z * FAR, 1e-12),
        ("two regressors alike to 10⁻³", x + 1e-3 * z, 1e-8),
        ("two regressors alike to 10⁻⁵", x + 1e-5 * z, 1e-5),
    ):  # fmt: skip
        X = np.column_stack([np.ones(24), x, other])
        basis = np.linalg.qr(X)[0]
        residual = y - basis @ (basis.T @ y)
        found = reduced_bias(X, residual[:, None], codes)
        error, df = exact.cr2(exact.matrix(X), exact.matrix(y[:, None]), list(codes), 2)
        ours = float(np.sqrt(found.covariance[0, 2, 2]))
        yield Held("CR2, error", numbers, ours, error, allowed)
        yield Held("CR2, degrees of freedom", numbers, float(found.df[2]), df, allowed)
        inverse = exact.least_squares(exact.matrix(X), exact.matrix(y[:, None]))[1]
        yield Held("(X'X)⁻¹", numbers, float(bread(X)[2, 2]), inverse[2, 2], allowed)


def _rates() -> Iterator[Held]:
    """Two groups, two periods: by hand a ratio of ratios, and of odds."""
    y = np.array([[40.0, 31], [52, 47], [61, 64], [48, 55]])
    size = np.array([[900.0, 910], [1100, 1090], [1300, 1310], [1000, 990]])
    treated, after = np.arange(4) < 2, np.array([False, True])
    for numbers, times in (
        ("as they come", 1.0), ("denominators times 10⁹", FAR), ("denominators times 10⁻⁹", 1 / FAR),
        ("denominators times 10¹⁵", 2.0**50),
    ):  # fmt: skip
        found = pooled_did(FAMILIES["poisson"], y, size * times, treated, after)
        truth = exact.ratio_of_ratios(y, size * times, treated)
        yield Held(
            "Poisson, ratio of rate ratios", numbers, float(np.exp(found.effect)), truth, 1e-12
        )
    for numbers, times, allowed in (
        ("as they come", 1.0, 1e-12), ("shares of 10⁻¹⁰", FAR, 1e-9), ("shares of 1 − 10⁻⁵", -1024.0, 1e-9),
    ):  # fmt: skip
        trials = size * abs(times)
        cases = y if times > 0 else trials - y
        fit = pooled_did(FAMILIES["binomial"], cases, trials, treated, after)
        ratio = exact.ratio_of_ratios(cases, trials - cases, treated)
        yield Held(
            "Logit, ratio of odds ratios", numbers, float(np.exp(fit.effect)), ratio, allowed
        )


def _series(rng: np.random.Generator) -> Iterator[Held]:
    n = 24
    X = segmented(n, 14, trend=True, slope=False)
    contrast = np.eye(X.shape[1])[-1:]
    for numbers, rho, level in (
        ("ρ = 0.4", 0.4, 0.0), ("ρ = 0.4, 10⁹ added", 0.4, FAR), ("ρ = −0.5", -0.5, 0.0),
    ):  # fmt: skip
        e = rng.normal(size=n)
        for t in range(1, n):
            e[t] += rho * e[t - 1]
        y = _fine(e + 2.0 * X[:, -1]) + level
        found = reml(y, X, contrast)
        at, effect, error = exact.reml(
            exact.matrix(X), exact.matrix(y[:, None]), float(found.rho[0])
        )
        close = 1e-5 if level else 1e-6
        yield Held("REML, ρ", numbers, float(found.rho[0]), at, close)
        yield Held("REML, effect", numbers, float(found.estimates[0, 0]), effect, close)
        yield Held("REML, error", numbers, float(found.std_errors[0, 0]), error, close)
        again = prais_winsten(y, X)
        b = exact.ar1(exact.matrix(X), exact.matrix(y[:, None]), mp.mpf(float(again.rho[0])))[0]
        ours = float(again.coefficients[0, -1])
        yield Held(
            "AR(1) GLS at a given ρ, effect",
            numbers,
            ours,
            b[X.shape[1] - 1],
            max(close / 100, 1e-8),
        )


def page() -> str:
    lines = [
        "# Digits that are right", "",
        "Core formulas beside the same in 50 digits (mpmath), written down once more from the papers. A gap is",
        "|ours − exact| over |exact|; double numbers hold some 2·10⁻¹⁶, near 10⁹ some 10⁻⁷ of a unit.",
        "Printed by `python -m tests.numerics.precision`; a test holds the bounds.", "",
        "| formula | numbers | exact | gap | bound | |", "|---|---|--:|--:|--:|---|",
    ]  # fmt: skip
    rows = list(held())
    for row in rows:
        stands = "holds" if row.gap <= row.allowed else "**beyond**"
        lines.append(
            f"| {row.formula} | {row.numbers} | {mp.nstr(row.exact, 12)} | {row.gap:.0e} | {row.allowed:.0e} | {stands} |"
        )
    beyond = sum(row.gap > row.allowed for row in rows)
    lines += ["", f"{len(rows)} numbers, {beyond} beyond their bound.", "", *many_units()]
    return "\n".join(lines)


def many_units(n: int = 1_000_000) -> list[str]:
    """What a million units take, beside the same by hand; a process each."""
    lines = [
        f"## {n:,} units, {PERIODS} periods", "",
        "Outcomes near 10⁶ with errors of 1. Gaps are shares of the standard error; seconds are the processor's, the",
        "megabytes all of a process's, panel included.", "",
        "| asked | effect by hand | gap | error by hand | gap | seconds | MB |", "|---|--:|--:|--:|--:|--:|--:|",
    ]  # fmt: skip
    for design, asked in ASKED.items():
        a = apart(n, design)
        gaps = [
            abs(a.effect - a.effect_by_hand) / a.error_by_hand,
            abs(a.std_error / a.error_by_hand - 1),
        ]
        lines.append(
            f"| {asked} | {a.effect_by_hand:.8f} | {gaps[0]:.0e} | {a.error_by_hand:.8f} | {gaps[1]:.0e} | "
            f"{a.seconds:.1f} | {a.megabytes:,.0f} |"
        )
    return lines


if __name__ == "__main__":
    print(page())
