"""Frozen choices of inference: what a user can ask for, and what the rule picks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class CR2:
    """Clustered errors, bias-reduced, with Satterthwaite degrees of freedom (Bell-McCaffrey).

    Each cluster's residuals are inflated so that the error would be unbiased if all clusters were
    alike; the degrees of freedom tell how few clusters the error really rests on.

    Parameters
    ----------
    by
        "unit", or a column that is constant within units.

    References
    ----------
    Bell & McCaffrey (2002), Survey Methodology 28:169-181; Imbens & Kolesár (2016), Review of
    Economics and Statistics 98:701-712, doi:10.1162/REST_a_00552; Pustejovsky & Tipton (2018),
    Journal of Business & Economic Statistics 36:672-683, doi:10.1080/07350015.2016.1247004.
    """

    by: str = "unit"


@dataclass(frozen=True, slots=True, kw_only=True)
class Randomization:
    """What other choices of as many treated units would have shown, and the interval by inversion.

    Parameters
    ----------
    statistic
        "coefficient": the difference itself. "own_noise": the difference over what the units'
        noise before the start makes of such a difference; holds its level also where the treated
        units are noisier or quieter than the others. "t": the difference over its
        heteroskedasticity-robust error after the start (MacKinnon & Webb).
    draws
        Choices that are drawn where they cannot all be listed.
    seed
        Seed of the draws.

    References
    ----------
    MacKinnon & Webb (2020), Journal of Econometrics 218:435-450,
    doi:10.1016/j.jeconom.2020.04.024; Ferman & Pinto (2019), Review of Economics and Statistics
    101:452-467, doi:10.1162/rest_a_00759.
    """

    statistic: Literal["coefficient", "own_noise", "t"] = "own_noise"
    draws: int = 4999
    seed: int = 20260101


Choice = CR2 | Randomization
