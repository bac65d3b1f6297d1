"""Units that were merged, renamed or split, followed to units that can be compared over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

#: Old name -> new name, or the names into which it was split.
Crosswalk = Mapping[str, str | Sequence[str]]


def followed(crosswalk: Crosswalk | None) -> dict[str, str]:
    """The name under which each unit is counted, for all time.

    Units that are linked by mergers and splits make one: to which part of a split unit an old
    record would belong, nobody knows, and sharing it out would be a guess.

    Parameters
    ----------
    crosswalk
        Old name -> new name, or names.

    Examples
    --------
    >>> followed({"North": "Upper", "Moor": "Upper"})
    {'North': 'Upper', 'Moor': 'Upper'}
    >>> followed({"Docks": ["Quay", "Harbour"]})
    {'Docks': 'Harbour + Quay', 'Harbour': 'Harbour + Quay', 'Quay': 'Harbour + Quay'}
    """
    whole: dict[str, set[str]] = {}
    for old, new in (crosswalk or {}).items():
        linked = {old, *([new] if isinstance(new, str) else new)}
        for name in tuple(linked):
            linked |= whole.get(name, set())
        for name in linked:
            whole[name] = linked
    ends = {
        new
        for old, to in (crosswalk or {}).items()
        for new in ([to] if isinstance(to, str) else to)
    }
    last = ends - set(crosswalk or {})
    names = {
        name: " + ".join(sorted(linked & last) or sorted(linked)) for name, linked in whole.items()
    }
    order = [*(crosswalk or {}), *sorted(ends)]
    return {name: names[name] for name in dict.fromkeys(order) if names[name] != name}
