"""The kernel of a design with donors: the real run and every placebo run, over any windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import blake2b

import numpy as np

from innoeval.designs.base import Effects, Mask
from innoeval.designs.synthetic.pool import Pool
from innoeval.records.freeze import Floats, read_only
from innoeval.stats.contrast import slopes
from innoeval.stats.donors import Imitation, Task
from innoeval.stats.placebo import Placebos, Ranked, beyond_ranks, floored, rank, rank_pairs

#: Imitates the series of a task by the donors of a pool: what a design brings.
Imitate = Callable[[Pool, Task], Imitation]


@dataclass(frozen=True)
class _Asked:
    """A task for a design; two are the same where design and numbers are."""

    imitate: Imitate
    digest: bytes
    pool: Pool = field(compare=False)
    task: Task = field(compare=False)

    @classmethod
    def of(cls, imitate: Imitate, pool: Pool, task: Task) -> _Asked:
        told = blake2b(digest_size=16)
        for part in (
            pool.outcomes,
            pool.starts,
            task.targets,
            task.before,
            task.after,
            task.allowed,
        ):
            told.update(f"{part.shape}".encode() + np.ascontiguousarray(part).tobytes())
        return cls(imitate, told.digest(), pool, task)


@lru_cache(maxsize=16)
def _remembered(asked: _Asked) -> Imitation:
    """The runs, kept for a while: an estimate, its stress and its checks ask for the same ones."""
    return asked.imitate(asked.pool, asked.task)


def forget() -> None:
    """Drop the runs that are kept, such as before measuring how long they take."""
    _remembered.cache_clear()


@dataclass(frozen=True, kw_only=True, eq=False)
class DonorKernel:
    """Treated units of one start and their donors, ready for many windows; see `Kernel`.

    Parameters
    ----------
    pool
        Units and periods in use.
    imitate
        How targets are imitated.
    placebos
        The real run and the placebo runs.
    levels_differ
        Whether an imitation may lie at another level than its target.
    scaled
        Whether effects are ranked relative to the misfit before the start.
    """

    pool: Pool
    imitate: Imitate
    placebos: Placebos
    levels_differ: bool
    scaled: bool = True

    @property
    def units(self) -> tuple[str, ...]:
        """Names of the units in use."""
        return self.pool.units

    @property
    def treated(self) -> Mask:
        """Mask of the treated units."""
        return self.pool.treated

    @property
    def launch(self) -> int:
        """Position of the first treated period."""
        return self.pool.launches[0]

    @cached_property
    def outcomes(self) -> Floats:
        """Outcomes of the units in use, (N, T); `nan` in periods not in use."""
        out = np.full((len(self.units), len(self.pool.seen)), np.nan)
        out[:, self.pool.seen] = self.pool.outcomes
        return read_only(out)

    @cached_property
    def targets(self) -> Floats:
        """Series that the runs imitate, (M + 1, S)."""
        return self.placebos.targets[0] @ self.pool.outcomes

    @cached_property
    def main(self) -> Imitation:
        """The runs over all periods before and after the start."""
        before = self.pool.before(self.launch)
        return self.run(before, ~before)

    @property
    def gaps(self) -> Floats:
        """Treated less imitation by run and period, (M + 1, T)."""
        out = np.full((len(self.main.gaps), len(self.pool.seen)), np.nan)
        out[:, self.pool.seen] = self.main.gaps
        return out

    @property
    def series(self) -> Floats:
        """Treated less imitation, (T,)."""
        return np.asarray(self.gaps[0])

    @property
    def misfit(self) -> Floats:
        """Root mean square of the gaps before the start, (M + 1,)."""
        return self.main.misfit

    @property
    def weights(self) -> Floats:
        """Weight of each unit in the imitation, (N,)."""
        return np.asarray(self.main.weights[0])

    @property
    def effect(self) -> float:
        """Effect over all periods from the start."""
        return float(self.main.gaps[0, ~self.pool.before(self.launch)].mean())

    @property
    def scale(self) -> float:
        """What the real effect is measured by: its misfit, or 1 where effects are not scaled."""
        return float(self._main_scales[0])

    def quantile(self, level: float) -> float:
        """How many scales the placebos of the effect reach to each side."""
        before = self.pool.before(self.launch)
        found = self.ranked(self.main, (~before)[None], before, level)
        return float(found.high[0] - found.effect[0]) / self.scale

    @property
    def weighs_periods(self) -> bool:
        """Whether periods before the start count differently."""
        baseline = self.main.baseline
        if baseline is None:
            return False
        before = self.pool.before(self.launch)
        return bool(np.ptp(baseline[0, before]) > 0)

    def reach(self, misfit: Floats, level: float) -> Floats:
        """Half the width of the interval of an effect whose imitation misses by so much."""
        return np.asarray(self.quantile(level) * np.maximum(misfit, self.scale))

    def run(self, before: Mask, after: Mask) -> Imitation:
        """All runs over one pair of windows, masks over the periods in use (S,).

        Windows near each other have weights near each other: all start from those of the main run.
        """
        start = None
        if (before != self.pool.before(self.launch)).any():
            main = self.main.weights
            start = main if (main >= 0).all() and main.any(axis=1).all() else None
        task = Task(
            self.targets, before, after, self.placebos.allowed, start, self.placebos.targets[0]
        )
        return _remembered(_Asked.of(self.imitate, self.pool, task))

    def effects(self, before: Mask, after: Mask, level: float = 0.95) -> Effects:
        """Effect of each pair of windows (K, T); donors are weighted anew for each window before.

        Windows after that share one before share the runs: periods are weighted for all of them.
        These are for checks, whose p-values go on beyond the last rank (see `beyond_ranks`).
        """
        seen = self.pool.seen
        firsts, group = np.unique(before[:, seen], axis=0, return_inverse=True)
        names = ("effect", "std_error", "p_value", "low", "high")
        out = {name: np.empty(len(before)) for name in names}
        for which in range(len(firsts)):
            first: Mask = firsts[which]
            rows = np.flatnonzero(group == which)
            windows = after[rows][:, seen]
            known = windows.any(axis=1)
            if not known.any() or first.sum() < 1:
                for name, value in zip(names, (np.nan, np.nan, 1.0, -np.inf, np.inf), strict=True):
                    out[name][rows] = value
                continue
            found = self._graded(
                self.ranked(self.run(first, np.asarray(windows.any(axis=0))), windows, first, level)
            )
            for name in names:
                out[name][rows] = getattr(found, name)
        return Effects(**out)

    def trend(self, level: float = 0.95) -> Effects | None:
        """None: the design does not lean on parallel trends."""
        del level
        return None

    def drift(self, level: float = 0.95) -> Effects:
        """What the line through the gaps before the start would show after it, carried on (K = 1)."""
        found = rank(self._carried[:, None], self._main_scales, level)
        return Effects(**self._graded(found)._asdict())

    def undrifted(self, level: float = 0.95) -> Ranked:
        """The effect beyond that line."""
        after = ~self.pool.before(self.launch)
        found = self.main.gaps[:, after].mean(axis=1) - self._carried
        return rank(found[:, None], self._main_scales, level)

    @cached_property
    def _carried(self) -> Floats:
        before = self.pool.before(self.launch)
        slope, at, mean = slopes(self.main.gaps, before)
        middle = np.flatnonzero(~before).mean()
        return np.asarray(mean + slope * (middle - at))

    @property
    def _main_scales(self) -> Floats:
        return self._scales(self.main, self.pool.before(self.launch))

    def without(self, donors: Mask) -> tuple[Floats, Floats]:
        """Effect and misfit when some donors are not used, one row of the mask (K, N) at a time."""
        if self.pairs and (donors.sum(axis=1) == 1).all() and not donors[:, self.treated].any():
            place = np.cumsum(~self.treated) - 1
            rows = place[donors.argmax(axis=1)]
            after = ~self.pool.before(self.launch)
            return self.alone.gaps[rows][:, after].mean(axis=1), self.alone.misfit[rows]
        found = self._left_out(donors)
        return found.gaps[:, ~self.pool.before(self.launch)].mean(axis=1), found.misfit

    @property
    def pairs(self) -> bool:
        """Whether each placebo is one donor, so that the real run can do without the same one."""
        return len(self.placebos.allowed) > 1 and int(self.treated.sum()) == 1

    @cached_property
    def alone(self) -> Imitation:
        """The real run without each donor in turn, in the order of the donors."""
        return self._left_out(np.eye(len(self.units), dtype=bool)[~self.treated])

    def over(self, windows: Mask, level: float) -> Ranked:
        """The real effects over windows after the start (K, S), held against the placebos."""
        before = self.pool.before(self.launch)
        if not self.pairs:
            return self.ranked(self.main, windows, before, level)
        weights = windows / windows.sum(axis=1, keepdims=True)
        scales, own = self._main_scales, np.ones(len(self.alone.misfit))
        if self.scaled:
            own = np.maximum(self.alone.misfit, scales.min())
        return rank_pairs(
            self.main.gaps @ weights.T, scales, self.alone.gaps @ weights.T, own, level
        )

    def _left_out(self, donors: Mask) -> Imitation:
        """The real run without some donors, (K, N)."""
        before = self.pool.before(self.launch)
        count = len(donors)
        target = np.repeat(self.targets[:1], count, axis=0)
        allowed = self.placebos.allowed[:1] & ~donors
        left = np.maximum(self.main.weights[:1], 0.0) * allowed
        total = left.sum(axis=1, keepdims=True)
        even = allowed / allowed.sum(axis=1, keepdims=True)
        start = np.where(total > 0, left / np.where(total > 0, total, 1.0), even)
        members = np.repeat(self.placebos.targets[0][:1], count, axis=0)
        task = Task(target, before, ~before, allowed, start, members)
        return _remembered(_Asked.of(self.imitate, self.pool, task))

    def ranked(self, run: Imitation, windows: Mask, before: Mask, level: float) -> Ranked:
        """Effects of one run over windows (K, S), ranked among the placebos."""
        weights = windows / np.maximum(windows.sum(axis=1, keepdims=True), 1)
        return rank(run.gaps @ weights.T, self._scales(run, before), level)

    def _graded(self, found: Ranked) -> Ranked:
        """With p-values that do not end at the last rank."""
        treated, runs = int(self.treated.sum()), len(self.placebos.allowed)
        apart = min(runs - 1, len(self.pool.donors) // treated)
        return found._replace(p_value=beyond_ranks(found, runs, apart)) if apart else found

    def _scales(self, run: Imitation, before: Mask) -> Floats:
        if not self.scaled:
            return np.ones(len(run.misfit))
        return floored(run.misfit, int(before.sum()))
