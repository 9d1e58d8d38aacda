"""Killed with SIGKILL at each stage in turn, a harvest ends as one that nobody disturbed."""

from __future__ import annotations

from ckanext.smartregion.harvest.engine import applying, closing, indexing, keywords, listing, running, writing
from ckanext.smartregion.harvest.model import staging
from ckanext.smartregion.harvest.walking import Walk

from tests.harvest.kills.children import Point
from tests.harvest.kills.picture import differences, picture
from tests.harvest.kills.story import MANY, buried, delivered, killed, queued, status

BURIED = "buried"

# In the order in which a run comes by; after each kill the same run is delivered again. Where it says "buried" the
# scheduler finds the dead run instead, and a new one takes it up.
KILLS: dict[str, tuple[Point | str, ...]] = {
    "import_of_the_region": (
        Point("before anything", running, "_take_up"),
        Point("once the run is said to be running", running, "_stages"),
        Point("before the first page is asked for", Walk, "_step"),
        Point("in the transaction of the first page", staging, "keep_page", "after"),
        Point("before the commit of the second page", staging, "keep_steps", "after", 2),
        Point("after the commit of a page", listing, "_keep", "after"),
        Point("between two pages", Walk, "_step", "before", 2),
        BURIED,
        Point("before the conclusion", listing, "conclude"),
        Point("before the commit of the conclusion", staging, "keep_steps", "after"),
        Point("after the conclusion", listing, "conclude", "after"),
        Point("once steps are claimed", staging, "claim_steps", "after"),
        Point("after the keywords of a dataset", keywords, "ensure", "after", 2),
        Point("between package write and commit", writing, "_send", "after", 2),
        Point("before the mapping is written", applying, "_map"),
        Point("after mapping and outcome, before the commit", applying, "_remember", "after", 3),
        Point("between commit and index", applying, "_after"),
        Point("before documents are sent", indexing, "_send"),
        BURIED,
        Point("after documents are sent", indexing, "_send", "after", 2),
        Point("before steps are marked", staging, "mark"),
        Point("after steps are marked, before the commit", staging, "mark", "after"),
        Point("between two transactions", applying, "_chunk", "after", 2),
        Point("before the close", closing, "close"),
        Point("before searches see it", indexing, "commit"),
        Point("after searches see it", indexing, "commit", "after"),
        Point("in the middle of the close", closing, "_remember_listing", "after"),
        Point("before the counts", closing, "counts"),
        Point("before the last commit", closing, "end"),
        Point("after the close", closing, "close", "after"),
    ),
    "import_of_the_town": (
        Point("before the twins are looked for", listing.Comparison, "_twins"),
        Point("before the other source's record is a link", applying, "_unseat"),
        Point("after the other source's record is a link, before the commit", applying, "_unseat", "after", 2),
        Point("between commit and index of a take-over", applying, "_after"),
        BURIED,
        Point("in the middle of the close", staging, "drop_others", "after"),
    ),
    "changes_of_the_region": (
        Point("in the transaction of the last page", staging, "keep_page", "after", 4),
        Point("after an update, before the commit", writing, "_send", "after", 3),
        Point("after a version is held, before the commit", applying, "_map", "after", 5),
        Point("before a withdrawal", writing, "withdraw"),
        Point("after a withdrawal, before its commit", writing, "withdraw", "after"),
        BURIED,
        Point("between a withdrawal's commit and its index", applying, "_after"),
        Point("before the versions are trimmed", staging, "trim_versions"),
    ),
    "loss_in_the_town": (
        Point("after a dataset is marked as missing, before the commit", applying, "_remember", "after", 2),
        Point("before the close", closing, "close"),
    ),
    "return_in_the_region": (
        Point("after a return is written, before the commit", writing, "_send", "after"),
        Point("between the commit of a return and its index", applying, "_after"),
        BURIED,
    ),
}


def test_killed_at_every_stage_in_turn_it_ends_as_if_nobody_had_disturbed_it(fresh, app) -> None:
    story = fresh(MANY)
    for chapter in story.chapters:
        delivered(queued(chapter()))
    expected = picture(app)

    story = fresh(MANY)
    for chapter in story.chapters:
        run = queued(chapter())
        for point in KILLS[chapter.__name__]:
            if isinstance(point, Point):
                killed(run, point)
            else:
                run = buried()
        delivered(run)
        assert status(run) == "done"
    found = picture(app)

    assert not (lines := differences(expected, found)), "\n".join(lines)
    assert sum(isinstance(point, Point) for points in KILLS.values() for point in points) >= 40
