"""One figure as people write it: thousands set off, decimals after a point or a comma."""

from __future__ import annotations

import re
from typing import Literal

Decimal = Literal[".", ","]

#: A decimal sign, and the other one, which then sets off thousands.
_SIGNS: tuple[tuple[Decimal, Decimal], ...] = ((".", ","), (",", "."))
#: The grammar of a figure under each decimal sign; a text that fits both shows no sign, or leaves
#: it open: "1,234".
GRAMMAR: dict[Decimal, str] = {
    sign: rf"[+-]?(?:(?:[1-9][0-9]{{0,2}}(?:[{other}][0-9]{{3}})+|[0-9]+)(?:[{sign}][0-9]*)?"
    rf"|[{sign}][0-9]+)(?:[eE][+-]?[0-9]+)?"
    for sign, other in _SIGNS
}
_FITS = {sign: re.compile(pattern) for sign, pattern in GRAMMAR.items()}
_SPACED = re.compile(r"([+-]?[0-9]{1,3}(?:[ '’][0-9]{3})+)((?:[.,][0-9]*)?)")


def unspaced(text: str) -> str:
    """A figure with a plain minus and without spaces or apostrophes between thousands.

    Examples
    --------
    >>> unspaced("−1 234 567,5"), unspaced("12 34"), unspaced("North 1")
    ('-1234567,5', '12 34', 'North 1')
    """
    text = text.replace("−", "-")
    match = _SPACED.fullmatch(text)
    return text if match is None else re.sub(r"[ '’]", "", match[1]) + match[2]


def decimal_sign(text: str) -> Decimal | Literal["either", "none"]:
    """Which decimal sign a figure shows: "either" in doubt, "none" where it shows none.

    Examples
    --------
    >>> [decimal_sign(t) for t in ("12,5", "1.234,5", "1,234,567", "0,125", "1,234", "12", "x")]
    [',', ',', '.', ',', 'either', 'none', 'none']
    """
    point, comma = (_FITS[sign].fullmatch(unspaced(text)) for sign in (".", ","))
    if point and comma:
        return "either" if "." in text or "," in text else "none"
    return "." if point else "," if comma else "none"


def figure(text: str, decimal: Decimal) -> float | None:
    """One figure under a decimal sign; None where it is not one.

    Examples
    --------
    >>> figure("1.234,5", ","), figure("1 234", "."), figure("12 34", ".")
    (1234.5, 1234.0, None)
    """
    text = unspaced(text)
    if not _FITS[decimal].fullmatch(text):
        return None
    return float(text.replace("," if decimal == "." else ".", "").replace(decimal, "."))


def figure_like(text: str) -> bool:
    """Whether a text is a figure under one decimal sign or the other."""
    return figure(text, ".") is not None or figure(text, ",") is not None
