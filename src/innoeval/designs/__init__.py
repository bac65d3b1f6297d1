"""Designs: ways to estimate what would have happened without the innovation."""

from innoeval.designs.base import DecidingDesign, Design
from innoeval.designs.before_after import BeforeAfter
from innoeval.designs.choose import Choice, choose, preferred
from innoeval.designs.controlled import ControlledITS
from innoeval.designs.did import DifferenceInDifferences
from innoeval.designs.fixed_effects.bacon import bacon
from innoeval.designs.fixed_effects.dose import Dose
from innoeval.designs.fixed_effects.imputation import Imputation
from innoeval.designs.fixed_effects.interacted import ExtendedTWFE, SunAbraham
from innoeval.designs.fixed_effects.stacked import StackedDiD
from innoeval.designs.fixed_effects.switching import SwitchingDiD
from innoeval.designs.fixed_effects.triple import TripleDifference
from innoeval.designs.fixed_effects.twoway import EventStudy, TwoWayFixedEffects
from innoeval.designs.its import SegmentedRegression
from innoeval.designs.ordinal import OrdinalScores
from innoeval.designs.placebos import placebos_in_space, placebos_in_time
from innoeval.designs.rates_did import FractionalDiD, PoissonDiD
from innoeval.designs.staggered import CallawaySantAnna
from innoeval.designs.structural import StructuralTimeSeries
from innoeval.designs.synthetic import (
    AugmentedSyntheticControl,
    ElasticNetControl,
    MatrixCompletion,
    SyntheticControl,
    SyntheticDiD,
)

__all__ = [
    "AugmentedSyntheticControl",
    "BeforeAfter",
    "CallawaySantAnna",
    "Choice",
    "ControlledITS",
    "DecidingDesign",
    "Design",
    "DifferenceInDifferences",
    "Dose",
    "ElasticNetControl",
    "EventStudy",
    "ExtendedTWFE",
    "FractionalDiD",
    "Imputation",
    "MatrixCompletion",
    "OrdinalScores",
    "PoissonDiD",
    "SegmentedRegression",
    "StackedDiD",
    "StructuralTimeSeries",
    "SunAbraham",
    "SwitchingDiD",
    "SyntheticControl",
    "SyntheticDiD",
    "TripleDifference",
    "TwoWayFixedEffects",
    "bacon",
    "choose",
    "placebos_in_space",
    "placebos_in_time",
    "preferred",
]
