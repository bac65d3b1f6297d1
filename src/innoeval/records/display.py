"""How an evaluation and a portfolio look in a notebook and in a terminal: no scripts, no colour alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

from innoeval.records.card import amount, span
from innoeval.records.claim import Claim
from innoeval.records.estimate import Estimate
from innoeval.records.finding import Finding
from innoeval.records.verdict import ICONS, MARKS, PLAIN, Status, Verdict

__all__ = [
    "FINDING_MARKS",
    "amount",
    "card_html",
    "card_text",
    "counts_html",
    "counts_text",
    "span",
]

FINDING_MARKS = {"problem": "✗ problem", "clear": "✓ clear", "cannot_tell": "? cannot tell",
                 "not_applicable": "– not applicable"}  # fmt: skip


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
        f"<tr><th scope='row' style='text-align:left;vertical-align:top;font-weight:normal;overflow-wrap:normal'>{escape(f.question)}</th>"
        f"<td style='text-align:left;vertical-align:top;overflow-wrap:normal'>{FINDING_MARKS[f.status]}</td>"
        f"<td style='text-align:left;vertical-align:top'>{escape(f.says)}</td></tr>"
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
        "<section style='border:1px solid currentColor;border-radius:6px;padding:0 1em;max-width:60em;overflow-wrap:anywhere'>"
        f"<h3>{heading}</h3><ul>{reasons}</ul>{found}"
        "<table><caption style='text-align:left'>What was checked</caption>"
        "<thead><tr><th scope='col' style='text-align:left'>Question</th>"
        "<th scope='col' style='text-align:left'>Answer</th>"
        f"<th scope='col' style='text-align:left'>What was seen</th></tr></thead><tbody>{rows}</tbody></table>"
        f"{_beside(verdict)}{_standards(verdict)}</section>"
    )


def _beside(verdict: Verdict) -> str:
    """What helps to read the verdict and never decides, folded away."""
    beside = verdict.companions
    if beside is None:
        return ""
    bits = [
        (beside.s_none, "there were no improvement"),
        (beside.s_trivial, "there were none that matters"),
        (beside.s_claimed, "all that was claimed were true"),
    ]
    said = [
        f"If {what}, these data would surprise as much as {amount(value)} heads in a row."
        for value, what in bits
        if value is not None
    ]
    if beside.severity_shown is not None:
        said.append(
            "That more than what must be shown is there was tested with a severity of "
            f"{amount(beside.severity_shown)} (0 to 1)."
        )
    if beside.power is not None and beside.exaggeration is not None:
        said.append(
            "Were the effect just the smallest that matters, the base analysis would show one in "
            f"{100 * beside.power:.0f} % of cases, on average {amount(beside.exaggeration)} times too large"
            f", with the wrong sign in {100 * (beside.wrong_sign or 0.0):.0f} % of them."
        )
    said += [
        f"Probability under a flat prior, {region.says}: {100 * region.probability:.0f} %."
        for region in beside.posterior
    ]
    return _folded("Beside the verdict, never deciding", said)


def _standards(verdict: Verdict) -> str:
    """Scores on published standards, folded away."""
    said = [f"{one.name}: {one.score} ({one.rule})." for one in verdict.standards]
    return _folded("Standards of evidence", said)


def _folded(summary: str, said: list[str]) -> str:
    if not said:
        return ""
    items = "".join(f"<li>{escape(sentence)}</li>" for sentence in said)
    # High enough to be hit by an unsteady finger.
    return f"<details style='margin-bottom:1em'><summary style='padding:.4em 0'>{summary}</summary><ul>{items}</ul></details>"


def counts_html(n: int, counts: Mapping[str, int], origin: str) -> str:
    """How many claims of a portfolio have each status, as a card."""
    rows = "".join(
        f"<tr><th scope='row' style='text-align:left;overflow-wrap:normal'><span aria-hidden='true'>{icon}</span> {mark}</th>"
        f"<td style='text-align:left'>{what}</td><td style='text-align:right'>{count:,}</td>"
        f"<td style='text-align:right'>{share}</td></tr>"
        for icon, mark, what, count, share in _counted(n, counts)
    )
    heads = "".join(
        f"<th scope='col' style='text-align:{side}'>{head}</th>"
        for head, side in (("Verdict", "left"), ("What it says", "left"), ("Claims", "right"), ("Share", "right"))
    )  # fmt: skip
    return (
        "<section style='border:1px solid currentColor;border-radius:6px;padding:0 1em .6em;max-width:60em;overflow-wrap:anywhere'>"
        f"<h3>Portfolio of {n:,} claim{'' if n == 1 else 's'}</h3>"
        "<table><caption style='text-align:left'>What became of them</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
        f'<p>Kept in {escape(origin)}. write_portfolio(portfolio, "portfolio.html") makes a page of every claim.</p></section>'
    )


def counts_text(n: int, counts: Mapping[str, int], origin: str) -> str:
    """The same as plain text."""
    told = [f"Portfolio of {n:,} claim{'' if n == 1 else 's'}, kept in {origin}"]
    told += [
        f"  {icon} {mark:<18}{count:>9,}{share:>6}  {what}"
        for icon, mark, what, count, share in _counted(n, counts)
    ]
    return "\n".join(told)


def _counted(n: int, counts: Mapping[str, int]) -> list[tuple[str, str, str, int, str]]:
    """Icon, mark, plain words, number and share of each status that there is, best first."""
    known: list[Status] = [status for status in MARKS if counts.get(status)]
    rows: list[tuple[str, str, str, int]] = [
        (ICONS[s], MARKS[s], PLAIN[s], counts[s]) for s in known
    ]
    if failed := counts.get("failed"):
        rows.append(("!", "failed", "An error; the column error of tidy() says which.", failed))
    return [(*row, f"{100 * row[3] / n:.0f} %") for row in rows]
