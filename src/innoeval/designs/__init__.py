"""Designs: ways to estimate what would have happened without the innovation."""

from innoeval.designs.base import DecidingDesign, Design
from innoeval.designs.before_after import BeforeAfter
from innoeval.designs.choose import Choice, choose, preferred
from innoeval.designs.controlled import ControlledITS
from innoeval.designs.did import DifferenceInDifferences
from innoeval.designs.dose import Dose
from innoeval.designs.imputation import Imputation
from innoeval.designs.interacted import ExtendedTWFE, SunAbraham
from innoeval.designs.its import SegmentedRegression
from innoeval.designs.rates_did import FractionalDiD, PoissonDiD
from innoeval.designs.stacked import StackedDiD
from innoeval.designs.staggered import CallawaySantAnna
from innoeval.designs.structural import StructuralTimeSeries
from innoeval.designs.switching import SwitchingDiD
from innoeval.designs.synthetic import (
    AugmentedSyntheticControl,
    ElasticNetControl,
    MatrixCompletion,
    SyntheticControl,
    SyntheticDiD,
)
from innoeval.designs.triple import TripleDifference
from innoeval.designs.twoway import EventStudy, TwoWayFixedEffects

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
    "choose",
    "preferred",
]
