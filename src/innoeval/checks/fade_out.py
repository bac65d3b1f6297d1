"""Did the improvement last as long as the claim says?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, NamedTuple

import numpy as np

from innoeval.checks.base import Bias, Case, Measurement
from innoeval.designs.imitation import Imitating
from innoeval.records.assumption import Assumption
from innoeval.records.display import amount
from innoeval.records.estimate import Interval

#: Fewest periods since the start for thirds that mean something.
_FEWEST = 6


@dataclass(frozen=True, slots=True)
class FadeOut:
    """The last third of the time since the start against the first third.

    Null: the improvement in the last third is no smaller than in the first. The average over the
    claimed horizon, which decides, is not false where the improvement fades; but it will not go on.
    The bias is what the average shows beyond the last third; what is left is the improvement in the
    last third alone. With donors the gap between the treated unit and its imitation is compared
    with those of the donors that stand in for it.

    References
    ----------
    Bailey, Duncan, Odgers & Yu (2017), Journal of Research on Educational Effectiveness 10:7-39,
    doi:10.1080/19345747.2016.1232459.
    """

    name: ClassVar[str] = "fade_out"
    question: ClassVar[str] = "Did the improvement last?"
    probes: ClassVar[tuple[Assumption, ...]] = (Assumption.prespecified_window,)

    def measure(self, case: Case) -> Measurement:
        """Hold the thirds against each other."""
        kernel = case.kernel
        time = np.arange(len(kernel.series)) - kernel.launch
        horizon = len(kernel.series) - kernel.launch
        if horizon < _FEWEST:
            return Measurement(
                status="not_applicable",
                says=f"There are {horizon} periods since the start; {_FEWEST} are needed to see whether it lasts.",
            )
        first = (time >= 0) & (time < horizon // 3)
        last = time >= horizon - horizon // 3
        found = _among_donors(case, kernel, first, last) if isinstance(kernel, Imitating) else None
        found = found or _between(case, first, last)
        if found is None:
            return Measurement(
                status="not_applicable",
                says="Too many values are missing to see whether the improvement lasts.",
            )
        early, late = amount(found.early), amount(found.late)
        part = Bias(found.beyond, found.beyond_error)
        seen = f"The improvement was {early} in the first third of the time since the start and {late} in the last"
        if found.beyond + 1.645 * found.beyond_error < case.margin:
            return Measurement(
                status="clear",
                says=f"{seen}; a fading that could change the verdict is ruled out.",
                bias=part,
                statistic=found.drop / found.error if found.error > 0 else None,
                left=found.left,
            )
        return Measurement(
            status="cannot_tell",
            says=f"{seen}; that it fades is not ruled out.",
            says_problem=f"The improvement faded: it was {early} in the first third of the time since the start and {late} in the last.",
            p_value=found.p_value,
            bias=part,
            statistic=found.drop / found.error if found.error > 0 else None,
            left=found.left,
        )


class _Thirds(NamedTuple):
    """Improvement in the first and last third; their difference with its error and one-sided p."""

    early: float
    late: float
    drop: float
    error: float
    p_value: float
    beyond: float
    beyond_error: float
    left: Interval | None


def _between(case: Case, first: np.ndarray, last: np.ndarray) -> _Thirds | None:
    """By the kernel's own windows."""
    kernel = case.kernel
    past, since = np.arange(len(first)) < kernel.launch, np.arange(len(first)) >= kernel.launch
    before = np.stack([past, past, first, last])
    after = np.stack([first, last, last, since])
    found = kernel.effects(before, after, case.policy.level)
    if not np.isfinite(found.effect).all():
        return None
    early, late, change, beyond = (case.sign * found.effect).tolist()
    p_value = found.p_value[2] / 2 if change < 0 else 1 - found.p_value[2] / 2
    return _Thirds(
        early, late, -change, float(found.std_error[2]), float(p_value), beyond,
        float(found.std_error[3]), case.improvement(found, 1)[1],
    )  # fmt: skip


def _among_donors(
    case: Case, kernel: Imitating, first: np.ndarray, last: np.ndarray
) -> _Thirds | None:
    """By the rank of the gap's fall among those of the donors, each relative to its own misfit."""
    gaps = case.sign * kernel.gaps
    since = np.arange(gaps.shape[1]) >= kernel.launch
    early, late, mean = (np.nanmean(gaps[:, part], axis=1) for part in (first, last, since))
    scale = np.where(kernel.misfit > 0, kernel.misfit, np.nan)
    falls, beyond = early - late, mean - late
    relative = falls / scale
    known = np.isfinite(relative)
    if not known[0] or known.sum() < 3:
        return None
    others = relative[known][1:]
    rank = float((1 + (others >= relative[0]).sum()) / (1 + len(others)))
    error, beyond_error = (
        float(np.std((values / scale)[known][1:]) * scale[0]) for values in (falls, beyond)
    )
    return _Thirds(
        float(early[0]), float(late[0]), float(falls[0]), error, rank, float(beyond[0]),
        beyond_error, None,
    )  # fmt: skip
