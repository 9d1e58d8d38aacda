"""The changes of the last days as a picture: one bar a day, made of what came, changed and went. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

HEIGHT, WIDTH, GAP = 96, 14, 6
LEAST = 2  # what is there at all is seen
LAYERS = {"Create": "new", "Update": "same", "Delete": "gone"}  # from the bottom to the top, with their colours

Counts = Mapping[tuple[dt.date, str], int]


def bars(counts: Counts, until: dt.date, days: int) -> list[dict[str, Any]]:
    """A bar per day up to ``until``: its day, place, numbers by kind of change, and rectangles."""
    shown = [until - dt.timedelta(days=ago) for ago in reversed(range(days))]
    numbers = [{kind: counts.get((day, kind), 0) for kind in LAYERS} for day in shown]
    most = max(sum(each.values()) for each in numbers) or 1
    return [
        {"day": day, "x": place * (WIDTH + GAP), "numbers": each, "layers": _layers(each, most)}
        for place, (day, each) in enumerate(zip(shown, numbers, strict=True))
    ]


def width(days: int) -> int:
    """How wide the picture is."""
    return days * (WIDTH + GAP) - GAP


def _layers(numbers: Mapping[str, int], most: int) -> list[dict[str, Any]]:
    heights = {kind: max(LEAST, HEIGHT * number / most) for kind, number in numbers.items() if number}
    if (over := sum(heights.values()) - HEIGHT) > 0:  # small layers are made visible at the cost of the tallest
        heights[max(heights, key=lambda kind: heights[kind])] -= over
    top, found = float(HEIGHT), []
    for kind, height in heights.items():
        top -= height
        found.append({"layer": LAYERS[kind], "y": round(top, 2), "height": round(height, 2)})
    return found
