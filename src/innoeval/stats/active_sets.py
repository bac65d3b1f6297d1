"""Optimum over a set of active weights that sum to one, for many targets at once."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Masks = npt.NDArray[np.bool_]
Indices = npt.NDArray[np.int64]

#: From this much work on, a stack of systems is split into so many by size.
_LARGE, _GROUPS = 1_000_000, 4
#: Numbers in a stack at most.
_ROOM = 10_000_000


class Problem(NamedTuple):
    """K problems that share a Gram matrix (1, n, n) or have their own (K, n, n)."""

    gram: Floats
    linear: Floats
    ridge: Floats
    scale: Floats

    def take(self, rows: Indices) -> Problem:
        """Some of the problems."""
        gram = self.gram if len(self.gram) == 1 else self.gram[rows]
        return Problem(gram, self.linear[rows], self.ridge[rows], self.scale[rows])

    def slope(self, weights: Floats) -> Floats:
        """Half the derivative of the objective, (K, n)."""
        if len(self.gram) == 1:
            pulled = weights @ self.gram[0]
        else:
            pulled = (self.gram @ weights[:, :, None])[:, :, 0]
        slope: Floats = pulled + self.ridge[:, None] * weights - self.linear
        return slope

    def solve(self, active: Masks) -> Floats:
        """Optimum with the active weights free and the others zero, (K, n).

        A multiple of all ones is added to the Gram matrix. It changes nothing where weights sum
        to one, and makes the matrix regular wherever the optimum is unique.
        """
        groups = _alike(active.sum(axis=1))
        if len(groups) == 1:
            return _stacked(self, active)
        out = np.empty(active.shape)
        for rows in groups:
            out[rows] = _stacked(self.take(rows), active[rows])
        return out


def _alike(sizes: Indices) -> list[Indices]:
    """Rows whose systems are solved in one stack: of like size, as a stack takes that of its largest."""
    count, most = len(sizes), int(sizes.max())
    uneven = most**3 * count > _LARGE and sizes.min() < 0.8 * most
    parts = max(_GROUPS if uneven else 1, -(-count * most**2 // _ROOM))
    if parts == 1:
        return [np.arange(count)]
    return np.array_split(np.argsort(sizes, kind="stable"), min(parts, count))


def _stacked(problem: Problem, active: Masks) -> Floats:
    """See `Problem.solve`: one stack of systems, each padded to the largest."""
    if len(active) == 1:
        return _single(problem, active)
    most = int(active.sum(axis=1).max())
    places = np.argsort(~active, axis=1, kind="stable")[:, :most]
    rows, n = np.arange(len(active))[:, None], active.shape[1]
    real = active[rows, places]
    cells = places[:, :, None] * n + places[:, None, :]
    if len(problem.gram) > 1:
        cells += n * n * rows[:, :, None]
    matrix = problem.gram.reshape(-1).take(cells)
    matrix += problem.scale[:, None, None]
    matrix *= real[:, :, None]
    matrix *= real[:, None, :]
    diagonal = np.arange(most)
    matrix[:, diagonal, diagonal] += np.where(real, problem.ridge[:, None], 1.0)
    right = np.empty((*real.shape, 2))
    right[:, :, 0] = problem.linear[rows, places] * real
    right[:, :, 1] = real
    solved = np.linalg.solve(matrix, right)
    sums = solved.sum(axis=1)
    short = (1.0 - sums[:, 0]) / sums[:, 1]
    out = np.zeros(active.shape)
    out[rows, places] = np.where(real, solved[:, :, 0] + short[:, None] * solved[:, :, 1], 0.0)
    return out


def _single(problem: Problem, active: Masks) -> Floats:
    """One system, without the bookkeeping of a stack."""
    places = active[0].nonzero()[0]
    matrix = problem.gram[0][places[:, None], places]
    matrix += problem.scale[0]
    matrix.flat[:: len(places) + 1] += problem.ridge[0]
    right = np.ones((len(places), 2))
    right[:, 0] = problem.linear[0, places]
    solved = np.linalg.solve(matrix, right)
    short, unit = solved.sum(axis=0)
    out = np.zeros(active.shape)
    out[0, places] = solved[:, 0] + (1.0 - short) / unit * solved[:, 1]
    return out


def shared_inverse(problem: Problem) -> Floats | None:
    """Inverse of the system with every donor active, where all targets share it."""
    if len(problem.gram) > 1 or len(problem.linear) < 2 or np.ptp(problem.ridge) > 0:
        return None
    matrix = problem.gram[0] + problem.scale[0]
    matrix.flat[:: len(matrix) + 1] += problem.ridge[0]
    return np.asarray(np.linalg.inv(matrix))


def by_halves(problem: Problem, inverse: Floats, active: Masks) -> Floats:
    """Solves for the active donors, or for the others where those are fewer."""
    most = active.sum(axis=1) > active.shape[1] / 2
    out = np.empty(active.shape)
    if most.any():
        few = np.flatnonzero(most)
        for rows in (few[group] for group in _alike((~active[few]).sum(axis=1))):
            out[rows] = _left_out(problem.take(rows), inverse, active[rows])
    if not most.all():
        rows = np.flatnonzero(~most)
        out[rows] = problem.take(rows).solve(active[rows])
    return out


def _left_out(problem: Problem, inverse: Floats, active: Masks) -> Floats:
    """See `Problem.solve`: corrects the optimum with every donor for the few left out."""
    most = int((~active).sum(axis=1).max())
    places = np.argsort(active, axis=1, kind="stable")[:, :most]
    real = ~np.take_along_axis(active, places, axis=1)
    # Two right-hand sides, side by side: the targets, and all ones.
    count = len(active)
    full = np.concatenate([problem.linear * active, active]) @ inverse
    cells = places[:, :, None] * active.shape[1] + places[:, None, :]
    matrix = inverse.reshape(-1).take(cells)
    matrix *= real[:, :, None]
    matrix *= real[:, None, :]
    diagonal = np.arange(most)
    matrix[:, diagonal, diagonal] += ~real
    rows = np.arange(count)[:, None]
    right = np.stack([full[rows, places], full[rows + count, places]], axis=2)
    solved = np.linalg.solve(matrix, right * real[:, :, None])
    off = np.zeros_like(full)
    off[rows, places], off[rows + count, places] = solved[:, :, 0], solved[:, :, 1]
    full -= off @ inverse
    aim, ones = full[:count] * active, full[count:] * active
    short = (1.0 - aim.sum(axis=1)) / ones.sum(axis=1)
    return np.asarray(aim + short[:, None] * ones)
