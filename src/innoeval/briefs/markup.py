"""Text as HTML: escaped whatever it holds, and never broken where a number stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from html import escape

from innoeval.briefs.language import ENGLISH_FROM, ENGLISH_TO


def said(text: str) -> str:
    r"""Text as text, whatever it holds; a number and its percent sign stay on one line.

    Examples
    --------
    >>> said("<b> 5 % & more")
    '&lt;b&gt; 5\xa0% &amp; more'
    """
    safe = re.sub(r"(?<=\d) %", "\u00a0%", escape(text))
    return safe.replace(ENGLISH_FROM, '<span lang="en">').replace(ENGLISH_TO, "</span>")


def bare(text: str) -> str:
    """Text without the marks of its language, for places that hold no elements."""
    return text.replace(ENGLISH_FROM, "").replace(ENGLISH_TO, "")


def paragraphs(texts: Iterable[str], kind: str = "") -> str:
    """Each text as a paragraph, of a class where one is named."""
    attribute = f' class="{kind}"' if kind else ""
    return "\n".join(f"<p{attribute}>{said(text)}</p>" for text in texts)


def points(texts: Iterable[str]) -> str:
    """Texts as a list with points."""
    return "<ul>\n" + "\n".join(f"<li>{said(text)}</li>" for text in texts) + "\n</ul>"


def variables(colours: Mapping[str, str]) -> str:
    """Colours as variables of a style sheet."""
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())
