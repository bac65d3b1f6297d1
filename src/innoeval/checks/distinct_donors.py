"""Are the comparison units really different ones?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption

#: Relative size of a movement that counts as none.
_NOTHING = 1e-8


@dataclass(frozen=True, slots=True)
class DistinctDonors:
    """How many comparison units are left when copies and exact mixes of others are taken out.

    A fact, not a test. Units that repeat others (rows entered twice, values filled in from a
    neighbour or a total, one series under two names) imitate each other without error: weights
    can be shared among them in any way, and a rank among placebos counts one unit several times.

    References
    ----------
    Abadie (2021), Journal of Economic Literature 59:391-425, doi:10.1257/jel.20191450.
    """

    name: ClassVar[str] = "distinct_donors"
    question: ClassVar[str] = "Are the comparison units really different ones?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.donor_fit,)

    def measure(self, case: Case) -> Measurement:
        """Count the directions in which the donors move."""
        kernel = case.kernel
        if not isinstance(kernel, Imitating):
            return Measurement(status="not_applicable", says="Nothing is imitated here.")
        seen = np.isfinite(kernel.outcomes).all(axis=0)
        donors = kernel.outcomes[~kernel.treated][:, seen]
        moves = donors - donors.mean(axis=0)
        if kernel.levels_differ:
            moves = moves - moves.mean(axis=1, keepdims=True)
        sizes = np.linalg.svd(moves, compute_uv=False)
        directions = int((sizes > _NOTHING * max(sizes[0], np.finfo(float).tiny)).sum())
        count, n_periods = moves.shape
        # Weights sum to one, so that n units that are all different move in n − 1 directions at most.
        most = min(count - 1, n_periods - int(kernel.levels_differ))
        if directions >= most:
            return Measurement(
                status="clear", severity="note", statistic=float(directions + 1),
                says=f"None of the {count} comparison units is a copy or an exact mix of others.",
            )  # fmt: skip
        first = _first_copy(moves)
        named = [unit for unit, ours in zip(kernel.units, kernel.treated, strict=True) if not ours]
        example = (
            f" ({named[first[0]]} and {named[first[1]]} move alike, for example)" if first else ""
        )
        return Measurement(
            status="problem", severity="major", statistic=float(directions + 1),
            says=f"The {count} comparison units are only {directions + 1} different ones: the others are copies or "
            f"exact mixes of these{example}. So other weights would imitate as well, and a rank among the "
            "units counts some of them more than once.",
        )  # fmt: skip


def _first_copy(moves: np.ndarray) -> tuple[int, int] | None:
    """Two units that move alike."""
    squares = (moves**2).sum(axis=1)
    apart = squares[:, None] + squares - 2 * moves @ moves.T
    pairs = np.argwhere(np.triu(apart <= 1e-10 * max(float(squares.max()), 1e-300), 1))
    return (int(pairs[0, 0]), int(pairs[0, 1])) if len(pairs) else None
