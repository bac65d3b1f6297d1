"""The rule: from intervals and findings to a verdict. No panel, no clock, no random numbers."""

from innoeval.decide.regions import Bar, bar, margin, status_of
from innoeval.decide.verdict import decide

__all__ = ["Bar", "bar", "decide", "margin", "status_of"]
