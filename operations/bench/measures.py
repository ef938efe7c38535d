"""What a bench says of its runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log
from statistics import linear_regression, median

from operations.console import Console


@dataclass(frozen=True)
class Comparison:
    """The same work done in two ways, in turns."""

    ours: Sequence[float]
    """Seconds of each run."""
    anchor: Sequence[float]

    @property
    def ratio(self) -> float:
        """The anchor's cost over ours: above 1 we are ahead."""
        return median(self.anchor) / median(self.ours)

    def as_json(self, *, digits: int = 4) -> dict[str, object]:
        """Medians, their ratio, and how far the runs lie apart; `digits` after the comma of a second."""
        return {
            "ours": round(median(self.ours), digits),
            "anchor": round(median(self.anchor), digits),
            "ratio": round(self.ratio, 3),
            "runs": len(self.ours),
            "spread": {"ours": spread(self.ours), "anchor": spread(self.anchor)},
            "seconds": {
                "ours": [round(s, digits) for s in self.ours],
                "anchor": [round(s, digits) for s in self.anchor],
            },
        }


def say_comparison(console: Console, before: str, anchor: str, found: Comparison, *, digits: int = 2) -> None:
    """One line for a person."""
    console.say(
        f"{before}ours {median(found.ours):.{digits}f} s (spread {spread(found.ours):.0%}), {anchor} "
        f"{median(found.anchor):.{digits}f} s (spread {spread(found.anchor):.0%}), {len(found.ours)} runs: "
        f"ratio {found.ratio:.2f}"
    )


def spread(runs: Sequence[float]) -> float:
    """From the best run to the worst, as a part of the median."""
    return round((max(runs) - min(runs)) / median(runs), 3)


def exponent(cost: Mapping[float, float]) -> float:
    """The k of cost ~ size^k: the slope of the least-squares line through the logarithms."""
    return linear_regression([log(size) for size in cost], [log(seconds) for seconds in cost.values()]).slope
