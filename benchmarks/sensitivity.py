"""Honest intervals beside diff-diff and moderndid: `python -m benchmarks.sensitivity`."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine

M_RELATIVE = [0.5, 1.0, 1.5, 2.0, 2.5]
M_SMOOTH = [0.0, 0.01, 0.02, 0.03, 0.05]
SEED = 20260301


def event_study(n_pre: int, n_post: int) -> tuple[object, ie.sensitivity.EventCoefficients]:
    """diff-diff's event study of a drawn panel, and the same numbers for us."""
    import diff_diff

    rng = np.random.default_rng(SEED)
    units, periods = 80, n_pre + n_post + 1
    treated = np.arange(units) < units // 2
    y = rng.standard_normal((units, periods)) * 0.3 + rng.standard_normal((units, 1))
    y[np.ix_(treated, np.arange(periods) > n_pre)] += 0.8
    frame = pd.DataFrame({
        "unit": np.repeat(np.arange(units), periods), "t": np.tile(np.arange(periods), units),
        "y": y.ravel(), "d": np.repeat(treated.astype(int), periods),
    })  # fmt: skip
    found = diff_diff.MultiPeriodDiD(cluster="unit").fit(
        frame, outcome="y", treatment="d", time="t", unit="unit", reference_period=n_pre,
        post_periods=list(range(n_pre + 1, periods)),
    )  # fmt: skip
    places = list(found.interaction_indices.values())
    study = ie.sensitivity.EventCoefficients(
        event_time=[int(t) - n_pre - 1 for t in found.interaction_indices],
        coefficient=[effect.effect for effect in found.period_effects.values()],
        covariance=found.vcov[np.ix_(places, places)],
    )
    return found, study


def moderndid_job(study: ie.sensitivity.EventCoefficients) -> Callable[[], object] | None:
    """Five C-LF intervals of the average effect; None where moderndid is not installed."""
    try:
        from moderndid.didhonest.sensitivity import create_sensitivity_results_rm
    except ImportError:
        return None
    n_post = len(study.event_time) - study.n_pre
    return lambda: create_sensitivity_results_rm(
        study.coefficient, study.covariance, study.n_pre, n_post, m_bar_vec=M_RELATIVE,
        l_vec=np.full((n_post, 1), 1 / n_post),
    )  # fmt: skip


def row(what: str, ours: float, peer: str, theirs: float) -> str:
    """One row of the table."""
    return f"| {what} | {ours * 1000:.1f} ms | {peer} | {theirs:.3g} s | {theirs / ours:,.0f} × |"


def main() -> None:
    """Print the table."""
    import diff_diff

    warnings.simplefilter("ignore")
    lines = [
        "# Honest intervals: speed and memory",
        "",
        "Written by `python -m benchmarks --write sensitivity`; do not edit by hand.",
        "",
        (
            "Event studies of 80 units; the average effect over all later periods. Medians of process "
            "time, the libraries in turns. Ours includes the breakdown value; theirs has none."
        ),
        "",
        "| what | innoeval | peer | peer's time | ratio |",
        "|---|---:|---|---:|---:|",
    ]
    for n_pre, n_post in ((5, 2), (10, 8)):
        found, study = event_study(n_pre, n_post)
        size = f"{n_pre} earlier and {n_post} later periods"
        ours = in_turns({
            "relative": lambda s=study: ie.sensitivity.relative_magnitudes(s, m=M_RELATIVE),
            "smooth": lambda s=study: ie.sensitivity.smoothness(s, m=M_SMOOTH),
        }, rounds=7)  # fmt: skip
        jobs = {
            "diff-diff": lambda r=found: [
                diff_diff.HonestDiD(method="smoothness", M=m).fit(r) for m in M_SMOOTH
            ]
        }
        times = in_turns(jobs, rounds=1)
        what = f"smoothness, five M, {size}"
        lines.append(row(what, ours["smooth"], "diff-diff", times["diff-diff"]))
        what = f"relative magnitudes (C-LF), five M̄, {size}"
        slow = moderndid_job(study) if n_post <= 2 else None
        if slow is None:
            lines.append(f"| {what} | {ours['relative'] * 1000:.1f} ms | | | |")
        else:
            once = in_turns({"moderndid": slow}, rounds=1)["moderndid"]
            lines.append(row(what, ours["relative"], "moderndid", once))
    memory = added_memory(
        "import numpy as np, innoeval as ie\n"
        "study = ie.sensitivity.EventCoefficients(event_time=[*range(-11, -1), *range(8)], "
        "coefficient=np.ones(18), covariance=np.eye(18))",
        "ie.sensitivity.relative_magnitudes(study, m=[.5, 1, 1.5, 2, 2.5])\n"
        "ie.sensitivity.smoothness(study, m=[0, .01, .02, .03, .05])",
    )
    lines += [
        "",
        (
            f"Both verbs at 10 + 8 periods add {memory:.0f} MB to the peak memory of a process "
            "(libraries that they load included)."
        ),
        (
            "diff-diff's relative magnitudes are the identified set widened by a normal quantile, another "
            "interval, so they are not compared. moderndid's are timed once, at the "
            "smaller size: they take minutes at the larger one."
        ),
        "",
        machine(),
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
