"""Core formulas in 50 digits, as they stand in the papers: nothing is taken from the library."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import mpmath as mp

mp.mp.dps = 50
Number = mp.mpf
Row = Sequence[float]


def matrix(rows: Sequence[Row]) -> mp.matrix:
    return mp.matrix([[mp.mpf(float(x)) for x in row] for row in rows])


def welch(ours: Row, theirs: Row) -> tuple[Number, Number, Number, Number]:
    """Difference in means, its error, degrees of freedom, two-sided p-value."""
    a, b = ([mp.mpf(float(x)) for x in g] for g in (ours, theirs))
    means = [mp.fsum(g) / len(g) for g in (a, b)]
    parts = [
        mp.fsum((x - m) ** 2 for x in g) / (len(g) - 1) / len(g)
        for g, m in zip((a, b), means, strict=True)
    ]
    variance = mp.fsum(parts)
    df = variance**2 / (parts[0] ** 2 / (len(a) - 1) + parts[1] ** 2 / (len(b) - 1))
    effect, error = means[0] - means[1], mp.sqrt(variance)
    return effect, error, df, 2 * t_tail(-abs(effect / error), df)


def ratio_of_ratios(y: Sequence[Row], size: Sequence[Row], treated: Sequence[bool]) -> Number:
    """Of totals y over totals size, two periods: treated after : before, to the others' same."""
    rate = [
        [
            mp.fsum(mp.mpf(float(row[t])) for row, ours in zip(y, treated, strict=True) if ours == side)
            / mp.fsum(mp.mpf(float(row[t])) for row, ours in zip(size, treated, strict=True) if ours == side)
            for t in (0, 1)
        ]
        for side in (False, True)
    ]  # fmt: skip
    return rate[1][1] / rate[1][0] / (rate[0][1] / rate[0][0])


def t_tail(t: Number, df: Number) -> Number:
    """P(T ≤ t) for t ≤ 0, by the incomplete beta function."""
    return mp.betainc(df / 2, mp.mpf(1) / 2, 0, df / (df + t**2), regularized=True) / 2


def t_quantile(p: float, df: float, start: float) -> Number:
    """The t with P(T ≤ t) = p > 1/2."""
    wanted, freedom = 1 - mp.mpf(p), mp.mpf(df)
    return mp.findroot(lambda t: mp.log(t_tail(-t, freedom) / wanted), mp.mpf(start))


def normal_tail(z: float) -> Number:
    """P(Z ≤ z)."""
    return mp.erfc(-mp.mpf(z) / mp.sqrt(2)) / 2


def least_squares(X: mp.matrix, y: mp.matrix) -> tuple[mp.matrix, mp.matrix]:
    """Coefficients and (X'X)⁻¹."""
    inverse = mp.inverse(X.T * X)
    return inverse * (X.T * y), inverse


def cr2(X: mp.matrix, y: mp.matrix, codes: Sequence[int], c: int) -> tuple[Number, Number]:
    """CR2 error of coefficient c, and its degrees of freedom (Bell & McCaffrey)."""
    b, inverse = least_squares(X, y)
    residual, n = y - X * b, X.rows
    hat = mp.eye(n) - X * inverse * X.T
    meat, loads = mp.zeros(X.cols), []
    for g in sorted(set(codes)):
        rows = [i for i, code in enumerate(codes) if code == g]
        block = mp.matrix([[X[i, j] for j in range(X.cols)] for i in rows])
        own = mp.matrix([[hat[i, j] for j in rows] for i in rows])
        values, vectors = mp.eigsy(own)
        root = vectors * mp.diag([v ** (-mp.mpf(1) / 2) for v in values]) * vectors.T
        score = block.T * root * mp.matrix([residual[i] for i in rows])
        meat += score * score.T
        weight = root * block * inverse[:, c]
        loads.append(mp.matrix([mp.fsum(hat[j, i] * weight[k] for k, i in enumerate(rows)) for j in range(n)]))  # fmt: skip
    gram = mp.matrix([[(a.T * b)[0] for b in loads] for a in loads])
    trace = mp.fsum(gram[i, i] for i in range(gram.rows))
    squares = mp.fsum(gram[i, j] ** 2 for i in range(gram.rows) for j in range(gram.rows))
    return mp.sqrt((inverse * meat * inverse)[c, c]), trace**2 / squares


def ar1(X: mp.matrix, y: mp.matrix, rho: Number) -> tuple[mp.matrix, mp.matrix, Number, Number]:
    """GLS coefficients, (X'Ω⁻¹X)⁻¹, RSS and the restricted log likelihood at ρ (innovation scale)."""
    n, k = X.rows, X.cols
    omega = mp.matrix(n, n)
    for i in range(n):
        for j in range(n):
            omega[i, j] = rho ** abs(i - j) / (1 - rho**2)
    weight = mp.inverse(omega)
    inner = X.T * weight * X
    inverse = mp.inverse(inner)
    b = inverse * (X.T * weight * y)
    residual = y - X * b
    rss = (residual.T * weight * residual)[0]
    height = -((n - k) * mp.log(rss) + mp.log(mp.det(omega)) + mp.log(mp.det(inner))) / 2
    return b, inverse, rss, height


def reml(X: mp.matrix, y: mp.matrix, start: float) -> tuple[Number, Number, Number]:
    """ρ at the top of the restricted likelihood, the last coefficient and its error there."""
    with mp.workdps(30):
        low, high = mp.mpf(start) - mp.mpf("1e-3"), mp.mpf(start) + mp.mpf("1e-3")
        golden = (mp.sqrt(5) - 1) / 2
        a, b = high - golden * (high - low), low + golden * (high - low)
        at_a, at_b = ar1(X, y, a)[3], ar1(X, y, b)[3]
        while high - low > mp.mpf("1e-12"):
            if at_a > at_b:
                high, b, at_b = b, a, at_a
                a = high - golden * (high - low)
                at_a = ar1(X, y, a)[3]
            else:
                low, a, at_a = a, b, at_b
                b = low + golden * (high - low)
                at_b = ar1(X, y, b)[3]
        rho = (low + high) / 2
        found, inverse, rss, _ = ar1(X, y, rho)
        last = X.cols - 1
        return rho, found[last], mp.sqrt(inverse[last, last] * rss / (X.rows - X.cols))


def holm(p: Row) -> list[Number]:
    """Adjusted p-values."""
    order = sorted(range(len(p)), key=lambda i: p[i])
    found, top = [mp.mpf(0)] * len(p), mp.mpf(0)
    for place, i in enumerate(order):
        top = max(top, (len(p) - place) * mp.mpf(float(p[i])))
        found[i] = min(top, mp.mpf(1))
    return found


def rank_share(values: Row, chosen: int) -> Number:
    """Share of all choices of so many units whose mean lies as far from the others' as the first's."""
    exact = [mp.mpf(float(v)) for v in values]
    total, n = mp.fsum(exact), len(exact)
    gaps = []
    for some in combinations(range(n), chosen):
        ours = mp.fsum(exact[i] for i in some)
        gaps.append(abs(ours / chosen - (total - ours) / (n - chosen)))
    return mp.mpf(sum(gap >= gaps[0] - mp.mpf("1e-30") for gap in gaps)) / len(gaps)


def median_wait(times: Row, still_open: Sequence[bool]) -> Number:
    """First time at which half or more of the cases are closed (Kaplan & Meier)."""
    left = mp.mpf(1)
    for t in sorted(set(times)):
        at_risk = sum(x >= t for x in times)
        closed = sum(x == t and not o for x, o in zip(times, still_open, strict=True))
        left *= 1 - mp.mpf(closed) / at_risk
        if left <= mp.mpf(1) / 2:
            return mp.mpf(float(t))
    return mp.nan
