"""Did the innovation reach the units that stand for its absence?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class DonorSpillover:
    """The effect without the donors that are next to a treated unit.

    A fact, not a test: neighbours may gain or lose by the innovation, and what they gain is taken
    off the effect. A problem where leaving them out moves the effect by enough to change the verdict.

    References
    ----------
    Abadie (2021), Journal of Economic Literature 59:391-425, doi:10.1257/jel.20191450.
    """

    name: ClassVar[str] = "donor_spillover"
    question: ClassVar[str] = "Could the innovation have reached the comparison units?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.donor_fit,)

    def measure(self, case: Case) -> Measurement:
        """Leave out the neighbours."""
        kernel, column = case.kernel, case.panel.neighbour
        if not isinstance(kernel, Imitating) or not kernel.weights.any():
            return Measurement(
                status="not_applicable", says="No comparison unit has a weight of its own here."
            )
        if column is None:
            return Measurement(
                status="not_applicable",
                says="The data do not say which units are next to a treated one.",
            )
        next_to = dict(
            zip(
                case.panel.units,
                np.asarray((case.panel.matrix(column) > 0).any(axis=1)),
                strict=True,
            )
        )
        near = np.array([next_to[unit] for unit in kernel.units]) & ~kernel.treated
        weight = float(kernel.weights[near].sum())
        share = f"Units next to a treated one make up {100 * weight:.0f} % of the imitation"
        if weight <= 0:
            return Measurement(status="clear", says="No unit next to a treated one is used.")
        if (near | kernel.treated).all():
            return Measurement(
                status="cannot_tell", says="Every comparison unit is next to a treated one."
            )
        effects, _ = kernel.without(near[None])
        shift = case.sign * (case.estimate.effect - float(effects[0]))
        without = amount(case.sign * float(effects[0]))
        if abs(shift) >= case.margin:
            return Measurement(
                status="problem",
                says=f"{share}; without them the improvement would be {without}, which changes the verdict.",
                bias=Bias(shift, 0.0),
            )
        return Measurement(
            status="clear",
            says=f"{share}; without them the improvement would be {without}, which changes nothing.",
            bias=Bias(shift, 0.0),
        )
