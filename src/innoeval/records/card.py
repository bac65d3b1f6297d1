"""A card: facts under a heading, for a notebook or a terminal; no scripts, no colour of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

#: So many names are written out; the rest are counted.
_NAMED = 5
_BOX = "border:1px solid currentColor;border-radius:6px;padding:0 1em .6em;max-width:60em;overflow-wrap:anywhere"
_LEFT = "text-align:left;vertical-align:top"
#: A longer text of somebody else's ends in "…": a card is no place to read it.
_MOST = 500

Facts = Sequence[tuple[str, str]]


def card(heading: str, facts: Facts, notes: Iterable[str] = (), caption: str = "") -> str:
    """Facts as HTML that reads in light and dark themes, by keyboard and by ear.

    Parameters
    ----------
    heading
        What the card is about.
    facts
        Label and value of each; those without a value are left out.
    notes
        Sentences below.
    caption
        What the table of facts is, for a screen reader.
    """
    rows = "".join(
        f"<tr><th scope='row' style='{_LEFT};overflow-wrap:normal'>{escape(label)}</th>"
        f"<td style='{_LEFT}'>{escape(_short(value))}</td></tr>"
        for label, value in facts
        if value
    )
    said = "".join(f"<li>{escape(_short(note))}</li>" for note in notes)
    called = f"<caption style='{_LEFT}'>{escape(caption)}</caption>" if caption else ""
    return (
        f"<section style='{_BOX}'><h3>{escape(_short(heading))}</h3>"
        f"<table>{called}<tbody>{rows}</tbody></table>{f'<ul>{said}</ul>' if said else ''}</section>"
    )


def lines(heading: str, facts: Facts, notes: Iterable[str] = ()) -> str:
    """The same as plain text."""
    known = [(label, _short(value)) for label, value in facts if value]
    width = max((len(label) for label, _ in known), default=0)
    told = [f"  {label:<{width}}  {value}" for label, value in known]
    return "\n".join([_short(heading), *told, *(f"  {_short(note)}" for note in notes)])


def named(names: Sequence[str]) -> str:
    """Names in a row; of many, the first few and the count of all.

    Examples
    --------
    >>> named(["North", "East"]), named([f"u{i}" for i in range(40)])
    ('North, East', '40: u0, u1, u2, u3, u4 …')
    """
    if len(names) <= _NAMED:
        return ", ".join(names)
    return f"{len(names):,}: {', '.join(names[:_NAMED])} …"


def amount(value: float) -> str:
    """A number with three significant digits, thousands separated; unbounded ends in words.

    Examples
    --------
    >>> [amount(x) for x in (1234567.0, 12.345, -0.01234, float("inf"))]
    ['1,230,000', '12.3', '−0.0123', 'no upper bound']
    """
    if value in {float("inf"), float("-inf")}:
        return "no upper bound" if value > 0 else "no lower bound"
    if value == 0:
        return "0"
    rounded = float(f"{value:.3g}")
    text = f"{rounded:,.0f}" if abs(rounded) >= 100 else f"{rounded:.3g}"
    return text.replace("-", "−")


def span(interval: tuple[float, float]) -> str:
    """An interval in words."""
    return f"{amount(interval[0])} to {amount(interval[1])}"


def likely(chance: float) -> str:
    """A chance in words; none that was estimated is nothing, or certain.

    Examples
    --------
    >>> [likely(chance) for chance in (0.999, 0.42, 0.001)]
    ['over 99 %', '42 %', 'under 1 %']
    """
    if chance > 0.99:
        return "over 99 %"
    return "under 1 %" if chance < 0.01 else f"{100 * chance:.0f} %"


def sized(value: float, scale: str) -> str:
    """A size as a claim states it.

    Examples
    --------
    >>> sized(0.15, "relative"), sized(5, "percentage_points"), sized(2.5, "absolute")
    ('15 %', '5 percentage points', '2.5')
    """
    match scale:
        case "relative":
            return f"{amount(100 * value)} %"
        case "percentage_points":
            return f"{amount(value)} percentage point{'' if value == 1 else 's'}"
        case _:
            return amount(value)


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _MOST else f"{flat[: _MOST - 1].rstrip()}…"
