# SPDX-License-Identifier: Apache-2.0
"""What was measured: samples under their names, medians, ratios of what was taken together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, NamedTuple


class Name(NamedTuple):
    """Name of a figure.

    ``group`` says what is measured, ``subject`` on whom (a way, a scenario), ``parameter`` under
    which condition (``"16 B"``, ``"1000 messages"``, ``""``), ``unit`` in what.
    """

    group: str
    simulator: str
    subject: str
    parameter: str
    unit: str


@dataclass(frozen=True)
class Ratio:
    """``name`` is how many times more ``above`` is than ``below``, repetition by repetition."""

    name: str
    above: Name
    below: Name
    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """Return the median of the ratios of samples that were taken one after the other.

        A machine that slows down between repetitions changes both samples of a pair, and the ratio
        of medians would mix pairs.
        """
        return median(self.samples)


class Figures:
    """Samples by name, in the order in which the names came up.

    A figure is sampled once a repetition, from the first one on; what takes very long not in all.
    """

    def __init__(self) -> None:
        self._samples: dict[Name, list[float]] = {}

    @property
    def most(self) -> int:
        """Return how many samples the figures with the most have; 0 when there are none."""
        return max(map(len, self._samples.values()), default=0)

    def add(self, name: Name, value: float) -> None:
        """Take one sample."""
        self._samples.setdefault(name, []).append(value)

    def __contains__(self, name: Name) -> bool:
        return name in self._samples

    def names(self, group: str = "", simulator: str = "") -> Iterator[Name]:
        """Yield the names of a group and a simulator (empty: all)."""
        for name in self._samples:
            if group in ("", name.group) and simulator in ("", name.simulator):
                yield name

    def samples(self, name: Name) -> list[float]:
        """Return the raw samples of a figure."""
        return self._samples[name]

    def median(self, name: Name) -> float:
        """Return the median of a figure; raise KeyError when it was not measured."""
        return median(self._samples[name])

    def ratio(self, name: str, above: Name, below: Name) -> Ratio:
        """Return the ratio of two figures that were sampled side by side.

        Where one has more samples, those of later repetitions have no partner and are left out.
        Raises ValueError when one has none, or a sample below is 0.
        """
        pairs = (self._samples.get(above, []), self._samples.get(below, []))
        return Ratio(name, above, below, paired_ratios(*pairs))

    def plain(self) -> list[dict[str, Any]]:
        """Return all figures as JSON objects."""
        return [
            {**name._asdict(), "median": median(values), "samples": values}
            for name, values in self._samples.items()
        ]


def paired_ratios(above: Sequence[float], below: Sequence[float]) -> tuple[float, ...]:
    """Divide sample by sample, those that have a partner."""
    if not above or not below:
        raise ValueError(
            "a ratio needs at least one sample above and below, "
            f"found {len(above)} and {len(below)}"
        )
    if 0 in below:
        raise ValueError("a ratio needs samples below that are not 0")
    return tuple(a / b for a, b in zip(above, below, strict=False))
