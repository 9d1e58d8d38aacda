"""Runs as a picture: one bar each, made of what became of its records. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

HEIGHT, WIDTH, GAP = 28, 7, 3
LEAST = 2  # what is there at all is seen
# From the bottom to the top; several outcomes share a colour.
LAYERS = {
    "same": ("unchanged", "linked"),
    "new": ("created", "updated"),
    "gone": ("missing", "withdrawn"),
    "held": ("held",),
    "failed": ("failed",),
}
Rectangle = dict[str, Any]


def bars(runs: Sequence[Mapping[str, Any]], slots: int = 10) -> list[dict[str, Any]]:
    """A bar per run, the newest at the right, as high as the largest of them: its place and its rectangles."""
    shown = runs[-slots:]
    most = max((sum(run["counts"].values()) for run in shown), default=0)
    first = slots - len(shown)
    return [
        {"run": run, "x": (first + place) * (WIDTH + GAP), "layers": _layers(run["counts"], most)}
        for place, run in enumerate(shown)
    ]


def width(slots: int = 10) -> int:
    """How wide the picture is."""
    return slots * (WIDTH + GAP) - GAP


def _layers(counts: Mapping[str, int], most: int) -> list[Rectangle]:
    numbers = {layer: sum(counts.get(outcome, 0) for outcome in outcomes) for layer, outcomes in LAYERS.items()}
    heights = {layer: max(LEAST, HEIGHT * number / most) for layer, number in numbers.items() if number}
    # Small layers are made visible at the cost of the tallest.
    if (over := sum(heights.values()) - HEIGHT) > 0:
        heights[max(heights, key=lambda layer: heights[layer])] -= over
    top, found = float(HEIGHT), []
    for layer, height in heights.items():
        top -= height
        found.append({"layer": layer, "y": round(top, 2), "height": round(height, 2)})
    return found


def shares(parts: Sequence[tuple[str, int]]) -> list[tuple[str, int, float]]:
    """Names and numbers, with the length of a bar for each: in per cent of the largest."""
    most = max((number for _, number in parts), default=0) or 1
    return [(name, number, round(100 * number / most, 1)) for name, number in parts]
