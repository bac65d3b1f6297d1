"""Briefs: an evaluation told in sentences, for people who did not make it."""

from innoeval.briefs.story import Story, story
from innoeval.briefs.write import write_brief

__all__ = ["Story", "story", "write_brief"]
