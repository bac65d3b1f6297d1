"""TIDieR: how completely a claim describes its innovation."""

from __future__ import annotations

from innoeval.decide.standards.evidence import Evidence
from innoeval.records.verdict import Item, Standard

_ABSENT = "not in the record"
#: Items that a claim has no field for.
_NO_FIELD = {
    "3": "What materials does it use?",
    "4": "What is done, step by step?",
    "5": "Who provides it?",
    "6": "How is it delivered?",
    "9": "Is it tailored?",
    "11": "How was delivery to be kept to plan?",
    "12": "How far was it delivered as planned?",
}
_EMPTY = {
    number: Item(
        number=number, question=question, answer=_ABSENT, rule="A claim has no field for it."
    )
    for number, question in _NO_FIELD.items()
}


def tidier(evidence: Evidence) -> tuple[Standard, ...]:
    """The twelve items of the checklist, and where the claim's record answers them.

    References
    ----------
    Hoffmann, Glasziou, Boutron et al. (2014), BMJ 348:g1687, doi:10.1136/bmj.g1687.
    """
    claim = evidence.claim
    told = {
        "1": _said("1", "What is it called?", claim.innovation, "innovation"),
        "2": _said("2", "Why should it work?", claim.statement, "statement", partly=True),
        "7": _said("7", "Where?", ", ".join(claim.units[:3]), "treated", partly=True),
        "8": _said("8", "When, and how much?", next(iter(claim.treated.values())), "treated", partly=True),
        "10": _said("10", "Was it modified on the way?", claim.version_of, "version_of"),
    }  # fmt: skip
    items = tuple(told.get(n) or _EMPTY[n] for n in map(str, range(1, 13)))
    found = sum(item.answer != _ABSENT for item in items)
    return (
        Standard(
            name="TIDieR completeness",
            score=f"{found} of 12",
            rule=f"{found} of the twelve items stand in the claim's record, in full or in part",
            items=items,
        ),
    )


def _said(number: str, question: str, value: str, field: str, *, partly: bool = False) -> Item:
    if not value:
        return Item(
            number=number, question=question, answer=_ABSENT, rule=f"The field {field} is empty."
        )
    shown = value if len(value) <= _LONG else f"{value[:_LONG]} …"
    return Item(
        number=number,
        question=question,
        answer="in part" if partly else "yes",
        rule=f"The field {field}: {shown}",
    )


_LONG = 80
