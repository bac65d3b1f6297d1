"""Records: frozen nouns that every verb takes and gives."""

from innoeval.records.assumption import Assumption
from innoeval.records.calendar import Calendar, Frequency
from innoeval.records.claim import Claim, Event
from innoeval.records.companions import Companions
from innoeval.records.estimate import Component, Estimate, Interval, Path
from innoeval.records.evaluation import Evaluation, Measured, Objection
from innoeval.records.finding import Finding
from innoeval.records.flip import Flip
from innoeval.records.panel import Panel
from innoeval.records.policy import Policy
from innoeval.records.specifications import SpecificationCurve
from innoeval.records.verdict import Item, Standard, Verdict

__all__ = [
    "Assumption",
    "Calendar",
    "Claim",
    "Companions",
    "Component",
    "Estimate",
    "Evaluation",
    "Event",
    "Finding",
    "Flip",
    "Frequency",
    "Interval",
    "Item",
    "Measured",
    "Objection",
    "Panel",
    "Path",
    "Policy",
    "SpecificationCurve",
    "Standard",
    "Verdict",
]
