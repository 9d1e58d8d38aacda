"""Personal data that were found, told as findings whose values are masked."""

from collections.abc import Callable, Collection, Mapping

from ckanext.smartregion.quality.examination.collecting import Collector
from ckanext.smartregion.quality.examination.layout import Layout
from ckanext.smartregion.quality.examination.personal.searching import Search, names_of
from ckanext.smartregion.quality.examination.reading import Record
from ckanext.smartregion.quality.examination.told import Told


def told_of_people(
    search: Search,
    found: Collector,
    layout: Layout,
    told: Told,
    records: Callable[[Collection[int]], Mapping[int, Record]],
) -> int:
    """Collect what the search has found; gives how many rows more than before break something that is no note.

    These rows then count as told, so that a later rule does not count them again.
    """
    held = search.found()
    again = records({number for numbers in held.values() for number in numbers.head(found.samples)})
    invalid: set[int] = set()
    for (at, rule), numbers in held.items():
        column, values = names_of(layout.header, at)
        samples = [layout.sample(again[number], at, rule) for number in numbers.head(found.samples)]
        found.add_many(rule, column, len(numbers), samples, **values)
        if found.level(rule, column) != "note":
            invalid.update(numbers)
    more = len(invalid - told.invalid)
    told.invalid |= invalid
    return more
