"""What holds for every kind of source: each is tried against the small far end that tests/far_ends.py gives it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import pytest
from far_end import FarEnd
from far_ends import FAR_ENDS, Remote

from ckanext.smartregion.fetch import Client, FetchError
from ckanext.smartregion.harvest.options import refusal
from ckanext.smartregion.harvest.records import Candidate, ListingError, Record, RecordError
from ckanext.smartregion.harvest.roll import Roll
from ckanext.smartregion.harvest.walking import Remembered, Walk, Walked, identity, place
from ckanext.smartregion.harvesters import KINDS, UnknownKindError, harvester

LANGUAGES = {"fr", "nl", "de", "en"}
SEVERAL = sorted(kind for kind, plan in FAR_ENDS.items() if plan.most > 1)  # a timetable is one dataset
PAGED = sorted(kind for kind, plan in FAR_ENDS.items() if plan.page)
BREAKING = sorted(kind for kind, plan in FAR_ENDS.items() if plan.breaks)


@pytest.fixture
def remote(far_end: FarEnd, kind: str) -> Remote:
    """A far end of the kind with three items, or as many as such a far end may have."""
    remote = Remote(kind, far_end)
    remote.fill(min(3, remote.plan.most))
    return remote


def walk(remote: Remote, client: Client, remembered: dict[str, Remembered] | None = None) -> list[Walked]:
    """Every page of a far end as the engine walks them."""
    return list(Walk(KINDS[remote.kind], remote.source, client, remembered or {}).pages())


def fresh(pages: Iterable[Walked]) -> list[Record]:
    """The records of some pages."""
    return [record for page in pages for record in page.fresh]


def mapped(remote: Remote, client: Client) -> dict[str, Candidate | None]:
    """Every candidate of a far end by its key; None where the record is a problem of its own."""
    found: dict[str, Candidate | None] = {}
    for record in fresh(walk(remote, client)):
        found[identity(record.remote_id)] = _mapped(remote, record)
    return found


def _mapped(remote: Remote, record: Record) -> Candidate | None:
    if record.problem:
        assert_sentence(record.problem)
        return None
    try:
        return KINDS[remote.kind].map(record, remote.source)
    except RecordError as error:
        assert_sentence(error.texts)
        return None


def assert_sentence(texts: dict[str, str]) -> None:
    """A sentence in four languages."""
    assert texts.keys() == LANGUAGES
    assert all(text.strip() for text in texts.values())


def memory(pages: Iterable[Walked]) -> dict[str, Remembered]:
    """What the engine remembers of a complete listing."""
    return {place(page.cursor): Remembered(page.keys, page.next, page.total, page.said) for page in pages}


def hashes(candidates: dict[str, Candidate | None]) -> dict[str, str]:
    """The hash of every candidate."""
    return {key: candidate.hash for key, candidate in candidates.items() if candidate}


def test_every_kind_has_its_far_end() -> None:
    assert FAR_ENDS.keys() == KINDS.keys(), "give the new kind a small far end in tests/far_ends.py"


def test_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownKindError, match=r"dcat.*opendatasoft"):
        harvester("ftp")


@pytest.mark.parametrize("kind", sorted(KINDS))
class TestAsDeclared:
    """What a kind says of itself."""

    def test_title_and_options_speak_four_languages(self, kind: str) -> None:
        for texts in (KINDS[kind].title, *(option.label for option in KINDS[kind].options)):
            assert_sentence(texts)
        assert KINDS[kind].kind == kind

    def test_option_takes_its_default_and_refuses_what_it_does_not_know(self, kind: str) -> None:
        options = KINDS[kind].options
        assert len({option.name for option in options}) == len(options)
        assert refusal(options, {option.name: option.default for option in options}) is None
        for option in (each for each in options if each.choices or each.type is int):
            problem = refusal(options, {option.name: "frobnicate"})
            assert problem is not None
            assert_sentence(problem)
            assert option.name in problem["en"]
            assert "frobnicate" in problem["en"]


@pytest.mark.parametrize("kind", sorted(FAR_ENDS))
class TestListing:
    """What a listing gives, twice and after a change."""

    def test_every_item_becomes_one_candidate(self, remote: Remote, client: Client) -> None:
        candidates = mapped(remote, client)
        assert len(candidates) == len(remote.titles)
        assert all(candidates.values())
        titles = {next(iter(each.dataset["title_translated"].values())) for each in candidates.values() if each}
        assert titles == {remote.plan.titled % title for title in remote.titles.values()}

    def test_twice_gives_the_same(self, remote: Remote, client: Client) -> None:
        assert hashes(mapped(remote, client)) == hashes(mapped(remote, client))

    def test_renamed_item_stays_itself_and_is_seen_to_have_changed(self, remote: Remote, client: Client) -> None:
        before = hashes(mapped(remote, client))
        remote.titles["item-0001"] = "Un tout autre titre"
        after = hashes(mapped(remote, client))
        assert before.keys() == after.keys()
        assert len([key for key in before if before[key] != after[key]]) == 1

    def test_other_order_is_no_change(self, remote: Remote, client: Client) -> None:
        before = hashes(mapped(remote, client))
        remote.titles = dict(reversed(remote.titles.items()))
        assert hashes(mapped(remote, client)) == before

    @pytest.mark.parametrize("validators", [False, True])
    def test_what_is_unchanged_is_not_read_again(self, remote: Remote, client: Client, validators: bool) -> None:
        remote.validators = validators
        first = walk(remote, client)
        remote.far_end.requests.clear()

        second = walk(remote, client, memory(first))

        assert all(page.unchanged for page in second)
        assert [page.keys for page in second] == [page.keys for page in first]
        assert len(remote.far_end.requests) == len(first)

    def test_what_has_changed_is_read_though_it_is_remembered(self, remote: Remote, client: Client) -> None:
        first = walk(remote, client)
        remote.titles["item-0001"] = "Un tout autre titre"
        second = fresh(walk(remote, client, memory(first)))
        assert remote.plan.titled % "Un tout autre titre" in {
            text
            for candidate in (_mapped(remote, record) for record in second)
            if candidate
            for text in candidate.dataset["title_translated"].values()
        }

    def test_lost_far_end_is_no_empty_list(self, remote: Remote, client: Client) -> None:
        remote.lose(next(iter(walk(remote, client)[0].said)))
        with pytest.raises((ListingError, FetchError)):
            walk(remote, client)

    def test_option_of_an_unknown_value_breaks_the_listing_off(self, remote: Remote, client: Client) -> None:
        options = [each for each in KINDS[remote.kind].options if each.choices or each.type is int]
        for option in options:
            source = dataclasses.replace(remote.source, options={**remote.plan.options, option.name: "frobnicate"})
            with pytest.raises(ListingError, match="frobnicate"):
                list(Walk(KINDS[remote.kind], source, client).pages())
        assert remote.far_end.requests == []


@pytest.mark.parametrize("kind", BREAKING)
def test_broken_item_is_a_problem_of_its_own(remote: Remote, client: Client) -> None:
    whole = mapped(remote, client)
    remote.broken.add("item-0002")
    found = mapped(remote, client)
    assert [candidate is None for candidate in found.values()].count(True) == 1
    kept = {key: candidate for key, candidate in found.items() if candidate}
    assert len(kept) == 2
    assert hashes(kept).items() < hashes(whole).items()


@pytest.mark.parametrize("kind", SEVERAL)
def test_item_comes_and_goes(remote: Remote, client: Client) -> None:
    before = mapped(remote, client).keys()
    remote.titles["item-0009"] = "Neuf"
    more = mapped(remote, client).keys()
    del remote.titles["item-0009"], remote.titles["item-0001"]
    fewer = mapped(remote, client).keys()
    assert before < more
    assert (len(more), len(fewer), fewer < before) == (4, 2, True)


@pytest.mark.parametrize("kind", PAGED)
class TestPaging:
    """What holds where a listing has pages."""

    def test_pages_are_walked_to_the_end(self, remote: Remote, client: Client) -> None:
        remote.fill(2 * (remote.plan.page or 0) + 1)
        pages = walk(remote, client)
        assert len(pages) >= 3
        keys = [key for page in pages for key in page.keys]
        assert len(keys) == len(set(keys)) == len(remote.titles)

    def test_page_that_is_just_full_is_the_last(self, remote: Remote, client: Client) -> None:
        remote.fill(2 * (remote.plan.page or 0))
        assert len(fresh(walk(remote, client))) == len(remote.titles)

    def test_lost_second_page_breaks_the_listing_off(self, remote: Remote, client: Client) -> None:
        remote.fill((remote.plan.page or 0) + 1)
        second = walk(remote, client)[1]
        remote.lose(next(iter(second.said)))
        seen: list[Walked] = []
        with pytest.raises((ListingError, FetchError)):
            seen.extend(Walk(KINDS[remote.kind], remote.source, client).pages())

    def test_listing_is_taken_up_at_its_second_page(self, remote: Remote, client: Client) -> None:
        remote.fill((remote.plan.page or 0) + 1)
        first, second = walk(remote, client)[:2]
        rest = Walk(KINDS[remote.kind], remote.source, client, roll=Roll.of([first.called]), number=1)
        assert [page.keys for page in rest.pages(first.next)] == [second.keys]
