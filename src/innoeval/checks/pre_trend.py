"""Were the treated units already on another course than the comparison units?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class PreTrend:
    """Difference in linear trends before the start, carried on over the horizon.

    Null: the difference in trends carried on would have shown no effect. A violation is shown
    where that is rejected, also where it is too small to change the verdict: the base analysis
    would give a wrong number. It is ruled out only where the 90 % interval of the carried-on
    difference lies inside the margin that would change the verdict (two one-sided tests). A test
    that merely fails to reject says nothing (Roth 2022).

    References
    ----------
    Roth (2022), American Economic Review: Insights 4:305-322, doi:10.1257/aeri.20210236;
    Bilinski & Hatfield (2018), arXiv:1805.03273.
    """

    name: ClassVar[str] = "pre_trend"
    question: ClassVar[str] = "Did both groups move together before the start?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.parallel_trends,)

    def measure(self, case: Case) -> Measurement:
        """Carry the earlier difference in trends on, and hold it against the margin."""
        found = case.kernel.trend(level=1 - 2 * case.policy.check_level)
        if found is None:
            return Measurement(
                status="cannot_tell",
                says="There is only one period before the start, so nothing shows whether the groups moved together.",
            )
        bias, error = case.sign * float(found.effect[0]), float(found.std_error[0])
        ends = sorted((case.sign * float(found.low[0]), case.sign * float(found.high[0])))
        faked = Bias(bias, error, power_for_half(case, error))
        went = "improving faster" if bias > 0 else "improving more slowly"
        ruled_out = max(abs(end) for end in ends) < case.margin
        reach = f"{amount(ends[0])} to {amount(ends[1])}"
        return Measurement(
            status="clear" if ruled_out else "cannot_tell",
            says="Any difference in earlier trends is too small to change the verdict "
            f"(it would explain {reach})."
            if ruled_out
            else "The periods before the start are too few or too noisy to rule out that the groups were "
            f"drifting apart (this could explain {reach}).",
            says_problem=f"The treated units were already {went} than the others before the start; "
            f"going on like that would show up as {amount(bias)}.",
            p_value=float(found.p_value[0]),
            bias=faked,
        )
