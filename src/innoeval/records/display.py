"""How records look in a notebook and in a terminal: one card, no scripts, no colour alone."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from innoeval.records.verdict import ICONS, PLAIN

if TYPE_CHECKING:
    from innoeval.records.estimate import Interval
    from innoeval.records.evaluation import Evaluation

FINDING_MARKS = {"problem": "✗ problem", "clear": "✓ clear", "cannot_tell": "? cannot tell",
                 "not_applicable": "– not applicable"}  # fmt: skip


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


def span(interval: Interval) -> str:
    """An interval in words."""
    return f"{amount(interval.low)} to {amount(interval.high)}"


def evaluation_text(ev: Evaluation) -> str:
    """The evaluation in a few lines of plain text."""
    certainty = ev.verdict.certainty.replace("_", " ")
    heading = f"{ICONS[ev.verdict.status]} {ev.claim.id}: {PLAIN[ev.verdict.status]}"
    lines = [f"{heading} [{ev.verdict.status}, certainty {certainty}]"]
    lines += [f"  {reason}" for reason in ev.verdict.reasons]
    if ev.estimate is not None:
        lines.append(
            f"  {ev.design}: improvement {amount(ev.estimate.improvement)} "
            f"({span(ev.estimate.improvement_int)}) in units of {ev.claim.outcome}"
        )
    lines += [f"  {FINDING_MARKS[f.status]}: {f.question} {f.says}" for f in ev.findings]
    return "\n".join(lines)


def evaluation_html(ev: Evaluation) -> str:
    """The evaluation as a card that reads in light and dark themes."""
    verdict = ev.verdict
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.reasons)
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;font-weight:normal'>{escape(f.question)}</th>"
        f"<td style='text-align:left;white-space:nowrap'>{FINDING_MARKS[f.status]}</td>"
        f"<td style='text-align:left'>{escape(f.says)}</td></tr>"
        for f in ev.findings
    )
    estimate = ""
    if ev.estimate is not None:
        estimate = (
            f"<p>{escape(ev.design)}: improvement of <b>{amount(ev.estimate.improvement)}</b> "
            f"(95 % interval {span(ev.estimate.improvement_int)}) in units of "
            f"<i>{escape(ev.claim.outcome)}</i>; certainty {verdict.certainty.replace('_', ' ')}.</p>"
        )
    return (
        "<section style='border:1px solid currentColor;border-radius:6px;padding:0 1em;max-width:60em'>"
        f"<h3>{ICONS[verdict.status]} {escape(ev.claim.innovation)}: {escape(PLAIN[verdict.status])}</h3>"
        f"<ul>{reasons}</ul>{estimate}"
        "<table><caption style='text-align:left'>What was checked</caption>"
        "<thead><tr><th scope='col'>Question</th><th scope='col'>Answer</th>"
        f"<th scope='col'>What was seen</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )
