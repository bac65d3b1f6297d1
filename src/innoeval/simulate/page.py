"""The page beside the sample: what was announced, and what really happened."""

from __future__ import annotations

from innoeval.records.claim import Claim
from innoeval.simulate.northbridge import services
from innoeval.simulate.truth import Truth

_HEAD = """\
# The sample: Northbridge, an invented city

Six services of a city that does not exist, {n_claims} announced improvements, and the truth beside
them. Nothing in it was measured anywhere: draw no conclusion about real services from it.

    python -m innoeval.simulate data/sample --page docs/sample.md

writes `data/sample/` and this page anew, byte for byte.

| file | what it holds |
|---|---|
| `claims.csv` | the register: what was announced, where, from when on, how large |
| `panels.yaml` | each panel: its file, its claims, and the roles of its columns |
{services}
| `truth.csv` | what really happened, and which verdicts are honest |

In `truth.csv`, `effect` is the average improvement that the innovation made in the treated units
after the launch, in the units of the outcome (shares from 0 to 1), `relative` the same as a share of
what they would have had without it, and `size` what was announced, in the same units. `allowed` lists
every verdict that an honest judge may give on these data: the truth must not contradict it, and the
data must be able to carry it. A verdict outside that list is an error of the judge.
"""


def page() -> str:
    """The sample's page as Markdown.

    Examples
    --------
    >>> page().splitlines()[0]
    '# The sample: Northbridge, an invented city'
    """
    every = services()
    n_claims = sum(len(service.claims) for service in every)
    listed = "\n".join(
        f"| `{s.name}.csv` | {len(s.units)} {_plural(s.unit, len(s.units))}, {s.n_periods} "
        f"{s.period}s from {s.first}: {', '.join(f'`{name}`' for name in s.columns)} |"
        for s in every
    )
    parts = [_HEAD.format(n_claims=n_claims, services=listed)]
    for service in every:
        parts.append(f"## {service.title}\n\n{service.about}\n")
        parts += [_told(c, t) for c, t in zip(service.claims, service.truths, strict=True)]
    return "\n".join(parts)


def _told(claim: Claim, truth: Truth) -> str:
    units = claim.units
    where = ", ".join(units) if len(units) <= 3 else f"{len(units)} units"
    allowed = " or ".join(f"`{status}`" for status in truth.allowed)
    return (
        f"### {claim.id}\n\n"
        f"{claim.innovation}; {where}, from {next(iter(claim.treated.values()))}.\n\n"
        f"> {claim.statement} ({claim.source})\n\n"
        f"- Announced: {_announced(claim)}\n"
        f"- Truth: {_true(claim, truth)}. {truth.why}\n"
        f"- Fault: `{truth.fault}`\n"
        f"- An honest judge says: {allowed}\n"
    )


def _announced(claim: Claim) -> str:
    return f"`{claim.outcome}` {claim.better} by {_amount(claim.size or 0.0, claim)}"


def _true(claim: Claim, truth: Truth) -> str:
    """The true effect on the claim's scale."""
    scaled = {"relative": truth.relative, "percentage_points": 100 * truth.effect}
    effect = scaled.get(claim.scale, truth.effect)
    if effect == 0:
        return "no change"
    way = "better" if effect > 0 else "worse"
    return f"{way} by {_amount(abs(effect), claim)}"


def _amount(size: float, claim: Claim) -> str:
    match claim.scale:
        case "relative":
            return f"{100 * size:.3g} %"
        case "percentage_points":
            return f"{size:.3g} percentage points"
        case _:
            return f"{size:.3g}"


def _plural(word: str, n: int) -> str:
    if n == 1:
        return word
    return f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
