"""Inference: how sure an estimate is, as frozen choices with names, and the rule that picks one."""

from innoeval.inference.cells import Cells, compare_cells
from innoeval.inference.choices import (
    CR2,
    CR3,
    HC,
    Choice,
    Clustered,
    Conley,
    ConleyTaber,
    DonaldLang,
    DriscollKraay,
    FermanPinto,
    Jackknife,
    Multiplier,
    Randomization,
    WildClusterBootstrap,
    columns_of,
    needs_cells,
)
from innoeval.inference.donors import (
    Conformal,
    DonorChoice,
    JackknifePlus,
    PlaceboInSpace,
    PredictionInterval,
    UnitJackknife,
)
from innoeval.inference.groups import Groups, band, compare_groups
from innoeval.inference.iid import IID
from innoeval.inference.names import named
from innoeval.inference.refusals import caution, fewest_treated, refusal
from innoeval.inference.rule import Chosen, choose_inference
from innoeval.inference.serial import (
    ARMA,
    REML,
    BlockConformal,
    CalibratedREML,
    Independent,
    NeweyWest,
    PraisWinsten,
    Serial,
)

__all__ = [
    "ARMA",
    "CR2",
    "CR3",
    "HC",
    "IID",
    "REML",
    "BlockConformal",
    "CalibratedREML",
    "Cells",
    "Choice",
    "Chosen",
    "Clustered",
    "Conformal",
    "Conley",
    "ConleyTaber",
    "DonaldLang",
    "DonorChoice",
    "DriscollKraay",
    "FermanPinto",
    "Groups",
    "Independent",
    "Jackknife",
    "JackknifePlus",
    "Multiplier",
    "NeweyWest",
    "PlaceboInSpace",
    "PraisWinsten",
    "PredictionInterval",
    "Randomization",
    "Serial",
    "UnitJackknife",
    "WildClusterBootstrap",
    "band",
    "caution",
    "choose_inference",
    "columns_of",
    "compare_cells",
    "compare_groups",
    "fewest_treated",
    "named",
    "needs_cells",
    "refusal",
]
