"""A two-way regression taken apart into the comparisons that it averages."""

from __future__ import annotations

import numpy as np

from innoeval.designs.base import arrange
from innoeval.errors import DesignError
from innoeval.records.claim import Claim
from innoeval.records.comparisons import Comparisons
from innoeval.records.panel import Panel
from innoeval.stats.bacon import decompose


def bacon(panel: Panel, claim: Claim) -> Comparisons:
    """Every comparison that `TwoWayFixedEffects` makes on a claim, with its weight.

    Comparisons with units that have started already are no fair ones where effects grow: the
    decomposition shows how much of the coefficient they make. Draw it with
    `innoeval.plots.bacon_decomposition`.

    Parameters
    ----------
    panel, claim
        What is taken apart; the panel needs every unit in every period.

    Raises
    ------
    ClaimError
        Where the claim does not fit the panel.
    DesignError
        Where values are missing, or all units start together.

    References
    ----------
    Goodman-Bacon (2021), Journal of Econometrics 225:254-277, doi:10.1016/j.jeconom.2021.03.014.

    Examples
    --------
    B starts in 2021 and C in 2022, by when B improves still: held against B, C seems to gain nothing.

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"ward": list("BBBCCC"), "year": [2020, 2021, 2022] * 2,
    ...                       "days": [5., 4, 3, 5, 5, 4]})
    >>> panel = Panel(frame=frame, unit="ward", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower",
    ...               treated={"B": "2021", "C": "2022"}, size=1, scale="absolute")
    >>> found = bacon(panel, claim)
    >>> {kind: (round(weight, 9), round(effect, 9)) for kind, (weight, effect) in found.by_kind().items()}
    {'not yet treated': (0.5, -1.0), 'already treated': (0.5, 0.0)}
    """
    case = arrange(panel, claim)
    if missing := int((~np.isfinite(case.outcomes)).sum()):
        raise DesignError(
            f"{missing} values of {claim.outcome} are missing, and a regression can be taken apart "
            "only where every unit has every period; drop the units or periods with gaps"
        )
    try:
        found = decompose(case.outcomes, case.starts)
    except ValueError as error:
        raise DesignError(
            f"claim '{claim.id}': {error}; with one start there is one comparison and nothing to "
            "take apart"
        ) from None

    def named(start: int) -> str:
        return "never" if start >= case.n_periods else panel.periods[start]

    return Comparisons(
        claim=claim.id, outcome=claim.outcome,
        coefficient=float(found.weight @ found.estimate),
        treated=tuple(named(int(start)) for start in found.treated),
        comparison=tuple(named(int(start)) for start in found.comparison),
        kind=tuple(found.kind.tolist()), weight=found.weight, estimate=found.estimate,
    )  # fmt: skip
