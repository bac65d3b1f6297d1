"""Briefs: an evaluation told in sentences, for people who did not make it."""

from innoeval.briefs.edition import Edition, edition
from innoeval.briefs.language import languages
from innoeval.briefs.story import Story, story
from innoeval.briefs.write import write_brief

__all__ = [
    "Edition",
    "Story",
    "edition",
    "languages",
    "story",
    "write_brief",
]
