"""What became of a published verdict when it was computed again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from innoeval.records.evaluation import Evaluation

#: What a difference is about.
Matter = Literal[
    "record", "claim", "data", "policy", "design", "verdict", "numbers", "checks", "version"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing in which a published evaluation and its recomputation differ.

    Parameters
    ----------
    about
        What differs.
    says
        One plain sentence.
    breaks
        Whether the published verdict cannot stand because of it. A newer library does not break it,
        nor does a check that was not asked then.
    """

    about: Matter
    says: str
    breaks: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A published evaluation beside its recomputation, and whether it stands.

    Parameters
    ----------
    published
        The evaluation as it was published.
    recomputed
        The same claim, judged anew by the same policy; None where the panel does not fit it.
    differences
        Everything in which they differ, what breaks the verdict first.
    """

    published: Evaluation
    recomputed: Evaluation | None
    differences: tuple[Difference, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether data, policy, numbers and verdict are those that were published."""
        return self.recomputed is not None and not any(d.breaks for d in self.differences)

    @property
    def answer(self) -> str:
        """The result in one sentence."""
        claim, verdict = self.published.claim, self.published.verdict
        told = f"The published verdict on '{claim.id}' ({verdict.mark}: {verdict.status})"
        if self.stands:
            return f"{told} stands: the same data, thresholds, numbers and verdict."
        broken = dict.fromkeys(d.about for d in self.differences if d.breaks)
        return f"{told} does not stand: {', '.join(broken)} changed."

    def __str__(self) -> str:
        lines = (f"  - {d.says}" for d in self.differences)
        return "\n".join((self.answer, *lines))
