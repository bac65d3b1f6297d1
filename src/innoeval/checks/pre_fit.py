"""Did the imitation go along with the treated unit before the start?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from innoeval.checks.base import Bias, Case, Measurement, power_for_half
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount


@dataclass(frozen=True, slots=True)
class PreFit:
    """The gap between the treated unit and its imitation before the start, carried on.

    Null: the line through the gaps before the start, carried on over the horizon, shows no more
    than the same line does for donors that stand in for the treated unit, each relative to its
    own misfit. It is ruled out only where the 90 % interval of what is carried on lies inside the
    margin that would change the verdict. That the unit is imitated less closely than others is
    told, and widens the interval of the effect, but is no fault by itself.

    References
    ----------
    Abadie (2021), Journal of Economic Literature 59:391-425, doi:10.1257/jel.20191450.
    """

    name: ClassVar[str] = "pre_fit"
    question: ClassVar[str] = "Did the imitation go along with the treated unit before the start?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.donor_fit,)

    def measure(self, case: Case) -> Measurement:
        """Carry the earlier gap on, and hold it against the margin."""
        kernel = case.kernel
        if not isinstance(kernel, Imitating):
            return Measurement(status="not_applicable", says="Nothing is imitated here.")
        found = kernel.drift(level=1 - 2 * case.policy.check_level)
        bias, error = case.sign * float(found.effect[0]), float(found.std_error[0])
        ends = sorted((case.sign * float(found.low[0]), case.sign * float(found.high[0])))
        closer = float((kernel.misfit[1:] < kernel.misfit[0]).mean())
        place = (
            f"The imitation misses it by {amount(kernel.misfit[0])} a period, more than those of "
            f"{100 * closer:.0f} % of the donors do"
        )
        reach = f"it could explain {amount(ends[0])} to {amount(ends[1])}"
        if max(abs(end) for end in ends) < case.margin:
            return Measurement(
                status="clear",
                says=f"{place}; a drift apart that could change the verdict is ruled out ({reach}).",
                bias=Bias(bias, error, power_for_half(case, error)),
            )
        return Measurement(
            status="cannot_tell",
            says=f"{place}; that both were drifting apart is not ruled out ({reach}).",
            says_problem=f"The treated unit and its imitation were already drifting apart before the start; "
            f"going on like that would show up as {amount(bias)}.",
            p_value=float(found.p_value[0]),
            bias=Bias(bias, error, power_for_half(case, error)),
        )
