"""How often a change is seen in one treated unit where there is none: makes docs/calibration/synthetic.md.

Run `python -m tests.calibration.synthetic --draws 400` in the root of the repository (ten minutes of
one core).
Seeds from 500 000 on; nothing was tuned on them.
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from tests.panels import claim_on, panel_of

from innoeval.designs import DifferenceInDifferences, SyntheticControl, SyntheticDiD
from innoeval.designs.synthetic import infer
from innoeval.designs.synthetic.base import DonorDesign
from innoeval.designs.synthetic.kernel import DonorKernel
from innoeval.designs.synthetic.pool import Pool
from innoeval.evaluate import evaluate
from innoeval.inference import PlaceboInSpace, UnitJackknife
from innoeval.records import Policy
from innoeval.stats.noise import group_noise, unit_noise
from innoeval.stats.placebo import rank
from innoeval.stats.randomization import assignments, randomise

SEED, NOMINAL = 500_000, 0.05
BEFORE, AFTER = 24, 12
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "synthetic.md"


@dataclass(frozen=True)
class World:
    """How the outcomes come about."""

    name: str
    rho: float = 0.0
    factors: int = 0
    noisier: float = 1.0

    def draw(
        self, rng: np.random.Generator, n: int, before: int, after: int, n_treated: int = 1
    ) -> np.ndarray:
        """Outcomes (n, periods) of units of which the first are called treated."""
        periods = before + after
        noise = _series(rng, n, periods, self.rho)
        noise[:n_treated] *= self.noisier
        shared = _series(rng, max(self.factors, 1), periods, 0.9)
        shared[0] += 0.05 * np.arange(periods)
        loadings = rng.normal(size=(n, max(self.factors, 1))) * (self.factors > 0)
        level = 20 + 2 * rng.normal(size=(n, 1)) + 0.5 * rng.normal(size=(1, periods))
        return np.asarray(level + noise + loadings @ shared)


def _series(rng: np.random.Generator, n: int, periods: int, rho: float) -> np.ndarray:
    """AR(1) with variance one, or a random walk for ρ = 1."""
    values = rng.normal(size=(n, periods))
    if rho >= 1:
        return values.cumsum(axis=1)
    values[:, 1:] *= np.sqrt(1 - rho * rho)
    for t in range(1, periods):
        values[:, t] += rho * values[:, t - 1]
    return values


WORLDS = (
    World("independent noise"),
    World("ρ = .4", rho=0.4),
    World("ρ = .8", rho=0.8),
    World("random walks", rho=1.0),
    World("two factors, ρ = .4", rho=0.4, factors=2),
    World("two factors, ρ = .8", rho=0.8, factors=2),
    World("treated twice as noisy, ρ = .4", rho=0.4, noisier=2.0),
    World("treated twice as noisy, ρ = .8", rho=0.8, noisier=2.0),
    World("two factors, twice as noisy, ρ = .4", rho=0.4, factors=2, noisier=2.0),
)
DESIGNS: dict[str, DonorDesign] = {"SDiD": SyntheticDiD(), "SC": SyntheticControl()}
RANKED = ("SDiD", "SDiD, plain rank", "SC", "SC, plain rank", "DiD")


def kernel_of(outcomes: np.ndarray, launch: int, design: DonorDesign) -> DonorKernel:
    """A kernel on bare arrays, the first unit treated."""
    n, periods = outcomes.shape
    treated = np.arange(n) == 0
    pool = Pool(
        units=tuple(map(str, range(n))), outcomes=outcomes, seen=np.ones(periods, dtype=bool),
        treated=treated, starts=np.where(treated, launch, periods), warnings=(), columns=(),
        periods=tuple(map(str, range(periods))), covariates=np.empty((0, n, periods)),
    )  # fmt: skip
    return design._kernel(Policy(), pool, PlaceboInSpace())


def by_rank(world: World, n: int, seed: int) -> dict[str, tuple[float, float]]:
    """p-value and half the length of the interval by each placebo method."""
    outcomes = world.draw(np.random.default_rng(seed), n, BEFORE, AFTER)
    found = {}
    for name, design in DESIGNS.items():
        kernel = kernel_of(outcomes, BEFORE, design)
        before = kernel.pool.before(BEFORE)
        scaled = kernel.over((~before)[None], 0.95)
        effects = kernel.main.gaps[:, ~before].mean(axis=1)
        plain = rank(effects[:, None], np.ones(len(effects)), 0.95)
        for label, result in ((name, scaled), (f"{name}, plain rank", plain)):
            half = float(result.high[0] - result.effect[0])
            found[label] = (float(result.p_value[0]), half)
    treated = np.arange(n) == 0
    changes = (outcomes[:, BEFORE:].mean(axis=1) - outcomes[:, :BEFORE].mean(axis=1))[:, None]
    noise = group_noise(unit_noise(outcomes[:, :BEFORE]), treated)
    did = randomise(changes, assignments(treated, 4999, 1), 0.95, noise)
    found["DiD"] = (float(did.p_value[0]), float(did.high[0] - did.low[0]) / 2)
    return found


def several(world: World, n: int, seed: int) -> dict[str, tuple[float, float]]:
    """As `over_time`, with three treated units by synthetic DiD."""
    outcomes = world.draw(np.random.default_rng(seed), n, BEFORE, AFTER, n_treated=3)
    panel, claim = panel_of(outcomes), claim_on(range(3), BEFORE)
    found = {}
    for name, choice in {"placebo": PlaceboInSpace(), "jackknife": UnitJackknife()}.items():
        low, high = SyntheticDiD().fit(panel, claim, inference=choice).conf_int
        found[name] = (float(low <= 0 <= high), (high - low) / 2)
    return found


def over_time(world: World, n: int, seed: int) -> dict[str, tuple[float, float]]:
    """Whether the interval leaves out the truth (as 0 or 1), and half its length."""
    outcomes = world.draw(np.random.default_rng(seed), n, BEFORE, AFTER)
    found = {}
    kernel = kernel_of(outcomes, BEFORE, SyntheticControl(intercept=True))
    before = kernel.pool.before(BEFORE)
    window = (~before)[None]
    runs = {"conformal": lambda: infer._conformal(kernel, window, before, 0.95),
            "jackknife+": lambda: infer._jackknife_plus(kernel, window, before, 0.95)}  # fmt: skip
    plain = kernel_of(outcomes, BEFORE, SyntheticControl())
    runs["prediction"] = lambda: infer._prediction(plain, window, before, 0.95, 200)
    for name, run in runs.items():
        result = run()
        low, high = float(result.low[0]), float(result.high[0])
        found[name] = (float(low <= 0 <= high), (high - low) / 2)
    return found


def questions(world: World, n: int, seed: int) -> dict[str, tuple[float, float]]:
    """p-values of two questions of checks where nothing is amiss, by synthetic DiD and control."""
    outcomes = world.draw(np.random.default_rng(seed), n, BEFORE, AFTER)
    time, pretended = np.arange(BEFORE + AFTER), BEFORE - BEFORE // 3
    first, then = time < pretended, (time >= pretended) & (time < BEFORE)
    found = {}
    for name, design in DESIGNS.items():
        kernel = kernel_of(outcomes, BEFORE, design)
        in_time = kernel.effects(first[None], then[None]).p_value[0]
        found[name] = (float(kernel.drift().p_value[0]), float(in_time))
    return found


def verdict(world: World, seed: int, effect: float) -> tuple[str, str]:
    """Verdict on a claim of 2, and on the same claim by difference-in-differences."""
    outcomes = world.draw(np.random.default_rng(seed), 30, BEFORE, AFTER)
    outcomes[0, BEFORE:] -= effect
    panel, claim = panel_of(outcomes), claim_on([0], BEFORE, size=2.0)
    both = (evaluate(claim, panel), evaluate(claim, panel, designs=[DifferenceInDifferences()]))
    return both[0].verdict.status, both[1].verdict.status


def rejections(world: World, n: int, draws: int, first: int) -> dict[str, tuple[float, float]]:
    """Share of draws with p ≤ 5 %, and the median half-length, by method."""
    rows = [by_rank(world, n, seed) for seed in range(first, first + draws)]
    return {
        name: (
            float(np.mean([row[name][0] <= NOMINAL for row in rows])),
            float(np.median([row[name][1] for row in rows])),
        )
        for name in RANKED
    }


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--draws", type=int, default=300, help="of the rejections by rank")
    parser.add_argument(
        "--few", type=int, default=200, help="of verdicts; intervals over time get a quarter"
    )
    parser.add_argument("--jobs", type=int, default=2)
    asked = parser.parse_args()
    draws, few, half, quarter = asked.draws, asked.few, asked.few // 2, asked.few // 4
    pool = Parallel(n_jobs=asked.jobs)
    sizes = (20, 40, 100)
    cells = [(world, n) for world in WORLDS for n in sizes]
    ranked = dict(
        zip(cells, pool(delayed(rejections)(w, n, draws, SEED) for w, n in cells), strict=True)
    )
    lines = [_head(draws)]
    for n in sizes:
        lines += [f"\n### 1 treated of {n}\n", _titles(["outcomes", *RANKED])]
        lines += [_row(w.name, [f"{100 * ranked[w, n][m][0]:.1f}" for m in RANKED]) for w in WORLDS]
    lines += ["\n## Half the length of the interval, median, 1 treated of 40\n"]
    lines += [_titles(["outcomes", *RANKED])]
    lines += [_row(w.name, [f"{ranked[w, 40][m][1]:.2f}" for m in RANKED]) for w in WORLDS]
    lines += [_TIME.format(draws=quarter), _titles(["outcomes", "units", *_halves(_OVER)])]
    for n in sizes:
        for world in WORLDS:
            rows = pool(delayed(over_time)(world, n, seed) for seed in range(SEED, SEED + quarter))
            lines.append(_row(world.name, [str(n), *_missed(rows, _OVER)]))
    lines += [_SEVERAL.format(draws=half), _titles(["outcomes", *_halves(_SETS)])]
    for world in WORLDS:
        rows = pool(delayed(several)(world, 40, seed) for seed in range(SEED, SEED + half))
        lines.append(_row(world.name, _missed(rows, _SETS)))
    lines += [_QUESTIONS.format(draws=half), _titles(["units", *_ASKED])]
    for n in sizes[:2]:
        rows = pool(
            delayed(questions)(world, n, seed)
            for world in WORLDS
            for seed in range(SEED, SEED + half)
        )
        lines.append(_row(str(n), asked_beyond(rows)))
    lines += [_VERDICTS.format(draws=few, half=half), _titles(["outcomes", "by", *_SAID])]
    for world in WORLDS:
        count = few if world.factors else half
        for effect in (0.0, 2.0):
            pairs = pool(delayed(verdict)(world, s, effect) for s in range(SEED, SEED + count))
            for which, by in enumerate(("the rule", "DiD alone")):
                counts = Counter(pair[which] for pair in pairs)
                shown = counts["supported"] + counts["partly_supported"]
                gone = sum(counts[s] for s in ("overstated", "refuted", "harmful"))
                told = [
                    by,
                    *(f"{100 * c / count:.1f}" for c in (shown, gone, counts["inconclusive"])),
                ]
                truth = "true" if effect else "no effect"
                lines.append(_row(f"{world.name}; {truth}", told))
    TARGET.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _halves(names: tuple[str, ...]) -> list[str]:
    return [*names, *(f"{name}: half" for name in names)]


def _missed(rows: list[dict[str, tuple[float, float]]], names: tuple[str, ...]) -> list[str]:
    """Share of the intervals that leave out the truth, in per cent, and half the median length."""
    missed = [f"{100 * (1 - np.mean([row[name][0] for row in rows])):.1f}" for name in names]
    return [*missed, *(f"{np.median([row[name][1] for row in rows]):.2f}" for name in names)]


def asked_beyond(rows: list[dict[str, tuple[float, float]]]) -> list[str]:
    """Share of p-values of at most 2 and .5 %, by design and question, in per cent."""
    values = np.array([row[name] for row in rows for name in DESIGNS]).reshape(len(rows), -1)
    return [
        " / ".join(f"{100 * (values[:, k] <= p).mean():.1f}" for p in _SMALL)
        for k in range(values.shape[1])
    ]


_SMALL = (0.02, 0.005)
_ASKED = ("SDiD: drift", "SDiD: pretended start", "SC: drift", "SC: pretended start")
_OVER = ("conformal", "jackknife+", "prediction")
_SETS = ("placebo", "jackknife")
_SAID = ("an improvement shown", "contradicted", "inconclusive")


def _head(draws: int) -> str:
    error = 100 * np.sqrt(NOMINAL * (1 - NOMINAL) / draws)
    return f"""# One treated unit among many: how often a change is seen that is not there

Written by `python -m tests.calibration.synthetic` (seeds from {SEED:,}); do not edit by hand.

{BEFORE} periods before and {AFTER} after the start. Units have their own levels, share shocks, and have
noise of variance 1 with autocorrelation ρ (or are random walks); where there are factors, each unit follows
two of them (ρ = .9, one with a trend) in its own measure.

## Rejections of no effect at 5 %, in per cent

{draws:,} draws a cell; the Monte Carlo error of a 5 is {error:.1f}. *SDiD* and *SC*: placebos in space, each
effect relative to its run's misfit before the start, and held against the real run without that donor
(`PlaceboInSpace()`, the default); *plain rank*: neither; *DiD*: randomisation relative to the units' own noise, as `DifferenceInDifferences` chooses."""


_TIME = """
## Inference over time, 1 treated unit

Share of {draws} intervals that leave out the truth, in per cent (it should be 5), and half the median length.
*conformal* and *jackknife+*: synthetic control with an intercept; *prediction*: synthetic control. They
compare the treated unit with itself, need no like donor, and lean on what is left over being stationary:
jackknife+ takes the misfit of one period for that of a mean over many, and neither it nor the prediction
interval sees slow drifts. They are never the default, and say so on the estimate.
"""
_SEVERAL = """
## 3 treated of 40, synthetic DiD

As above, from {draws} draws. *placebo*: 199 sets of three donors (`PlaceboInSpace()`, the default);
*jackknife*: each unit left out, the weights kept (`UnitJackknife()`).
"""
_QUESTIONS = """
## Questions of checks, beyond the last rank

A rank among 20 or 40 ends at 5 or 2.5 %, and a question that is one of many needs less. Share of p-values of at most
2 % / 0.5 % where nothing is amiss, in per cent, {draws} draws of each of the worlds above: whether the treated
unit drifts from its imitation before the start (`pre_fit`), and a start pretended 8 periods early (`placebo_in_time`).
"""
_VERDICTS = """
## Verdicts on a claim of 2 (noise 1), 1 treated of 30

{draws} draws a row where there are factors, else {half}, in per cent: `evaluate` with its own choice of design (synthetic DiD here), and with
difference-in-differences alone. Where there is no effect an improvement may be shown at most 2.5 % of the
time; a true claim may be contradicted at most 2.5 % of the time.
"""


def _titles(names: list[str]) -> str:
    return f"| {' | '.join(names)} |\n|{'---|' * len(names)}"


def _row(name: str, values: list[str]) -> str:
    return f"| {name} | {' | '.join(values)} |"


if __name__ == "__main__":
    main()
