"""Units in an order that tells nothing: a scenario with its units called by other names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from innoeval.records.claim import Event
from innoeval.records.freeze import Frozen
from innoeval.simulate.truth import Scenario


def relabelled(scenario: Scenario, rng: np.random.Generator) -> Scenario:
    """The scenario with its units' names permuted, in rows, claim and what an oracle knows.

    No number changes: a unit keeps its values, its start and its neighbours, and has another's name
    and place.

    Parameters
    ----------
    scenario
        As drawn, where a unit's number may tell what became of it.
    rng
        Source of the order; of its own, so that the outcome is the same without it.
    """
    panel, claim = scenario.panel, scenario.claim
    places = rng.permutation(len(panel.units))
    new = {unit: panel.units[place] for unit, place in zip(panel.units, places, strict=True)}
    frame = panel.frame.assign(**{panel.unit: panel.frame[panel.unit].map(new)})
    known = scenario.known
    if known is not None:
        order = np.argsort(places)
        known = replace(known, expected=known.expected[order], reached=known.reached[order])
    return replace(
        scenario,
        panel=replace(panel, frame=frame.sort_values(panel.unit, kind="stable", ignore_index=True)),
        claim=replace(
            claim,
            treated=_renamed(claim.treated, new),
            adopters=_renamed(claim.adopters, new),
            events=tuple(_reaching(event, new) for event in claim.events),
        ),
        known=known,
    )


def _renamed(starts: Mapping[str, str], new: Mapping[str, str]) -> Frozen[str, str]:
    """Unit -> start under the new names, in their order; a site without data keeps its name."""
    return Frozen(dict(sorted((new.get(unit, unit), start) for unit, start in starts.items())))


def _reaching(event: Event, new: Mapping[str, str]) -> Event:
    if isinstance(event.scope, str):
        return event
    return replace(event, scope=tuple(sorted(new.get(unit, unit) for unit in event.scope)))
