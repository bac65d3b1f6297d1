"""Did the innovation change the comparison units next door?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.base import Positions
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.freeze import Floats
from innoeval.stats.group_means import group_means
from innoeval.stats.multiplicity import holm

#: Rings of neighbours that are told apart; what lies farther out is in the last.
_RINGS = 4


@dataclass(frozen=True, slots=True)
class Spillover:
    """Changes of neighbours against those of the other comparison units, ring by ring.

    Null: in no ring did the neighbours change differently from the comparison units farther away
    (Holm over rings). The bias is what the neighbours add to the estimate: it is positive where they
    got worse. `left` is the estimate without any neighbour.

    References
    ----------
    Butts (2023), arXiv:2105.03737; Clarke (2017), MPRA 81604; Blattman, Green, Ortega & Tobón
    (2021), Journal of the European Economic Association 19:2022-2051, doi:10.1093/jeea/jvab002.
    """

    name: ClassVar[str] = "spillover"
    question: ClassVar[str] = "Did the innovation change the comparison units next door?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.no_spillover,)

    def measure(self, case: Case) -> Measurement:
        """Compare neighbours, ring by ring, with the units farther away."""
        column, treated = case.panel.neighbour, case.arrangement.treated
        if column is None:
            return Measurement(
                status="not_applicable",
                says="The data do not say which units are next to a treated one.",
            )
        ring = _rings(case.panel.matrix(column))
        near, far = ~treated & (ring > 0), ~treated & (ring == 0)
        numbers = case.changes_of()
        known = np.isfinite(numbers)
        n_near, n_far = int((near & known).sum()), int((far & known).sum())
        if not n_near:
            silent = ~treated & ~np.isfinite(case.panel.matrix(column)).any(axis=1)
            if silent.any():
                return Measurement(
                    status="cannot_tell",
                    says=f"Of {int(silent.sum())} comparison units the data do not say whether they are next to a "
                    "treated one; no other is.",
                )
            return Measurement(status="clear", says="No comparison unit is next to a treated one.")
        if n_far < 2:
            return Measurement(
                status="cannot_tell",
                says=f"All comparison units but {n_far} are next to a treated one, so that nothing shows what "
                "would have happened without the innovation.",
            )
        rings = [r for r in range(1, _RINGS + 1) if (near & known & (ring == r)).any()]
        groups = np.stack([near, far, *(near & (ring == r) for r in rings)])
        # The neighbours as a whole, then each ring, against the units farther away.
        weights = np.zeros((1 + len(rings), len(groups)))
        weights[:, 1] = -1.0
        weights[0, 0] = 1.0
        weights[1:, 2:] = np.eye(len(rings))
        found = group_means(case.sign * numbers, groups, weights, case.policy.level)
        part = -n_near / (n_near + n_far)
        bias, error = part * float(found.effect[0]), abs(part) * float(found.std_error[0])
        reach = max(abs(part * float(found.low[0])), abs(part * float(found.high[0])))
        adjusted = holm(found.p_value[1:])
        worst = int(adjusted.argmin())
        moved = float(found.effect[1 + worst])
        effect, left = case.without(near)
        told = "" if effect is None else f"; without them the improvement would be {amount(effect)}"
        where = "The units next to a treated one"
        if len(rings) > 1:
            where = f"The units in ring {rings[worst]} around the treated ones"
        ruled_out = len(rings) == 1 and reach < case.margin
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says=f"{where} changed by {amount(moved)} against those farther away"
            + (
                f", too little to change the verdict{told}."
                if ruled_out
                else f", which may be chance{told}."
            ),
            says_problem=f"{where} {'improved' if moved > 0 else 'got worse'} by {amount(abs(moved))} against those "
            f"farther away, so that they do not show what would have happened anyway{told}.",
            p_value=float(adjusted[worst]),
            bias=Bias(bias, error, power_for_half(case, error)),
            left=left,
        )


def _rings(column: Floats) -> Positions:
    """Ring of each unit, (N,): 0 is far away; 1 next door; a missing cell says nothing."""
    highest = np.nan_to_num(column, nan=0.0).max(axis=1)
    rings: Positions = np.clip(np.ceil(highest), 0, _RINGS).astype(np.int64)
    return rings
