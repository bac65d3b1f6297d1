"""A bar while claims are worked on."""

from __future__ import annotations

import warnings
from typing import Any


def bar(total: int | None, done: int, unit: str, *, shown: bool) -> Any:
    """A bar on a terminal or in a notebook; elsewhere silence.

    Parameters
    ----------
    total
        How many there are; None where nobody knows.
    done
        How many of them are done already.
    unit
        What is counted, with a space before it.
    shown
        Whether to show it at all.
    """
    with warnings.catch_warnings():
        # Without widgets a notebook gets the bar of a terminal; that needs no word.
        warnings.simplefilter("ignore")
        from tqdm.auto import tqdm
    return tqdm(total=total, initial=done, unit=unit, disable=None if shown else True, leave=False)
