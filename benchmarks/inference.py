"""Bootstrap and randomisation beside diff-diff's: `python -m benchmarks.inference`."""

from __future__ import annotations

import warnings
from itertools import count

import numpy as np
import pandas as pd

import innoeval as ie
from benchmarks.measure import added_memory, in_turns, machine
from innoeval.designs import DifferenceInDifferences
from innoeval.inference import CR2, Clustered, Randomization
from innoeval.stats.bootstrap import wild_cluster
from innoeval.stats.randomization import assignments, randomise

SEED = 20260301
BEFORE = """
import warnings; warnings.simplefilter("ignore")
import benchmarks.inference as b, innoeval as ie, diff_diff, scipy.special
from innoeval.stats.bootstrap import wild_cluster
"""


def clusters(periods: int, per_cluster: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Regressors of a 2 × 2, outcomes and codes of 12 clusters, half of them treated."""
    rng = np.random.default_rng(SEED)
    n = 12 * per_cluster * periods
    codes = np.repeat(np.arange(12), per_cluster * periods)
    treated, post = (codes < 6) * 1.0, (np.arange(n) % periods >= periods // 2) * 1.0
    X = np.column_stack([np.ones(n), treated, post, treated * post])
    y = rng.standard_normal(n) + rng.standard_normal(12)[codes] * (1 + post) + 0.5 * treated * post
    return X, y, codes


def wild(periods: int, per_cluster: int, weights: str, rounds: int) -> dict[str, float]:
    """9,999 draws with their interval, of ours and of diff-diff's."""
    from diff_diff.utils import wild_bootstrap_se

    X, y, codes = clusters(periods, per_cluster)
    return in_turns(
        {
            "innoeval": lambda: wild_cluster(X, y, codes, 3, draws=9999, weights=weights, seed=1),
            "diff-diff": lambda: wild_bootstrap_se(
                X, y, y, codes, 3, n_bootstrap=9999, weight_type=weights, seed=1
            ),
        },
        rounds,
    )


def drawn(n: int, periods: int, n_treated: int) -> pd.DataFrame:
    """Long unsorted frame with text units; the first are treated from half-way on."""
    rng = np.random.default_rng(SEED)
    y = rng.standard_normal((n, 1)) + rng.standard_normal(periods)
    y = y + rng.standard_normal((n, periods))
    frame = pd.DataFrame({
        "unit": np.repeat([f"unit {i:06d}" for i in range(n)], periods),
        "period": np.tile(np.arange(periods), n), "y": y.ravel(),
        "treated": np.repeat((np.arange(n) < n_treated).astype(int), periods),
        "post": np.tile((np.arange(periods) >= periods // 2).astype(int), n),
    })  # fmt: skip
    return frame.sample(frac=1, random_state=1).reset_index(drop=True)


def read(frame: pd.DataFrame) -> tuple[ie.Panel, ie.Claim]:
    """Panel and claim from the long frame."""
    panel = ie.Panel(
        frame=frame[["unit", "period", "y"]], unit="unit", period="period", freq="integer",
        outcomes=("y",),
    )  # fmt: skip
    treated = frame.loc[frame["treated"] == 1, "unit"].unique().tolist()
    start = str(frame.loc[frame["post"] == 1, "period"].min())
    claim = ie.Claim(id="c", innovation="i", outcome="y", better="higher", treated=treated,
                     start=start, size=1.0, scale="absolute")  # fmt: skip
    return panel, claim


def permutations(n_treated: int, rounds: int) -> dict[str, float]:
    """999 permutations at 30 × 48, from the frame, from a panel that is read, from arrays."""
    from diff_diff import permutation_test

    frame = drawn(30, 48, n_treated)
    ready = read(frame)
    # Choices of units are kept between questions of one design: a new seed draws them anew.
    seeds = count(1)
    outcomes = ready[0].matrix("y")
    treated = ready[0].rows(ready[1].units)
    changes = outcomes[:, 24:].mean(axis=1, keepdims=True) - outcomes[:, :24].mean(axis=1)[:, None]
    return in_turns(
        {
            "frame": lambda: DifferenceInDifferences().fit(
                *read(frame), inference=Randomization(draws=999, seed=next(seeds))
            ),
            "panel": lambda: DifferenceInDifferences().fit(
                *ready, inference=Randomization(draws=999, seed=next(seeds))
            ),
            "arrays": lambda: randomise(changes, assignments(treated, 999, next(seeds)), 0.95),
            "diff-diff": lambda: permutation_test(
                frame, "y", "treated", "post", "unit", n_permutations=999, seed=1
            ),
        },
        rounds,
    )


def errors(rounds: int) -> dict[str, float]:
    """One fit of 2,000 × 24 with the errors of each kind, the panel read beforehand."""
    ready = read(drawn(2000, 24, 500))
    design = DifferenceInDifferences()
    return in_turns(
        {
            "CR2": lambda: design.fit(*ready, inference=CR2()),
            "Clustered": lambda: design.fit(*ready, inference=Clustered()),
            "chosen": lambda: design.fit(*ready),
        },
        rounds,
    )


def main() -> None:
    """Print the tables."""
    warnings.simplefilter("ignore")
    lines = [
        "# Inference: speed and memory",
        "",
        "Written by `python -m benchmarks --write inference`; do not edit by hand.",
        "",
        (
            "Medians of process time, the libraries in turns. The wild cluster bootstrap imposes the "
            "hypothesis, and includes the interval by inversion in both libraries; of 12 clusters "
            "there are 4,096 sign patterns, which both list instead of drawing 9,999."
        ),
        "",
        "| wild cluster bootstrap, 12 clusters, 9,999 draws | innoeval | diff-diff | ratio |",
        "|---|---:|---:|---:|",
    ]
    for periods, per_cluster, weights, rounds in (
        (12, 1, "rademacher", 15), (12, 1, "webb", 9), (24, 10, "rademacher", 7),
        (24, 10, "webb", 3),
    ):  # fmt: skip
        took = wild(periods, per_cluster, weights, rounds)
        lines.append(
            f"| {12 * periods * per_cluster:,} rows, {weights.capitalize()} | "
            f"{1000 * took['innoeval']:.1f} ms | {1000 * took['diff-diff']:,.1f} ms | "
            f"{took['diff-diff'] / took['innoeval']:.0f} × |"
        )
    lines += [
        "",
        (
            "Randomisation: ours gives p-value and inverted interval of the overall effect and of each of "
            "24 event times, each choice measured by its own noise, and looks for a bad spell before the "
            "start; diff-diff refits the overall effect and gives its p-value."
        ),
        "",
        (
            "| 999 permutations at 30 × 48 | from the frame | with the panel read | arrays, one effect "
            "| diff-diff | ratio, frame | ratio, panel | ratio, arrays |"
        ),
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for n_treated in (3, 10):
        took = permutations(n_treated, 5)
        peer = took["diff-diff"]
        lines.append(
            f"| {n_treated} treated | {1000 * took['frame']:.1f} ms | {1000 * took['panel']:.1f} ms | "
            f"{1000 * took['arrays']:.2f} ms | {peer:.2f} s | {peer / took['frame']:,.0f} × | "
            f"{peer / took['panel']:,.0f} × | {peer / took['arrays']:,.0f} × |"
        )
    took = errors(7)
    job = "wild_cluster(*b.clusters(24, 10), 3, draws=9999, weights='webb')"
    theirs = (
        "X, y, c = b.clusters(24, 10); "
        "diff_diff.utils.wild_bootstrap_se(X, y, y, c, 3, n_bootstrap=9999, weight_type='webb')"
    )
    lines += [
        "",
        (
            f"A fit of 2,000 × 24 with its event times takes {1000 * took['chosen']:.0f} ms as chosen, "
            f"{1000 * took['Clustered']:.0f} ms with `Clustered()`, {1000 * took['CR2']:.0f} ms with `CR2()`."
        ),
        "",
        (
            "Peak memory that 9,999 Webb draws on 2,880 rows add to a process that has loaded the "
            f"libraries: innoeval {added_memory(BEFORE, job):.0f} MB, diff-diff "
            f"{added_memory(BEFORE, theirs):.0f} MB."
        ),
        "",
        machine(),
    ]
    print("\n".join(lines))


if __name__ == "__main__":
    main()
