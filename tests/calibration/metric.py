"""How well a picked metric can be told from one fixed beforehand: the frontier, by integration.

    python -m tests.calibration.metric > docs/calibration/metric.md

Of K metrics that moved by chance the one with the largest |t| is claimed, said to be better that
way. A rule calls the claimed metric picked where it is the best of all and its step-down p-value
lies in a given range. Hits are then the length of the range, whatever K. Against them stand claims
whose metric was fixed beforehand, with a true effect of θ standard errors on that metric alone.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr

from innoeval.records.freeze import Floats

K = 12
STEP = 0.0005
T = np.arange(0, 12, STEP)
#: True effects in standard errors of the estimate.
EFFECTS = np.arange(0, 8, 0.05)
SHOWN = (0.0, 1.0, 2.0, 3.0, 4.0, 6.0)
#: The rule of the check: 2.5 % and 3 % for each of the 23 looks at metrics either way.
OURS = (0.025, 0.025 + 0.03 * (2 * K - 1))

SAID = """\
No rule does better. Of claims of one true size those speak most for picking that are the best by little
(the ratio of likelihoods falls with t), and the lower rows ask for that: so with false alarms of at most
5 % at every true effect no more than 38 % of picked metrics can be seen, and only such as show nothing
anyhow. The check keeps false alarms at 3 % where nothing changed, and near none where an announced effect
is plain. A modest true effect on a metric that was fixed beforehand, among twelve, and not on record looks
like the best of many, and is called so in up to two fifths of the cases. The cost is width: the verdict then
rests on the hull with the interval that holds for all metrics at once. Registration settles it."""


def false_alarms(low: float, high: float, effects: Floats) -> Floats:
    """Share of claims fixed beforehand that a rule calls picked, at each true effect."""
    inside = 2 * ndtr(T) - 1
    adjusted = 1 - inside**K
    flagged = (adjusted > low) & (adjusted <= high)
    density = np.exp(-((T - effects[:, None]) ** 2) / 2) / np.sqrt(2 * np.pi)
    return np.asarray((density * inside ** (K - 1) * flagged).sum(axis=1) * STEP)


def main() -> None:
    """Print the page."""
    print("# A picked metric: what can be told, and what cannot\n")
    print("Made by `python -m tests.calibration.metric`, by numerical integration.\n")
    print((__doc__ or "").split("\n\n", 2)[2].strip() + "\n")
    print(
        f"K = {K} independent metrics, all with the same precision; all figures are percentages.\n"
    )
    heads = " | ".join(f"θ = {effect:g}" for effect in SHOWN)
    print(f"| p-values called picked | best of {K} seen | {heads} | worst θ |")
    print("|---|---|" + "---|" * (len(SHOWN) + 1))
    rules = [OURS, (0.05, 1.0), (0.2, 1.0), (0.4, 1.0), (0.62, 1.0), (0.8, 1.0)]
    for low, high in rules:
        found = false_alarms(low, high, np.array(SHOWN))
        everywhere = false_alarms(low, high, EFFECTS)
        cells = " | ".join(f"{100 * share:.1f}" for share in found)
        worst = f"{100 * everywhere.max():.1f} at {EFFECTS[everywhere.argmax()]:.1f}"
        mark = " (the check)" if (low, high) == OURS else ""
        print(f"| {low:.3g} to {high:.3g}{mark} | {100 * (high - low):.0f} | {cells} | {worst} |")
    print(f"\n{SAID}")


if __name__ == "__main__":
    main()
