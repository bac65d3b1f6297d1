"""How often judges of claims err: many judges, many families of claims with a known truth."""

from innoeval.calibration.answer import Answer, Judge, Sighted
from innoeval.calibration.judges import JUDGES
from innoeval.calibration.page import page
from innoeval.calibration.rates import Rate, rates
from innoeval.calibration.run import Calibration, calibrate

__all__ = [
    "JUDGES",
    "Answer",
    "Calibration",
    "Judge",
    "Rate",
    "Sighted",
    "calibrate",
    "page",
    "rates",
]
