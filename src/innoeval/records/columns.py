"""What each column of a panel was for: enough to read the same file in the same way again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields

from innoeval.records.calendar import Frequency
from innoeval.records.claim import Better
from innoeval.records.freeze import Frozen
from innoeval.records.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """The roles of a panel's columns, without the panel.

    The fields are those of `Panel`, and the arguments of `innoeval.read_panel`.

    Examples
    --------
    >>> Columns(unit="ward", period="month", freq="month", outcomes=("days",)).arguments
    {'unit': 'ward', 'period': 'month', 'freq': 'month', 'outcomes': ('days',)}
    """

    unit: str
    period: str
    freq: Frequency
    outcomes: tuple[str, ...]
    balancing: Mapping[str, Better] = field(default_factory=Frozen[str, Better])
    numerator: str | None = None
    denominator: str | None = None
    version: str | None = None
    neighbour: str | None = None
    provisional: str | None = None
    covariates: tuple[str, ...] = ()
    negative_controls: tuple[str, ...] = ()
    case_mix: Mapping[str, str] = field(default_factory=Frozen[str, str])
    near_target: tuple[str, str] | None = None

    @property
    def arguments(self) -> dict[str, object]:
        """What to give `read_panel`; roles that no column had are left out."""
        said = {item.name: getattr(self, item.name) for item in fields(self)}
        return {
            name: dict(value) if isinstance(value, Mapping) else value
            for name, value in said.items()
            if value
        }


def columns_of(panel: Panel) -> Columns:
    """The roles of a panel's columns.

    Parameters
    ----------
    panel
        The panel.
    """
    return Columns(**{item.name: getattr(panel, item.name) for item in fields(Columns)})
