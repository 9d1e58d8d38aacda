"""Whoever follows the changes from any point has the catalogue in the end: among writers, and publishers that die."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from ckan import model
from ckan.tests import factories

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.changes import blocks
from ckanext.smartregion.feeds.logic import changing, following, publishing, reading

from tests.feeds.examples import BASE
from tests.feeds.test_frozen_walk import Writer
from tests.harvest.kills.children import Child, Point, die, start

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context"),
]
AS = "https://www.w3.org/ns/activitystreams#"
MEMBER = "https://w3id.org/tree#member"
POINTS = (
    Point("marks are read", publishing, "_marks", "after", times=2),
    Point("versions are written", publishing, "_write", "after", times=2),
    Point("before the end of the transaction", publishing, "_forget_marks", "after", times=3),
)
# What a reader has: of each dataset, by its IRI, what is said in its own description.
State = dict[str, frozenset[str]]


@pytest.fixture(autouse=True)
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of ten changes, and a follower that publishes seven datasets at once and does not rest."""
    for module in (blocks, changing):
        monkeypatch.setattr(module, "SIZE", 10)
    monkeypatch.setattr(following, "TURNS", {"published": (partial(publishing.publish, limit=7), 0)})
    monkeypatch.setattr(following, "PAUSE", 0.02)


@pytest.fixture
def get(app: Any) -> Callable[[str], Any]:
    return lambda address: app.get(address.removeprefix(BASE))


def facts(text: str) -> frozenset[str]:
    return frozenset(map(str, ox.parse(text, format=ox.RdfFormat.N_TRIPLES)))


def snapshot(number: int) -> State:
    """The catalogue as a dump of a snapshot has it."""
    told = reading.stream(number, "dcat-ap")
    return {iri: facts(text.own["nt"] + "".join(text.shared["nt"])) for iri, _, text in told}


def follow_plainly(get: Callable[[str], Any], state: State, after: int) -> int:
    """Bring a state up to date by the plain feed and the descriptions that it leads to; gives where one is then."""
    address, told = f"/feeds/changes.json?after={after}", {"more": True}
    while told["more"]:
        told = json.loads(get(address).get_data(as_text=True))
        for change in told["changes"]:
            after = change["seq"]
            answer = get(change["dataset"].replace(".jsonld", ".nt")) if change["dataset"] else None
            if answer is None or answer.status_code == 410:
                state.pop(change["iri"], None)
            else:
                state[change["iri"]] = facts(answer.get_data(as_text=True))
        address = told["next"]
    return after


def follow_stream(get: Callable[[str], Any], state: State, after: int) -> int:
    """The same by the event stream: no address but those of its blocks is read."""
    number, seen = after // blocks.SIZE + 1, blocks.SIZE
    while seen == blocks.SIZE:
        quads = list(ox.parse(get(f"/feeds/changes/{number}.trig").data, format=ox.RdfFormat.TRIG))
        members = [quad.object.value for quad in quads if quad.predicate.value == MEMBER]
        for seq, member in sorted((int(member.rpartition("/")[2]), member) for member in members):
            if seq > after:
                _apply(state, member, quads)
                after = seq
        number, seen = number + 1, len(members)
    return after


def _apply(state: State, member: str, quads: Iterable[ox.Quad]) -> None:
    about = {quad.predicate.value: quad.object.value for quad in quads if quad.subject.value == member}
    said = frozenset(str(quad.triple) for quad in quads if getattr(quad.graph_name, "value", "") == member)
    if about["http://www.w3.org/1999/02/22-rdf-syntax-ns#type"] == AS + "Delete":
        state.pop(about[AS + "object"], None)
        assert not said
    else:
        state[about[AS + "object"]] = said


def dying_publishers(diary: Path, end: Path) -> None:
    """One follower after the other, each killed at another point, until the end; nobody else runs in this process."""
    for point in cycle(POINTS):
        if end.exists():
            return

        def publish(point: Point = point) -> None:
            point.at(die)
            while not end.exists():
                list(following.follow(once=True))
                time.sleep(following.PAUSE)

        child = start(publish).wait()
        with diary.open("a") as file:
            file.write(f"{point.label}: {child.signal:d}\n")


@pytest.fixture
def publishers(tmp_path: Path) -> Iterator[tuple[Child, Path, Path]]:
    """Publishers that are killed again and again: their process, their diary, and the file that ends them."""
    diary, end = tmp_path / "diary", tmp_path / "end"
    publishing.made_by()  # reads all our code: once, instead of in each of them
    nursery = start(lambda: dying_publishers(diary, end))
    yield nursery, diary, end
    end.touch()  # also where the test failed: nobody publishes into the next one
    nursery.wait()


def test_followers_from_any_point_have_the_catalogue_in_the_end(app, get, publishers, monkeypatch) -> None:
    organisation = factories.Organization(name="namur", title="Namur")
    nursery, diary, end = publishers
    # Readers publish as well; here they leave it to those who die.
    monkeypatch.setattr(publishing, "publish", lambda limit=0: 0)
    writers = [Writer(150, organisation["id"], seed) for seed in range(2)]
    for writer in writers:
        writer.start()

    began: dict[int, State] = {0: {}}
    plainly, streamed = ({}, 0), ({}, 0)
    while any(writer.is_alive() for writer in writers) or feed.stale():
        number = feed.latest()
        if number > max(began) + 10:
            began[number] = snapshot(number)
        plainly = (plainly[0], follow_plainly(get, *plainly))
        streamed = (streamed[0], follow_stream(get, *streamed))
        model.Session.remove()
        time.sleep(0.1)
    end.touch()
    nursery.wait()

    final = snapshot(feed.latest())
    assert sorted(final) == sorted(f"{BASE}/dataset/{id}" for writer in writers for id in writer.mine)
    assert [version.seq for version in feed.changes(0, feed.latest())] == list(range(1, feed.latest() + 1))
    follow_plainly(get, *plainly)
    follow_stream(get, *streamed)
    assert plainly[0] == streamed[0] == final, "who followed all the time"
    assert len(began) > 2
    for number, state in began.items():
        for follow in (follow_plainly, follow_stream):
            reached = dict(state)
            assert follow(get, reached, number) == feed.latest()
            assert reached == final, f"{follow.__name__} from {number}"
    killed = {
        line.partition(": ")[0] for line in diary.read_text().splitlines() if line.endswith(f": {signal.SIGKILL}")
    }
    assert killed == {point.label for point in POINTS}
