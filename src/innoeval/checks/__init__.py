"""Checks: every way in which a claim can be untrue though its numbers are real."""

from innoeval.checks.absolute_size import AbsoluteSize
from innoeval.checks.adopters import Adopters
from innoeval.checks.anticipation import Anticipation
from innoeval.checks.attrition import Attrition
from innoeval.checks.balancing import Balancing
from innoeval.checks.base import Bias, Case, Check, Measurement
from innoeval.checks.bunching import Bunching
from innoeval.checks.calendar_mismatch import CalendarMismatch
from innoeval.checks.carried_by_few import CarriedByFew
from innoeval.checks.case_mix import CaseMix
from innoeval.checks.comparator_drift import ComparatorDrift
from innoeval.checks.comparison_jump import ComparisonJump
from innoeval.checks.concurrent_change import ConcurrentChange
from innoeval.checks.cost import Cost
from innoeval.checks.definition_break import DefinitionBreak
from innoeval.checks.displacement import Displacement
from innoeval.checks.distinct_donors import DistinctDonors
from innoeval.checks.donor_hull import DonorHull
from innoeval.checks.donor_spillover import DonorSpillover
from innoeval.checks.fade_out import FadeOut
from innoeval.checks.few_units import FewUnits
from innoeval.checks.flips import find_flips
from innoeval.checks.forbidden_comparisons import ForbiddenComparisons
from innoeval.checks.heaping import Heaping
from innoeval.checks.late_trend import LateTrend
from innoeval.checks.leave_one_out import LeaveOneOut
from innoeval.checks.mean_reversion import MeanReversion
from innoeval.checks.metric import Metric
from innoeval.checks.multiverse import Multiverse, specification_curve
from innoeval.checks.negative_controls import NegativeControls
from innoeval.checks.no_comparison import NoComparison
from innoeval.checks.outliers import Outliers
from innoeval.checks.peeking import Peeking
from innoeval.checks.percent_points import PercentPoints
from innoeval.checks.placebo_in_time import PlaceboInTime
from innoeval.checks.placebo_units import PlaceboUnits
from innoeval.checks.pre_fit import PreFit
from innoeval.checks.pre_trend import PreTrend
from innoeval.checks.provisional_data import ProvisionalData
from innoeval.checks.rate_decomposition import RateDecomposition
from innoeval.checks.registration import Registration
from innoeval.checks.repeated_numbers import RepeatedNumbers
from innoeval.checks.site_reversion import SiteReversion
from innoeval.checks.spillover import Spillover
from innoeval.checks.suite import examine
from innoeval.checks.undeclared_break import UndeclaredBreak
from innoeval.checks.window import Window, window_multiverse

#: Every check, in the order in which a brief lists the answers. A new check is one line here.
CHECKS: tuple[Check, ...] = (
    NoComparison(),
    PreTrend(),
    LateTrend(),
    Anticipation(),
    PreFit(),
    DonorHull(),
    DistinctDonors(),
    LeaveOneOut(),
    DonorSpillover(),
    PlaceboInTime(),
    PlaceboUnits(),
    MeanReversion(),
    Outliers(),
    FadeOut(),
    ComparatorDrift(),
    ForbiddenComparisons(),
    FewUnits(),
    DefinitionBreak(),
    UndeclaredBreak(),
    RateDecomposition(),
    Bunching(),
    ProvisionalData(),
    Heaping(),
    RepeatedNumbers(),
    ConcurrentChange(),
    Window(),
    Multiverse(),
    CalendarMismatch(),
    Spillover(),
    Displacement(),
    Attrition(),
    Adopters(),
    CarriedByFew(),
    SiteReversion(),
    CaseMix(),
    NegativeControls(),
    ComparisonJump(),
    Balancing(),
    Metric(),
    Peeking(),
    Registration(),
    PercentPoints(),
    AbsoluteSize(),
    Cost(),
)

__all__ = [
    "CHECKS",
    "Bias",
    "Case",
    "Check",
    "Measurement",
    "examine",
    "find_flips",
    "specification_curve",
    "window_multiverse",
]
