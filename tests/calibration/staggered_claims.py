"""Verdicts on claims with several start dates: makes docs/calibration/staggered_claims.md.

Run `python -m tests.calibration.staggered_claims` in the root of the repository (half an hour of one
core). Seeds are not those that anything was tuned on.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import innoeval as ie

DRAWS, SEED = 200, 20260601
TARGET = Path(__file__).parents[2] / "docs" / "calibration" / "staggered_claims.md"
MONTHS, STARTS = 36, (20, 23, 26)
SHOWN = {"supported", "partly_supported"}
AGAINST = {"overstated", "refuted", "harmful"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A law of panels: what is true, how many units start, and how noise goes on."""

    says: str
    treated: int
    units: int
    effect: float = 0.0
    drift: float = 0.0
    rho: float = 0.5


SCENES = (
    Scene(says="no effect", treated=2, units=16),
    Scene(says="no effect", treated=2, units=30, rho=0.8),
    Scene(says="no effect", treated=5, units=30),
    Scene(says="no effect", treated=6, units=30, rho=0.8),
    Scene(says="no effect", treated=12, units=40),
    Scene(says="no effect, treated units drift towards better", treated=12, units=40, drift=0.06),
    Scene(says="true, growing effect", treated=2, units=16, effect=2.0),
    Scene(says="true, growing effect", treated=6, units=30, effect=2.0),
    Scene(says="true, growing effect", treated=12, units=40, effect=2.0),
)


def drawn(scene: Scene, seed: int) -> tuple[ie.Claim, ie.Panel]:
    """A claim that 2 was gained on average from each start on, and its panel."""
    rng = np.random.default_rng([SEED, seed])
    noise = np.empty((scene.units, MONTHS))
    noise[:, 0] = rng.normal(size=scene.units)
    for t in range(1, MONTHS):
        fresh = rng.normal(size=scene.units) * np.sqrt(1 - scene.rho**2)
        noise[:, t] = scene.rho * noise[:, t - 1] + fresh
    y = 20 + rng.normal(size=(scene.units, 1)) * 3 + rng.normal(size=(1, MONTHS)) + noise
    ours = np.arange(scene.units) < scene.treated
    start = np.where(ours, np.resize(STARTS, scene.units), MONTHS)
    since = np.arange(MONTHS) - start[:, None]
    # Grows from half to one and a half of its mean over the unit's own horizon.
    reach = np.maximum(MONTHS - start[:, None] - 1, 1)
    y += scene.effect * np.where(since >= 0, 0.5 + since / reach, 0.0)
    y += scene.drift * np.arange(MONTHS) * ours[:, None]
    names = [f"ward {i:02d}" for i in range(scene.units)]
    months = pd.period_range("2021-01", periods=MONTHS, freq="M").astype(str)
    frame = pd.DataFrame({
        "ward": np.repeat(names, MONTHS), "month": np.tile(months, scene.units), "y": y.ravel(),
    })  # fmt: skip
    claim = ie.Claim(
        id="c", innovation="desk", outcome="y", better="higher", size=2.0, scale="absolute",
        treated={names[i]: months[start[i]] for i in np.flatnonzero(ours)},
    )  # fmt: skip
    return claim, ie.read_panel(frame, unit="ward", period="month", outcomes=["y"])


def measure(scene: Scene, draws: int, first: int = 0) -> tuple[Counter[str], float]:
    """Verdicts, and how often the base interval leaves out the truth."""
    statuses: Counter[str] = Counter()
    missed = 0
    for seed in range(first, first + draws):
        ev = ie.evaluate(*drawn(scene, seed))
        statuses[ev.verdict.status] += 1
        low, high = ev.estimate.conf_int
        missed += not low <= scene.effect <= high
    return statuses, missed / draws


def row(scene: Scene, draws: int) -> str:
    """One row of the table."""
    statuses, missed = measure(scene, draws)
    shares = [sum(statuses[s] for s in group) / draws for group in (SHOWN, {"supported"}, AGAINST)]
    told = " | ".join(f"{100 * share:.1f}" for share in (missed, *shares))
    return f"| {scene.says} | {scene.treated} of {scene.units} | {scene.rho} | {told} |"


def rejections(treated: int, units: int, draws: int) -> str:
    """How often no effect is rejected: by R's error and the normal law, and by our interval."""
    design = ie.designs.CallawaySantAnna(comparison="not_yet_treated", base="average")
    scene = Scene(says="no effect", treated=treated, units=units)
    plain = ours = 0
    for seed in range(10_000, 10_000 + draws):
        claim, panel = drawn(scene, seed)
        found = design.fit(panel, claim)
        plain += abs(found.effect) > 1.96 * found.std_error
        ours += found.p_value <= 0.05
    return f"| {treated} of {units} | {100 * plain / draws:.1f} | {100 * ours / draws:.1f} |"


def main() -> None:
    """Write the tables."""
    draws = int(sys.argv[1]) if len(sys.argv) > 1 else DRAWS
    about = (
        f"{draws} panels each, 36 months, starts in months 21, 24 and 27, AR(1) noise of standard "
        "deviation 1; the claim is a gain of 2. *Misses*: the base interval (95 %) leaves out the truth "
        "(with a drift, the number is meant to be wrong). *Shown*: an improvement is called shown, "
        "*supported*: of the claimed size; *contradicted*: overstated, refuted or harmful."
    )
    lines = [
        "# Claims with several start dates",
        "",
        "Written by `python -m tests.calibration.staggered_claims`; do not edit by hand.",
        "",
        about,
        "",
        "| truth | treated | ρ | misses, % | shown, % | supported, % | contradicted, % |",
        "|---|---|---:|---:|---:|---:|---:|",
    ]
    for scene in SCENES:
        lines.append(row(scene, draws))
        print(lines[-1], flush=True)
    lines += [
        "",
        (
            f"A true null rejected at 5 % ({5 * draws:,} panels each, ρ = 0.5): by the error of R's did "
            "and the normal law, and by the interval of the design."
        ),
        "",
        "| treated | R's error and the normal law, % | ours, % |",
        "|---|---:|---:|",
    ]
    for treated, units in ((6, 30), (8, 20), (10, 30), (15, 30), (30, 60)):
        lines.append(rejections(treated, units, 5 * draws))
        print(lines[-1], flush=True)
    TARGET.write_text("\n".join([*lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
