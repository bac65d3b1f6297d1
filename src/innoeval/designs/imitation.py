"""What checks may ask of a design that imitates the treated units by a mix of donors."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from innoeval.designs.base import Effects, Mask
from innoeval.records.freeze import Floats


@runtime_checkable
class Imitating(Protocol):
    """A kernel of a design that leans on donors: how it imitates, and what it does for placebos."""

    @property
    def units(self) -> tuple[str, ...]:
        """Names of the N units in use."""
        ...

    @property
    def treated(self) -> Mask:
        """Mask (N,)."""
        ...

    @property
    def outcomes(self) -> Floats:
        """Their outcomes (N, T); `nan` in periods that are not used."""
        ...

    @property
    def launch(self) -> int:
        """Position of the first treated period."""
        ...

    @property
    def gaps(self) -> Floats:
        """Treated less imitation by run and period, (M + 1, T)."""
        ...

    @property
    def misfit(self) -> Floats:
        """Root mean square of the gaps before the start, (M + 1,)."""
        ...

    @property
    def weights(self) -> Floats:
        """Weight of each unit in the imitation of the treated, (N,)."""
        ...

    @property
    def levels_differ(self) -> bool:
        """Whether the imitation may lie at another level."""
        ...

    def drift(self, level: float = 0.95) -> Effects:
        """What the line through the gaps before the start would show after it, carried on (K = 1)."""
        ...

    def without(self, donors: Mask) -> tuple[Floats, Floats]:
        """Effect and misfit when some donors are not used.

        Parameters
        ----------
        donors
            Mask (K, N): each row names units to leave out.

        Returns
        -------
        Two arrays (K,).
        """
        ...

    def reach(self, misfit: Floats, level: float) -> Floats:
        """Half the width of the interval of an effect whose imitation misses by so much, (K,)."""
        ...
