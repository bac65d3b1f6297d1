"""Nesta's standards of evidence, levels 1 to 5."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.verdict import Item, Standard

_BEYOND = (
    Item(
        number="4",
        question="Do independent replications confirm it?",
        answer="not from one evaluation",
        rule="Evaluations of the same innovation by others would have to be put beside this one.",
    ),
    Item(
        number="5",
        question="Do manuals and systems make it work again elsewhere, at scale?",
        answer="not from one evaluation",
        rule="Nothing in a claim or a panel tells of them.",
    ),
)


def nesta(evidence: Evidence) -> tuple[Standard, ...]:
    """The highest level up to which every level is met; one evaluation ends at 3.

    1 an account of what is done and why it should matter, 2 data that show a positive change,
    3 its cause shown by a comparison group, 4 independent replication, 5 repeated at scale.

    References
    ----------
    Puttick & Ludlow (2013), Standards of Evidence: an approach that balances the need for evidence
    with innovation. Nesta.
    """
    if evidence.estimate is None:
        return ()
    better = evidence.estimate.improvement > 0
    caused = evidence.compared and evidence.improvement_shown
    items = (
        Item(
            number="1",
            question="Is there an account of what is done, and for what?",
            answer="yes",
            rule="The claim names the innovation and the outcome that it is to improve.",
        ),
        Item(
            number="2",
            question="Do data show a change for the better?",
            answer="yes" if better else "no",
            rule=f"The estimate lies {'above' if better else 'at or below'} no improvement.",
        ),
        Item(
            number="3",
            question="Is the cause shown by a comparison group?",
            answer="yes" if caused else "no",
            rule="An improvement is shown against comparison units, checks allowed for."
            if caused
            else "No improvement is shown against comparison units once checks are allowed for."
            if evidence.compared
            else "There are no comparison units.",
        ),
        *_BEYOND,
    )
    level = 3 if better and caused else 2 if better else 1
    met = items[level - 1]
    # Scores are printed with a full stop of their own.
    beyond = (
        items[level].rule.rstrip(".") if level < 3 else "Levels 4 and 5 take further evaluations"
    )
    return (
        Standard(
            name="Nesta standards of evidence",
            score=str(level),
            rule=f"{met.rule} {beyond}",
            items=items,
        ),
    )
