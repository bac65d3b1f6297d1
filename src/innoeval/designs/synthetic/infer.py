"""From a kernel and a choice of inference to the effect with its interval."""

from __future__ import annotations

import numpy as np

from innoeval.designs.synthetic.kernel import DonorKernel
from innoeval.errors import DesignError
from innoeval.inference.donors import (
    DonorChoice,
    PlaceboInSpace,
)
from innoeval.stats.placebo import Ranked


def infer(kernel: DonorKernel, choice: DonorChoice, level: float) -> tuple[Ranked, Ranked]:
    """The effect over all periods from the start (K = 1), and that in each of them.

    Parameters
    ----------
    kernel
        The design made ready.
    choice
        How sure it is to be.
    level
        Level of the intervals.
    """
    before = kernel.pool.before(kernel.launch)
    windows = np.concatenate([(~before)[None], np.eye(len(before), dtype=bool)[~before]])
    match choice:
        case PlaceboInSpace():
            found = kernel.ranked(kernel.main, windows, before, level)
        case _:
            raise DesignError(f"{type(choice).__name__} is not known here")
    return Ranked(*(x[:1] for x in found)), Ranked(*(x[1:] for x in found))


def describe(choice: DonorChoice, n_donors: int) -> str:
    """Name of the inference, as it stands in a brief."""
    match choice:
        case PlaceboInSpace(scaled=scaled):
            relative = ", each relative to its misfit before the start" if scaled else ""
            return f"placebos in space: {n_donors} donors{relative}; interval by inversion"
        case _:
            return type(choice).__name__
