"""The foil: the raw before-after change, as it is usually announced."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from innoeval.designs.base import Arrangement, Mask, arrange
from innoeval.designs.did_kernel import mean_of
from innoeval.errors import DesignError
from innoeval.records.assumption import Assumption
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.match import share_unit
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.stats.contrast import compare


@dataclass(frozen=True, slots=True)
class BeforeAfter:
    r"""Average after less average before, over the promoter's windows: what was announced.

    Estimand: :math:`\bar y_{after} - \bar y_{before}` of the treated units. It is the effect only
    if nothing else changed and nothing was changing: so it never decides a verdict. Its interval
    treats periods as independent, as press releases implicitly do, and is named naive.

    References
    ----------
    Shadish, Cook & Campbell (2002), Experimental and Quasi-Experimental Designs for Generalized
    Causal Inference, chapter 4, ISBN 978-0-395-61556-0.

    Examples
    --------
    Windows (10 + 12) / 2 = 11 before and (9 + 7) / 2 = 8 after:

    >>> import pandas as pd
    >>> frame = pd.DataFrame({"desk": "A", "year": [2019, 2020, 2021, 2022], "days": [10., 12, 9, 7]})
    >>> panel = Panel(frame=frame, unit="desk", period="year", freq="year", outcomes=("days",))
    >>> claim = Claim(id="c", innovation="desk", outcome="days", better="lower", treated=["A"],
    ...               start="2021", size=3, scale="absolute")
    >>> BeforeAfter().fit(panel, claim).effect
    -3.0
    """

    assumptions: ClassVar[tuple[Assumption, ...]] = (
        Assumption.trend_form,
        Assumption.no_mean_reversion,
        Assumption.prespecified_window,
        Assumption.stable_measure,
        Assumption.no_concurrent_change,
    )
    sms_level: ClassVar[int] = 1
    estimand: ClassVar[str] = "the treated units' average after less their average before"

    def objections(self, panel: Panel, claim: Claim, policy: Policy) -> tuple[str, ...]:  # noqa: ARG002
        """Why it never decides."""
        why = (
            "a raw before-after change counts everything else that changed as an effect; "
            "it is recomputed to show what was announced, and never decides"
        )
        return (why,)

    def fit(self, panel: Panel, claim: Claim, *, policy: Policy = Policy()) -> Estimate:
        """The announced number, recomputed from the stated windows (else all periods).

        Raises
        ------
        ClaimError
            Where the claim does not fit the panel.
        DesignError
            Where a window holds no value.
        """
        case = arrange(panel, claim)
        before, after = windows(panel, claim, case)
        series = mean_of(case.outcomes[case.treated])
        first, second = (series[mask & np.isfinite(series)] for mask in (before, after))
        if len(first) == 0 or len(second) == 0:
            raise DesignError("a before or after window holds no value of the treated units")
        warnings = ["periods are treated as independent: the interval is too narrow"]
        std_error = df = p_value = None
        interval = Interval(-np.inf, np.inf)
        if min(len(first), len(second)) >= 2:
            found = compare(
                np.concatenate([second, first])[:, None],
                np.arange(len(first) + len(second)) < len(second),
                policy.level,
            )
            std_error, df = float(found.std_error[0]), float(found.df[0])
            p_value, interval = float(found.p_value[0]), Interval(found.low[0], found.high[0])
        else:
            warnings.append("one period on a side: there is no interval")
        return Estimate(
            design="BeforeAfter",
            estimand=self.estimand,
            effect=float(second.mean() - first.mean()),
            std_error=std_error,
            conf_int=interval,
            p_value=p_value,
            df=df,
            better=claim.better,
            baseline=float(first.mean()),
            observed=float(second.mean()),
            n_units=int(case.treated.sum()),
            n_treated=int(case.treated.sum()),
            n_clusters=1,
            n_obs=len(first) + len(second),
            inference="naive Welch t over periods, as if they were independent",
            assumptions=self.assumptions,
            warnings=tuple(warnings),
            level=policy.level,
            whole=share_unit(panel, claim.outcome) if claim.scale == "percentage_points" else 1.0,
        )


def windows(panel: Panel, claim: Claim, case: Arrangement) -> tuple[Mask, Mask]:
    """Masks (T,) of the claim's before and after windows; without any, all periods."""
    time = np.arange(case.n_periods)
    if claim.windows is None:
        first, last = int(case.launches[0]), int(case.launches[-1])
        return time < first, time >= last
    ends = [[panel.calendar.position(end) for end in window] for window in claim.windows]
    (a, b), (c, d) = ends
    return (time >= a) & (time <= b), (time >= c) & (time <= d)
