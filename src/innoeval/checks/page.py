"""The page of all checks: `python -m innoeval.checks.page > docs/methods/checks.md`."""

from __future__ import annotations

import re
import sys
from inspect import getdoc

from innoeval.checks import CHECKS
from innoeval.checks.base import Check
from innoeval.records.gates import Gate
from innoeval.records.policy import Policy

_INTRODUCTION = """\
# Checks

Made by `python -m innoeval.checks.page > docs/methods/checks.md` from the checks and the default policy.

Every way in which a claim can be untrue though its numbers are real is a question. A check answers it with a status, in the
currency of the claim:

- **problem**: a violation is shown. A check that tests says so by its p-value, after a correction for all tests of the claim
  together ([0010](../decisions/0010-weighted-checks.md)); one that reads facts says so when it finds them.
- **clear**: a violation that is big enough to change the verdict is ruled out: the 90 % interval of the bias lies inside the
  smallest shift that would change it (two one-sided tests). "Not significant" is never clear.
- **cannot tell**: neither.
- **not applicable**: the check could not run; the sentence says why.

A finding tells the bias that the violation could have made, in outcome units (positive = it flatters the claim), its standard
error, the share of the claim that it could explain, and where somebody can say it the interval of the improvement that is
left. How often each check is wrong, and how often it sees its own fault, is [measured](../calibration/checks.md); what it
finds in published cases stands in the [gallery](../gallery.md).
"""

_DECISION = """\
## Which findings change a verdict

A finding changes a verdict only through the rule ([0005](../decisions/0005-gates.md)). All else lowers certainty, if it is a
problem and no note, or is told and nothing more.

**Fatal.** A problem that a check itself calls fatal makes the claim not evaluable: {fatal}.

**Gates.** A check lets a stressed analysis into the decision. Where a problem is shown the stressed interval *replaces* the
base one or *joins* it (the hull of both decides). Whatever is let in never raises the lower end: an analysis that takes over
because an assumption failed may cost a claim its support, and never lend it any. A stressed interval that cannot be given
has no ends, and the verdict is inconclusive.

| check | gives up that | stressed interval | on a shown problem | where it cannot tell | where it is clear |
|---|---|---|---|---|---|
"""

_UNSURE = {
    "joins": "joins",
    "if_known": "joins, if it is known",
    "if_doubtful": "joins, if a violation is likelier than not",
    "ignored": "stays out",
}

_FRAGILITY = """\
## Beside the checks

**The specification curve** (`innoeval.checks.specification_curve(claim, panel)`, drawn by
`innoeval.plots.specification_curve`) analyses a claim in every admissible way at once: transformations, earlier trends,
comparison units, averages, baselines and horizons, some 500 combinations in a few milliseconds. It tells which share of them
shows an improvement, which share would by itself support the claim, and where the announced number lies among them. It
never decides.

**What would change this verdict** (`Evaluation.flips`, printed in the technical part of a brief): the smallest bias, the trend
that amounts to it, the smallest shift of the start, and the unit without which the verdict would be another one.
"""


def page(policy: Policy = Policy()) -> str:
    """Text of the page in Markdown.

    Parameters
    ----------
    policy
        Whose gates and weights are printed.
    """
    weights = dict(policy.check_weights)
    lines = [_INTRODUCTION, "## All checks\n",
             "| check | question | answers by | probes | reference |", "|---|---|---|---|---|"]  # fmt: skip
    lines += [_row(check, weights) for check in CHECKS]
    fatal = ", ".join(f"`{name}`" for name in policy.fatal)
    lines += [
        "",
        _DECISION.format(fatal=fatal) + "\n".join(map(_gate, policy.gates)),
        "",
        _FRAGILITY,
    ]
    lines += ["## Each check\n", *(_told(check) for check in CHECKS)]
    return "\n".join(lines).rstrip() + "\n"


def _row(check: Check, weights: dict[str, float]) -> str:
    kind = f"a test of weight {weights[check.name]:g}" if check.name in weights else "facts"
    named = [assumption.value.replace("_", " ") for assumption in check.probes]
    probes = ", ".join(named) or "the announcement itself"
    found = re.findall(r"doi:(10\.\S+?)[.,;]?(?:\s|$)", getdoc(type(check)) or "")
    dois = ", ".join(f"[{doi}](https://doi.org/{doi.replace('(', '%28').replace(')', '%29').replace('<', '%3C').replace('>', '%3E')})"
                     for doi in found[:2])  # fmt: skip
    return f"| `{check.name}` | {check.question} | {kind} | {probes} | {dois or 'see below'} |"


def _gate(gate: Gate) -> str:
    return (
        f"| `{gate.check}` | {gate.relaxes.plain} | {gate.interval} | {gate.problem} | "
        f"{_UNSURE[gate.unsure]} | {_UNSURE[gate.clear]} |"
    )


def _told(check: Check) -> str:
    """Title and docstring of a check, as prose."""
    text = (getdoc(type(check)) or "").split("\nReferences\n")
    said = re.sub(r"\s+", " ", text[0]).strip()
    source = re.sub(r"\s+", " ", text[1].replace("----------", "")).strip() if len(text) > 1 else ""
    return f"### `{check.name}`: {check.question}\n\n{said}\n\n*{source}*\n"


if __name__ == "__main__":
    sys.stdout.write(page())
