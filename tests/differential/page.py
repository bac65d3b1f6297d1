"""The table of agreements and explained differences."""

from __future__ import annotations

import pandas as pd
from tests.differential.run import EXPLAINED

HEAD = """# Beside other libraries

Random panels (by seed: balanced and unbalanced, missing cells, units that leave early, weights, ties)
asked of innoeval and of other libraries. A gap is |ours − theirs| as a share of the larger of both and 1.
Printed by `python -m tests.differential --panels {panels} --first {first}`; {versions}.

**{panels:,} panels, {answers:,} numbers compared with {peers} peers: {agree:,} agree to the tolerance, {explained:,} are
differences of definition that are explained below, {open} are not explained.** {unanswered:,} numbers a peer did not give.

| question | panels | peer | number | compared | agree | largest gap | tolerance | under which convention |
|---|--:|---|---|--:|--:|--:|--:|---|
"""


def page(found: pd.DataFrame, panels: int, first: int, versions: str) -> str:
    """Markdown of a run."""
    answered = found[found["gap"].notna()]
    defined = answered["convention"].str.startswith(EXPLAINED)
    compared = answered[~defined]
    rows = []
    for (question, peer, what), part in answered.groupby(["question", "peer", "what"], sort=False):
        convention = next((c for c in part["convention"] if c), "")
        rows.append(
            f"| {question} | {part['seed'].nunique():,} | {peer} | {what} | {len(part):,} | "
            f"{int(part['agrees'].sum()):,} | {part['gap'].max():.0e} | {part['tolerance'].max():.0e} | "
            f"{convention.removeprefix(EXPLAINED)} |"
        )
    text = HEAD.format(
        panels=panels, first=first, versions=versions, answers=len(answered),
        peers=answered["peer"].nunique(), agree=int(compared["agrees"].sum()),
        explained=int(defined.sum()), open=int((~compared["agrees"]).sum()),
        unanswered=int(found["gap"].isna().sum()),
    )  # fmt: skip
    return text + "\n".join(rows) + "\n"


def unexplained(found: pd.DataFrame) -> pd.DataFrame:
    """Rows that do not agree and have no explanation."""
    answered = found[found["gap"].notna()]
    return answered[~answered["agrees"]]
