"""A person's answers to the questions of a standard, kept beside the proposed ones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from innoeval.errors import InnoevalError, nearest
from innoeval.records import Evaluation

#: Answers that ROBINS-I knows: yes, probably yes, probably no, no, no information, not applicable.
ROBINS_ANSWERS = ("Y", "PY", "PN", "N", "NI", "NA")


def assess(
    evaluation: Evaluation, answers: Mapping[str, str], *, standard: str = "ROBINS-I"
) -> Evaluation:
    """The evaluation with an assessor's own answers; the verdict stays what it is.

    The form to be answered is `ev.verdict.standard("ROBINS-I").tidy()`: question, evidence,
    proposed answer, and room for the assessor's. In a saved evaluation the same answers can be
    written into the JSON, as `assessor` of each item.

    Parameters
    ----------
    evaluation
        What was found.
    answers
        Number of the question (or its wording, where it has no number) -> answer; "" takes one back.
    standard
        Beginning of the standard's name.

    Raises
    ------
    InnoevalError
        Naming a standard or question that is not there, or an answer that the standard does not know.

    Examples
    --------
    >>> from innoeval import simulate
    >>> from innoeval.evaluate import evaluate
    >>> case = simulate.draw(seed=1, n_units=12, n_treated=6)
    >>> ev = assess(evaluate(case.claim, case.panel), {"4.4": "PY"})
    >>> form = ev.verdict.standard("ROBINS-I").tidy()
    >>> form.loc[form["number"] == "4.4", ["proposed", "assessor"]].to_numpy().tolist()
    [['NI', 'PY']]
    """
    found = evaluation.verdict.standard(standard)
    if found is None or not found.items:
        named = [one.name for one in evaluation.verdict.standards if one.items]
        raise InnoevalError(
            f"assess: this evaluation has no questions of '{standard}'; "
            f"{nearest(standard, named, 'it has', most=8)}"
        )
    keys = [item.number or item.question for item in found.items]
    for key, answer in answers.items():
        if key not in keys:
            raise InnoevalError(
                f"assess: {found.name} has no question '{key}'; {nearest(key, keys, 'it has', most=8)}"
            )
        if found.name.startswith("ROBINS-I") and answer and answer not in ROBINS_ANSWERS:
            raise InnoevalError(
                f"assess: '{answer}' is no answer of ROBINS-I; write one of {', '.join(ROBINS_ANSWERS)}"
            )
    items = tuple(
        replace(item, assessor=answers.get(key, item.assessor))
        for key, item in zip(keys, found.items, strict=True)
    )
    standards = tuple(
        replace(one, items=items) if one is found else one for one in evaluation.verdict.standards
    )
    return replace(evaluation, verdict=replace(evaluation.verdict, standards=standards))
