"""Simulated panels and claims with a known truth and a known fault."""

from innoeval.simulate.family import TRUTHS, Family, scenarios
from innoeval.simulate.sample import sample, write_sample
from innoeval.simulate.scenario import FAULTS, draw
from innoeval.simulate.score import Score, named, score
from innoeval.simulate.truth import Known, Scenario, Truth, true_statuses

__all__ = [
    "FAULTS", "TRUTHS", "Family", "Known", "Scenario", "Score", "Truth", "draw", "named", "sample",
    "scenarios", "score", "true_statuses", "write_sample",
]  # fmt: skip
