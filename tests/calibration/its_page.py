"""Writes docs/calibration/its.md from the numbers of `tests.calibration.its`."""

from __future__ import annotations

import sys
from itertools import product

import numpy as np
from tests.calibration.its import (
    DRAWS,
    LENGTHS,
    METHODS,
    NOMINAL,
    RHOS,
    SEED,
    SHARES,
    TABLE_SEED,
    TRUTHS,
    Cell,
    arma_rejections,
    averaged_rejections,
    cells,
    gap_rejections,
    median_lengths,
    null_series,
    other_series,
    rejected,
    rejections,
    shaped_series,
)

from innoeval.stats.error_shapes import FAMILIES

FEW, SHAPED = 400, 4000


def percent(share: float, bounds: tuple[float, float] = (0.0, 1.0)) -> str:
    """A share in per cent; in bold outside its bounds."""
    text = f"{100 * share:.1f}"
    return text if bounds[0] <= round(share, 3) <= bounds[1] else f"**{text}**"


def row(*items: object) -> str:
    return f"| {' | '.join(str(item) for item in items)} |"


def header(*titles: str) -> list[str]:
    return [row(*titles), row(*("---:" for _ in titles))]


def full() -> tuple[str, str]:
    """A summary by length, and the full table."""
    titles = [f"{what}: {m}" if i == 0 else m
              for what in ("mean effect", "level change") for i, m in enumerate(METHODS)]  # fmt: skip
    lines = header("periods", "before", "true seasons", "terms", "ρ", *titles)
    worst: dict[int, dict[str, list[float]]] = {}
    for cell in cells():
        found = rejections(cell)
        bounds = cell.bounds
        numbers = [
            percent(found[m][i], bounds if m == "calibrated" else (0, 1))
            for i in (0, 1) for m in METHODS
        ]  # fmt: skip
        terms = "level" + ", trend" * cell.form.trend + ", slope" * cell.form.slope
        terms += f", {cell.form.cycle} seasons" if cell.form.cycle > 1 else ""
        truth = cell.cycle if cell.cycle > 1 else "–"
        lines.append(row(cell.n, cell.launch, truth, terms, cell.rho, *numbers))
        sys.stdout.write(lines[-1] + "\n")
        for m in METHODS:
            worst.setdefault(cell.n, {}).setdefault(m, []).extend(100 * found[m])
    summary = header("periods", *METHODS)
    for n, found in worst.items():
        ranges = [f"{min(v):.1f} to {max(v):.1f}" for v in found.values()]
        summary.append(row(n, *ranges))
    return "\n".join(summary), "\n".join(lines)


def misspecified() -> str:
    """Where the errors are not AR(1)."""
    methods = ("calibrated", "REML", "REML AR(2)", "calibrated AR(2)", "calibrated noise")
    lines = header("errors", "periods", *(f"{what}{m}" for what in ("mean effect: ", "level change: ")
                                          for m in methods))  # fmt: skip
    for truth in TRUTHS:
        for n in (24, 48, 100):
            cell = Cell(n, round(2 * n / 3), 1, 0)
            y = other_series(truth, n, DRAWS, SEED)
            found = rejected(y, cell)
            found["REML AR(2)"] = arma_rejections(y[:, :FEW], cell, (2, 0))
            found["calibrated AR(2)"] = averaged_rejections(y, cell, "AR(2)")
            found["calibrated noise"] = averaged_rejections(y, cell, "AR(1) and noise")
            numbers = [percent(found[m][i], (0.0, 0.07)) for i in (0, 1) for m in methods]
            lines.append(row(truth.name, n, *numbers))
            sys.stdout.write(lines[-1] + "\n")
    return "\n".join(lines)


def shapes() -> str:
    """Averaged fits under every shape that they are levelled for, by length."""
    lines = header("model", "periods", "shapes", "mean effect", "level change")
    for model, n in product(FAMILIES, LENGTHS[2:]):
        found = []
        for share, seasonal in product(SHARES, (False, True)):
            cycle = 1 if not seasonal else 4 if n <= 36 else 12
            cell = Cell(n, round(n * share), cycle, 0)
            found += [
                averaged_rejections(shaped_series(truth, cell, SHAPED, SEED), cell, model)
                for truth in FAMILIES[model].truths
            ]
        ranges = [
            f"{percent(part.min(), (0.03, 1))} to {percent(part.max(), (0, 0.07))}"
            for part in np.array(found).T
        ]
        lines.append(row(model, n, len(FAMILIES[model].truths), *ranges))
        sys.stdout.write(lines[-1] + "\n")
    return "\n".join(lines)


def costs() -> str:
    """How much longer averaged intervals are than those of the default under AR(1) errors."""
    lines = header("periods", "ρ", *(f"{what}: {model}" for what in ("mean effect", "level change")
                                     for model in FAMILIES))  # fmt: skip
    for n, rho in product((24, 48, 100), (0, 0.4, 0.8)):
        cell = Cell(n, round(2 * n / 3), 1, rho)
        y = null_series(cell, SHAPED, SEED)
        usual = median_lengths(y, cell)
        ratios = [median_lengths(y, cell, model) / usual for model in FAMILIES]
        lines.append(row(n, rho, *(f"{ratio[i]:.2f}" for i in (0, 1) for ratio in ratios)))
    return "\n".join(lines)


def further() -> str:
    """Very short series, very much autocorrelation, and gaps."""
    lines = header("periods", "before", "ρ", "what", "mean effect", "level change")
    for n, launch, rhos in ((8, 4, RHOS), (24, 12, (0.9,)), (48, 24, (0.9,)), (100, 50, (0.9,))):
        for rho in rhos:
            cell = Cell(n, launch, 1, rho)
            what = "fewer periods than 12" if n < 12 else "ρ = .9"
            found = rejections(cell)["calibrated"]
            lines.append(row(n, launch, rho, what, *(percent(x, (0.03, 0.08)) for x in found)))
    for n, launch in ((36, 24), (72, 48)):
        for rho in (0, 0.4, 0.8):
            cell = Cell(n, launch, 1, rho)
            found = gap_rejections(cell, 0.15, draws=DRAWS, seed=SEED)
            numbers = (percent(x, (0.03, 0.07)) for x in found)
            lines.append(row(n, launch, rho, "15 % of the periods missing", *numbers))
    return "\n".join(lines)


TEXT = """# One series: how often a change is seen that is not there

Written by `python -m tests.calibration.its`; do not edit by hand.

Each number is the percentage of {draws:,} simulated Gaussian AR(1) series in which nothing changed and
a 5 % test sees an effect all the same; it should be 5. The Monte Carlo standard error of a 5 is
{error:.2f} (seed {seed}; the critical values were simulated with seed {table} and 4,000 draws, and the
rule that makes them was settled on other seeds). An interval covers the truth in 100 less this
percentage of series, whatever the true effect, level, trend or modelled season is: so 3 to 7 here is a
coverage of 93 to 97 %.

The form is the one that the rule of `SegmentedRegression` chooses for that many periods
(`innoeval.designs.its.form`). True seasons are a wave with an amplitude of one standard deviation of
the errors: quarters in up to 36 periods, months in more.

- *OLS*: `errors="ols"`, least squares, as if periods were independent.
- *Newey-West*: `errors="newey_west"`, ⌊4 (n / 100)^(2/9)⌋ lags, small-sample factor, t(n − k).
- *Prais-Winsten*: `errors="prais_winsten"`, iterated, t(n − k).
- *REML*: `errors="reml"`, restricted maximum likelihood with Satterthwaite's degrees of freedom.
- *calibrated*: `errors="calibrated"`, the default: the same estimate; the autocorrelation is made
  median-unbiased, and the critical value is simulated for these very columns; the autocorrelation
  is looked up higher by the least step at which a simulated test rejects no more than 6.4 % at any
  ρ up to .85.

The default is to stay within 3 to 7 % from 24 periods on, and within 3 to 8 % below; a number
outside is in bold.

## In short: the range over all launches, seasons, autocorrelations and both tests

{summary}

## Errors that are not AR(1)

The same tests where the truth is another error process, launch after two thirds. REML with AR(2)
errors and Satterthwaite's degrees of freedom (`errors="arma"`) by {few} series each, whose Monte Carlo
standard error is {few_error:.1f}. More than 7 is in bold. No form of AR(1) can see slow drift under
noise, nor much correlation two periods apart. *Calibrated AR(2)* (`errors="calibrated_ar2"`) and
*calibrated noise* (`"calibrated_noise"`) can: they are averaged over many shapes of AR(2), or of AR(1)
under noise, each as likely as the restricted likelihood makes it, with critical values that were
simulated to keep 5 % under all of them. The stressed interval spans AR(2) with these values, and drift
under noise from 72 periods on; in fewer that would double the interval (below), and drift is fitted
there, as ARMA(1, 1).

{other}

What they keep under every shape that they are levelled for (persistence up to a sum of autoregressive
coefficients of .86, noise up to half of the variance): the least and the most of {shaped:,} series over
all shapes, launches at ½, ⅔ and ¾, without seasons and with them. The standard error of a 5 is
{shaped_error:.1f}, and the least and most of a hundred or more such numbers stray from theirs by about
three of these.

{shapes}

What that costs where errors are AR(1) after all: the median length of the interval over that of the
default, launch after two thirds.

{costs}

## Few periods, very much autocorrelation, and gaps

{further}

With four periods on each side nothing tells how much one resembles the next, and the test is a
careful one. With ρ = .9 and a slope change the mean effect may reject more than 7 %, because so much
autocorrelation cannot be told from a trend in a few dozen periods.

## Every cell

{full}
"""


def page() -> str:
    """The whole page."""
    summary, table = full()
    return TEXT.format(
        draws=DRAWS, seed=SEED, table=TABLE_SEED, few=FEW,
        error=100 * np.sqrt(NOMINAL * (1 - NOMINAL) / DRAWS),
        few_error=100 * np.sqrt(NOMINAL * (1 - NOMINAL) / FEW),
        summary=summary, full=table, other=misspecified(), further=further(), shapes=shapes(),
        costs=costs(),
        shaped=SHAPED, shaped_error=100 * np.sqrt(NOMINAL * (1 - NOMINAL) / SHAPED),
    )  # fmt: skip
