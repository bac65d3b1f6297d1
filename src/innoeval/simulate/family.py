"""A named family of claims with a known truth, to hold any tool against."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Literal
from zlib import crc32

import numpy as np

from innoeval.errors import InnoevalError, nearest
from innoeval.records.policy import Policy
from innoeval.simulate.relabel import relabelled
from innoeval.simulate.scenario import draw
from innoeval.simulate.truth import Scenario, true_statuses

TruthName = Literal["null", "half", "true", "harmful"]

#: True effect as a share of the announced one.
TRUTHS: Mapping[TruthName, float] = MappingProxyType({
    "null": 0.0, "half": 0.5, "true": 1.0, "harmful": -1.0,
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Claims of one kind: a service, what goes wrong in it, and who should see that.

    Parameters
    ----------
    name, says
        Name; and what happened, in one sentence.
    fault
        What is wrong: a name from `FAULTS`, or several joined by "+".
    settings
        Further arguments of `draw`.
    truths
        The truths that make sense for this kind.
    honest
        Fault that is drawn instead where something is true: a choice made for its result, such as
        the best of twelve metrics, is a fault only of what is not true.
    follows
        Whether the fault is a shape of the effect itself, and grows and turns with it.
    seen_by
        Names of the checks of which one at least should see the fault; none where nothing is wrong.
    also
        Names of checks whose problem is true here too, and no false flag.
    decidable
        Whether anybody could tell from these data; where not, the honest answer is to leave it open.
    hoped
        Least shares of true claims, in per cent, that are to be supported, and to be shown as an
        improvement; None: none is asked for.

    Examples
    --------
    >>> family = scenarios()["clean"]
    >>> family.draw(seed=1, truth="null").truth.effect
    0.0
    """

    name: str
    says: str
    fault: str = "none"
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    truths: tuple[TruthName, ...] = ("null", "half", "true", "harmful")
    honest: str = ""
    follows: bool = False
    seen_by: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    decidable: bool = True
    hoped: tuple[int, int] | None = None

    def draw(self, seed: int, truth: str = "null") -> Scenario:
        """A panel and a claim about it, whose id, columns and order of units do not tell the family.

        Parameters
        ----------
        seed
            Always gives the same scenario.
        truth
            One of `truths`: "null" (nothing changed), "half" (half of what is announced), "true",
            "harmful" (as much worse as better is announced).

        Returns
        -------
        The scenario; its `truth.effect` is what really changed, in units of the outcome. The
        promoter announces the family's `size`, of which all, half, nothing or the opposite is
        true; where nothing is, a fault that lies in the stated windows (a bad spell, a season,
        the best windows) announces what these show, if that is more.

        Raises
        ------
        InnoevalError
            For a truth that this family does not have.
        """
        if truth not in self.truths:
            remedy = nearest(truth, self.truths, "its truths are")
            raise InnoevalError(f"simulate: '{self.name}' has no truth '{truth}'; {remedy}")
        share = TRUTHS[truth]
        settings = dict(self.settings)
        if self.follows:
            settings["strength"] = settings.get("strength", 1.0) * share
        fault = self.honest if self.honest and truth != "null" else self.fault
        # Families are independent of each other, the truths of one family share what chance did.
        own = seed * 2**32 + crc32(self.name.encode())
        drawn = draw(fault, seed=own, true_share=share, decoys=True, **settings)
        drawn = relabelled(drawn, np.random.default_rng([own, 2]))
        size = float(settings.get("size", 1.0))
        announced = drawn.claim.size if truth == "null" else size
        claim = replace(
            drawn.claim,
            id=f"claim-{seed}",
            size=announced,
            # The version column tells it; that a claim declares it would tell the family.
            definition_changes=() if drawn.panel.version else drawn.claim.definition_changes,
        )
        smallest = claim.smallest_effect or Policy().default_smallest * (announced or size)
        effect = drawn.truth.effect
        allowed = true_statuses(effect, announced or size, smallest)
        if not self.decidable:
            allowed = ("inconclusive", "not_evaluable")
        told = replace(drawn.truth, claim=claim.id, size=announced or size, allowed=allowed)
        return replace(drawn, claim=claim, truth=told)


def scenarios() -> Mapping[str, Family]:
    """Every family by name: a public benchmark for tools that judge claims.

    Examples
    --------
    >>> len(scenarios()) >= 40
    True
    >>> scenario = scenarios()["pre_trend"].draw(seed=1, truth="half")
    >>> scenario.truth.effect / scenario.claim.size
    0.5
    """
    from innoeval.simulate.families import FAMILIES

    return MappingProxyType({family.name: family for family in FAMILIES})
