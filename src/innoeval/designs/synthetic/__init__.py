"""Designs that imitate the treated units by a mix of donors."""

from innoeval.designs.synthetic.augmented import AugmentedSyntheticControl, ElasticNetControl
from innoeval.designs.synthetic.completion import MatrixCompletion
from innoeval.designs.synthetic.control import SyntheticControl
from innoeval.designs.synthetic.did import SyntheticDiD

__all__ = [
    "AugmentedSyntheticControl",
    "ElasticNetControl",
    "MatrixCompletion",
    "SyntheticControl",
    "SyntheticDiD",
]
