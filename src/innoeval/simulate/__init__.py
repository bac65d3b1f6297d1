"""Simulated panels and claims with a known truth and a known fault."""

from innoeval.simulate.sample import sample, write_sample
from innoeval.simulate.scenario import FAULTS, draw
from innoeval.simulate.truth import Scenario, Truth, true_statuses

__all__ = ["FAULTS", "Scenario", "Truth", "draw", "sample", "true_statuses", "write_sample"]
