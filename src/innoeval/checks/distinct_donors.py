"""Are the comparison units really different ones?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.stats.donors import different, first_of_their_kind


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
        count, left = len(donors), different(donors, levels=kernel.levels_differ)
        if left == count:
            return Measurement(
                status="clear", severity="note", statistic=float(left),
                says=f"None of the {count} comparison units is a copy or an exact mix of others.",
            )  # fmt: skip
        moves = donors - donors.mean(axis=1, keepdims=True) * kernel.levels_differ
        copies = np.flatnonzero(~first_of_their_kind(moves - moves.mean(axis=0)))
        named = [unit for unit, ours in zip(kernel.units, kernel.treated, strict=True) if not ours]
        example = f" ({named[copies[0]]} repeats another, for example)" if len(copies) else ""
        return Measurement(
            status="problem", severity="major", statistic=float(left),
            says=f"The {count} comparison units are only {left} different ones: the others are copies or "
            f"exact mixes of these{example}. So other weights would imitate as well, and a rank among the "
            "units counts some of them more than once.",
        )  # fmt: skip
