"""Several starting dates: a run for each cohort, and their average over treated cells."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from innoeval.designs.base import Mask
from innoeval.designs.synthetic.kernel import Imitate
from innoeval.designs.synthetic.pool import Pool
from innoeval.records.estimate import Component, Path
from innoeval.records.freeze import Floats
from innoeval.records.panel import Panel
from innoeval.stats.donors import Imitation, Task
from innoeval.stats.placebo import Placebos, Ranked, floored, rank


@dataclass(frozen=True, eq=False)
class Cohorts:
    """Cohorts of treated units that start at different times, imitated by units never treated.

    In a placebo run as many donors stand in for each cohort as it has units, all at once.
    """

    pool: Pool
    imitate: Imitate
    placebos: Placebos

    @cached_property
    def runs(self) -> tuple[Imitation, ...]:
        """The runs of each cohort."""
        found = []
        for launch, targets in zip(self.pool.launches, self.placebos.targets, strict=True):
            before = self.pool.before(launch)
            series = targets @ self.pool.outcomes
            task = Task(series, before, ~before, self.placebos.allowed, members=targets)
            found.append(self.imitate(self.pool, task))
        return tuple(found)

    def overall(self, level: float, *, scaled: bool) -> Ranked:
        """Average of the cohorts' effects, each treated cell counted once."""
        shares = self.pool.shares()
        effects = sum(
            share * run.gaps[:, ~self.pool.before(launch)].mean(axis=1)
            for share, run, launch in zip(shares, self.runs, self.pool.launches, strict=True)
        )
        scale = np.sqrt(
            sum(
                (share * floored(run.misfit, int(self.pool.before(launch).sum()))) ** 2
                for share, run, launch in zip(shares, self.runs, self.pool.launches, strict=True)
            )
        )
        scales = scale if scaled else np.ones(len(scale))
        return rank(np.asarray(effects)[:, None], scales, level)

    @property
    def weights(self) -> Floats:
        """Weight of each unit, averaged over treated cells, (N,)."""
        shares = self.pool.shares()
        return np.asarray(
            sum(share * run.weights[0] for share, run in zip(shares, self.runs, strict=True))
        )

    def without(self, donors: Mask) -> Floats:
        """The overall effect when some donors are not used, one row of the mask (K, N) at a time."""
        count, effects = len(donors), np.zeros(len(donors))
        allowed = self.placebos.allowed[:1] & ~donors
        parts = zip(self.pool.shares(), self.pool.launches, self.placebos.targets, strict=True)
        for share, launch, targets in parts:
            before = self.pool.before(launch)
            members = np.repeat(targets[:1], count, axis=0)
            task = Task(members @ self.pool.outcomes, before, ~before, allowed, members=members)
            effects += share * self.imitate(self.pool, task).gaps[:, ~before].mean(axis=1)
        return effects

    def components(self, panel: Panel, level: float, *, scaled: bool) -> tuple[Component, ...]:
        """The effect of each cohort."""
        parts = []
        for run, launch in zip(self.runs, self.pool.launches, strict=True):
            before = self.pool.before(launch)
            effect = run.gaps[:, ~before].mean(axis=1)[:, None]
            scales = floored(run.misfit, int(before.sum())) if scaled else np.ones(len(effect))
            found = rank(effect, scales, level)
            parts.append(
                Component(
                    term=f"effect of the start in {panel.periods[launch]}",
                    estimate=float(found.effect[0]), std_error=float(found.std_error[0]),
                    p_value=float(found.p_value[0]), conf_low=float(found.low[0]),
                    conf_high=float(found.high[0]), cohort=panel.periods[launch],
                )
            )  # fmt: skip
        return tuple(parts)

    def path(self, panel: Panel) -> Path:
        """Averages over the treated units; the effect in a period is that on those treated by then."""
        seen, n = self.pool.seen, len(self.pool.seen)
        sizes = np.array(
            [len(self.pool.cohort(launch)) for launch in self.pool.launches], dtype=float
        )
        gaps = np.stack([run.gaps[0] for run in self.runs])
        by_then = np.flatnonzero(seen) >= np.array(self.pool.launches)[:, None]
        weights = sizes[:, None] * by_then
        with np.errstate(invalid="ignore", divide="ignore"):
            effects = (weights * gaps).sum(axis=0) / weights.sum(axis=0)
        columns = {
            "observed": self.pool.outcomes[self.pool.treated].mean(axis=0),
            "comparison": self.pool.outcomes[~self.pool.treated].mean(axis=0),
            "effect": effects,
        }
        columns["counterfactual"] = columns["observed"] - sizes @ gaps / sizes.sum()
        full = {name: np.full(n, np.nan) for name in (*columns, "low", "high")}
        for name, values in columns.items():
            full[name][seen] = values
        return Path(period=panel.periods, **full)
