"""How personal data are written where they must be spoken of: never."""

from collections.abc import Iterable

from ckanext.smartregion.quality.examination.personal.detecting import Kind, kinds

HIDDEN = "•••"
KINDS = tuple(kinds().values())


def masked(text: str) -> str:
    """The first and the last sign of a text; how long it is, is not told."""
    bare = text.strip()
    return f"{bare[0]}{HIDDEN}{bare[-1]}" if len(bare) > 2 else HIDDEN


def hidden(text: str, wanted: Iterable[Kind] = KINDS, label: str = "") -> str:
    """The text, masked as a whole if it holds personal data of these kinds, of any kind if none are given."""
    return masked(text) if any(kind.is_in(text, label) for kind in wanted) else text


def redacted(text: str) -> str:
    """A long text, such as a complaint for the log, with numbers and addresses of people taken out of it."""
    places = sorted(span for kind in KINDS for span in kind.find(text))
    for start, end in reversed(places):
        text = text[:start] + HIDDEN + text[end:]
    return text
