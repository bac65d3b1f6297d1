"""Inference: how sure an estimate is, as frozen choices with names, and the rule that picks one."""

from innoeval.inference.choices import CR2, Choice, Randomization
from innoeval.inference.groups import Groups, compare_groups, fewest_treated, named
from innoeval.inference.rule import Chosen, choose_inference

__all__ = [
    "CR2",
    "Choice",
    "Chosen",
    "Groups",
    "Randomization",
    "choose_inference",
    "compare_groups",
    "fewest_treated",
    "named",
]
