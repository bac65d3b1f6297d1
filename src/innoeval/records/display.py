"""How records look in a notebook and in a terminal: one card, no scripts, no colour alone."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate, Interval
from innoeval.records.finding import Finding
from innoeval.records.verdict import ICONS, PLAIN, Verdict

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


def card_text(
    claim: Claim, verdict: Verdict, estimate: Estimate | None, findings: Iterable[Finding]
) -> str:
    """What was found about a claim, in a few lines of plain text."""
    certainty = verdict.certainty.replace("_", " ")
    heading = f"{ICONS[verdict.status]} {claim.id}: {PLAIN[verdict.status]}"
    lines = [f"{heading} [{verdict.status}, certainty {certainty}]"]
    lines += [f"  {reason}" for reason in verdict.reasons]
    if estimate is not None:
        lines.append(
            f"  {estimate.design}: improvement {amount(estimate.improvement)} "
            f"({span(estimate.improvement_int)}) in units of {claim.outcome}"
        )
    lines += [f"  {FINDING_MARKS[f.status]}: {f.question} {f.says}" for f in findings]
    return "\n".join(lines)


def card_html(
    claim: Claim, verdict: Verdict, estimate: Estimate | None, findings: Iterable[Finding]
) -> str:
    """What was found about a claim, as a card that reads in light and dark themes."""
    reasons = "".join(f"<li>{escape(reason)}</li>" for reason in verdict.reasons)
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;font-weight:normal'>{escape(f.question)}</th>"
        f"<td style='text-align:left;white-space:nowrap'>{FINDING_MARKS[f.status]}</td>"
        f"<td style='text-align:left'>{escape(f.says)}</td></tr>"
        for f in findings
    )
    found = ""
    if estimate is not None:
        found = (
            f"<p>{escape(estimate.design)}: improvement of <b>{amount(estimate.improvement)}</b> "
            f"({100 * estimate.level:.0f} % interval {span(estimate.improvement_int)}) in units of "
            f"<i>{escape(claim.outcome)}</i>; certainty {verdict.certainty.replace('_', ' ')}.</p>"
        )
    heading = f"{ICONS[verdict.status]} {escape(claim.innovation)}: {escape(PLAIN[verdict.status])}"
    return (
        "<section style='border:1px solid currentColor;border-radius:6px;padding:0 1em;max-width:60em'>"
        f"<h3>{heading}</h3><ul>{reasons}</ul>{found}"
        "<table><caption style='text-align:left'>What was checked</caption>"
        "<thead><tr><th scope='col'>Question</th><th scope='col'>Answer</th>"
        f"<th scope='col'>What was seen</th></tr></thead><tbody>{rows}</tbody></table></section>"
    )
