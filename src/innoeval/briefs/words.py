"""Words for a brief: periods, units, names and text that others wrote."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from innoeval.records.calendar import Frequency, first_day, ordinal

#: Written out visibly: controls, private letters, letters that turn the text around them.
_HIDDEN = {"Cc", "Cs", "Co", "Cn"}
_TURNING = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_ISOLATE, _POP = "\u2068", "\u2069"


def shown(text: str, most: int = 500) -> str:
    r"""Text that somebody else wrote, fit to be shown: on one line, nothing hidden in it, not endless.

    Parameters
    ----------
    text
        Any text.
    most
        Letters at most; a longer text ends in "…".

    Examples
    --------
    >>> shown("a\nb\x07 $x$ #import")
    'a b[U+0007] $x$ #import'
    """
    flat = " ".join(text.split())
    if len(flat) > most:
        flat = flat[: most - 1].rstrip() + "…"
    plain = "".join(_visible(letter) for letter in flat)
    if any(unicodedata.bidirectional(letter) in {"R", "AL"} for letter in plain):
        # Keeps right-to-left words from turning the sentence around them.
        return f"{_ISOLATE}{plain}{_POP}"
    return plain


def _visible(letter: str) -> str:
    code = ord(letter)
    noncharacter = code & 0xFFFE == 0xFFFE
    if unicodedata.category(letter) in _HIDDEN or letter in _TURNING or noncharacter:
        return f"[U+{code:04X}]"
    return letter


def capital(sentence: str) -> str:
    """The sentence with a capital letter."""
    return sentence[:1].upper() + sentence[1:]


def counted(n: int, noun: str) -> str:
    """A number of things.

    Examples
    --------
    >>> counted(1, "unit"), counted(1400, "unit")
    ('1 unit', '1,400 units')
    """
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


#: Designs that are called after people keep their names.
_AUTHORS = {"CallawaySantAnna": "Callaway and Sant’Anna", "SunAbraham": "Sun and Abraham"}


def design_name(name: str) -> str:
    """A design's class name as words.

    Examples
    --------
    >>> design_name("DifferenceInDifferences"), design_name("ControlledITS"), design_name("SyntheticDiD")
    ('Difference in differences', 'Controlled ITS', 'Synthetic DiD')
    >>> design_name("SunAbraham")
    'Sun and Abraham'
    """
    if name in _AUTHORS:
        return _AUTHORS[name]
    parts = re.findall(r"DiD|[A-Z]+(?![a-z])|[A-Z][a-z]+|[^A-Z]+", name)
    return (
        " ".join([parts[0], *(p if p.isupper() or p == "DiD" else p.lower() for p in parts[1:])])
        if parts
        else name
    )


def day_of(*texts: str) -> date | None:
    """First day that one of the texts names, as a date or a period; None if none does.

    Examples
    --------
    >>> day_of("", "soon", "2023-Q2")
    datetime.date(2023, 4, 1)
    """
    kinds: tuple[Frequency, ...] = ("day", "month", "quarter", "week", "financial_year", "year")
    for text in texts:
        for kind in kinds:
            try:
                return first_day(ordinal(text, kind), kind)
            except (ValueError, OverflowError):
                continue
    return None
