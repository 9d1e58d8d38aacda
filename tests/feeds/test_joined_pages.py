"""A page of the whole catalogue is joined once and kept as one row; nobody can tell whether it was."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sqlalchemy as sa

from ckan import model
from ckan.tests import factories, helpers

from ckanext.smartregion.feeds import model as feed
from ckanext.smartregion.feeds.logic import asking, forgetting, joining, publishing, walk
from ckanext.smartregion.feeds.logic.joining import JoinedPage
from ckanext.smartregion.feeds.model import Version

from tests.feeds.examples import BASE, datasets_in, parsed, sent

pytestmark = [
    pytest.mark.ckan_config("ckan.plugins", "smartregion_feeds dcat"),
    pytest.mark.ckan_config("ckanext.dcat.datasets_per_page", "2"),
    pytest.mark.usefixtures("clean_db", "clean_index", "with_request_context"),
]
MOBILITY = "http://publications.europa.eu/resource/authority/data-theme/TRAN"
HIGH_VALUE = "http://data.europa.eu/bna/c_b79e35eb"


@pytest.fixture
def published(remember: Any) -> list[dict[str, Any]]:
    """Five datasets of high value, on three pages."""

    def made() -> list[dict[str, Any]]:
        extras = {"theme": json.dumps([MOBILITY]), "hvd_category": json.dumps([HIGH_VALUE])}
        common = {
            "owner_org": factories.Organization(title="Namur")["id"],
            "extras": [{"key": key, "value": value} for key, value in extras.items()],
        }
        made = [factories.Dataset(title=f"Jeu {number}", **common) for number in range(5)]
        publishing.publish()
        return made

    return remember("five datasets of high value", made)


def read(extension: str = "ttl", **asked: Any) -> str:
    return sent(walk.open_page(asking.read(extension, {name: str(value) for name, value in asked.items()})))


def followed(extension: str = "ttl", **asked: str) -> list[str]:
    """The texts of a walk by its links."""
    texts: list[str] = []
    following: Any = asked
    while following is not None:
        reading = walk.open_page(asking.read(extension, {**asked, **following}))
        texts.append(sent(reading))
        following = reading.page.others.get("next")
    return texts


def met(texts: list[str], extension: str = "ttl") -> list[str]:
    return [iri for text in texts for iri in datasets_in(parsed(text, extension))]


def iris(datasets: list[dict[str, Any]]) -> list[str]:
    return [f"{BASE}/dataset/{dataset['id']}" for dataset in datasets]


def kept() -> list[tuple[str, int, int]]:
    """The pages that are kept: form, number, snapshot."""
    rows = model.Session.query(JoinedPage.form, JoinedPage.number, JoinedPage.snapshot)
    return [tuple(row) for row in rows.order_by(JoinedPage.form, JoinedPage.number)]


def lose() -> None:
    """Nothing is kept any more."""
    model.Session.query(JoinedPage).delete()
    model.Session.commit()


def withdraw(*datasets: dict[str, Any]) -> None:
    for dataset in datasets:
        helpers.call_action("package_delete", id=dataset["id"])
    publishing.publish()


def retitle(dataset: dict[str, Any], title: str) -> None:
    helpers.call_action("package_patch", id=dataset["id"], title=title)
    publishing.publish()


@pytest.mark.parametrize("profile", ["dcat-ap", "dcat-ap-hvd"])
@pytest.mark.parametrize("extension", ["ttl", "xml", "jsonld", "nt"])
def test_page_is_joined_once_and_then_the_same_bytes(published, joined, extension: str, profile: str) -> None:
    by_number = [read(extension, page=number, profile=profile) for number in (1, 2, 3)]
    assert joined == [2, 2, 1]
    assert [read(extension, page=number, profile=profile) for number in (1, 2, 3)] == by_number
    assert joined == [2, 2, 1]
    lose()
    assert [read(extension, page=number, profile=profile) for number in (1, 2, 3)] == by_number
    assert sorted(met(by_number, extension)) == sorted(iris(published))


def test_walk_by_links_and_one_by_numbers_read_the_same_rows(published, joined) -> None:
    for number in (1, 2, 3):
        read(page=number)
    texts = followed()
    assert sorted(met(texts)) == sorted(iris(published))
    assert joined == [2, 2, 1]
    lose()
    assert followed() == texts


def test_moment_of_the_catalogue_is_that_of_the_asked_snapshot(published, joined) -> None:
    read(page=1)
    retitle(published[4], "Autre")
    changed = feed.moment_of(feed.latest())
    assert changed
    assert f'dct:modified "{changed.replace(tzinfo=None).isoformat()}"' in read(page=1)
    assert joined == [2]


@pytest.mark.parametrize(
    ("change", "old"),
    [
        (lambda datasets: retitle(datasets[2], "Autre"), [2]),
        (lambda datasets: withdraw(datasets[0]), [1]),
        (lambda _: factories.Dataset(owner_org=factories.Organization()["id"], title="Nouveau"), [2]),
        (lambda datasets: helpers.call_action("organization_patch", id=datasets[0]["owner_org"], title="X"), [2, 2, 1]),
    ],
)
def test_change_makes_the_pages_of_its_datasets_old_and_no_other(published, joined, change: Any, old: Any) -> None:
    before = followed()
    change(published)
    del joined[:]
    after = followed()
    assert joined == old
    assert sum(each != other for each, other in zip(before, after, strict=True)) == 3, "each names the newest moment"
    lose()
    assert [read(page=number) for number in (1, 2, 3)] == [read(page=number) for number in (1, 2, 3)]


def test_walk_that_began_sees_no_page_that_was_joined_later(published, joined) -> None:
    first = walk.open_page(asking.read("ttl", {}))
    link = first.page.others["next"]
    before = read(**link)
    retitle(published[3], "Autre")
    assert "Autre" in read(page=2)
    newest = kept()
    del joined[:]
    assert read(**link) == before
    assert joined == [2]
    assert kept() == newest, "nor does it put an older one in its place"
    assert "Autre" in read(page=2)
    assert joined == [2]


def test_old_page_is_read_in_every_snapshot_in_which_it_says_the_same(published, joined) -> None:
    cursor = walk.open_page(asking.read("ttl", {})).page.others["next"]["cursor"]
    for title in ("Un", "Deux"):
        retitle(published[4], title)
    assert read(page=2)
    before = read(cursor=cursor)
    assert joined == [2], "joined in a newer snapshot than that of the walk"
    retitle(published[0], "Trois")
    assert read(cursor=cursor) == before
    read(page=2)
    assert joined == [2]


def test_page_that_others_of_our_code_or_portal_made_is_joined_anew(published, joined, monkeypatch) -> None:
    read(page=1)
    monkeypatch.setattr(publishing, "_code", lambda: "autre")
    read(page=1)
    assert joined == [2, 2]
    assert len(kept()) == 1
    publishing.publish_outdated()
    read(page=1)
    assert joined == [2, 2], "rendered anew to the same text"


def test_page_of_another_size_is_joined_anew(published, joined, ckan_config, monkeypatch) -> None:
    links = walk.open_page(asking.read("ttl", {})).page.others["next"]
    texts = followed()
    monkeypatch.setitem(ckan_config, "ckanext.dcat.datasets_per_page", "3")
    assert sorted(met(followed())) == sorted(iris(published))
    assert joined == [2, 2, 1, 3, 2]
    assert sorted(met([texts[0], *followed(**links)])) == sorted(iris(published)), "a walk that began before goes on"
    assert joined[5:] == [1], "the rest of the page in the middle of which it stood"
    forgetting.forget(days=30)
    assert len(kept()) == 2, "those of the other size are swept away"


def test_walk_by_links_meets_no_empty_page(published) -> None:
    withdraw(*published[:4])
    assert [met([text]) for text in followed()] == [iris(published[4:])]
    for dataset in (published[0], published[1]):
        helpers.call_action("package_patch", id=dataset["id"], state="active")
    publishing.publish()
    texts = followed()
    assert [len(met([text])) for text in texts] == [2, 1]
    assert followed() == texts


def test_page_that_an_action_gives_is_that_of_the_portal_and_is_kept(published) -> None:
    shown = helpers.call_action("dcat_catalog_show", format="ttl", page=2)
    assert [number for _, number, _ in kept()] == [2]
    assert shown == read(page=2)


def test_page_without_datasets_is_not_kept(published) -> None:
    withdraw(*published[2:4])
    for number in (2, 4, 99, 10**9, 10**30):
        assert met([read(page=number)]) == []
    assert kept() == []


def test_narrowed_walk_keeps_nothing(published) -> None:
    for asked in ({"theme": "TRAN"}, {"modified_since": "2020-01-01"}, {"profile": "dcat-ap-hvd"}, {"q": "jeu"}):
        followed(**asked)
    assert kept() == []


def test_database_that_was_restored_says_nothing_of_what_it_lost(published, joined) -> None:
    retitle(published[0], "Perdu")
    assert "Perdu" in read(page=1)
    _restore_to(feed.latest() - 1)
    assert "Perdu" not in read(page=1), "nor where the log ends before the page"
    retitle(published[0], "Retrouvé")
    assert "Perdu" not in read(page=1)
    del joined[:]
    assert "Retrouvé" in read(page=1)
    assert joined == [], "kept in the place of the lost one"


def _restore_to(snapshot: int) -> None:
    """Put the log back to what it was, as a backup of some tables would."""
    model.Session.query(Version).filter(Version.seq > snapshot).delete()
    model.Session.query(Version).filter(Version.until > snapshot).update({"until": None})
    model.Session.commit()


def test_page_that_cannot_be_kept_is_read_all_the_same(published, joined, request) -> None:
    def refuse(does: str) -> None:
        model.Session.remove()
        with model.ensure_engine().begin() as connection:
            connection.execute(sa.text(f"ALTER TABLE smartregion_feed_joined {does}"))

    refuse("ADD CONSTRAINT nothing CHECK (false)")
    request.addfinalizer(lambda: refuse("DROP CONSTRAINT nothing"))
    assert sorted(met(followed())) == sorted(iris(published))
    assert sorted(met(followed())) == sorted(iris(published))
    assert joined == [2, 2, 1] * 2
    assert kept() == []


def test_who_read_before_something_was_erased_keeps_nothing_afterwards(published) -> None:
    read(cursor="5.0")
    withdraw(published[1])
    late = walk.open_page(asking.read("ttl", {"cursor": "5.0"}))
    assert len(late.told) == 2
    assert forgetting.erase(published[1]["id"]) == 1
    assert kept() == []
    assert "Jeu 1" in sent(late), "it had read it by then"
    assert kept() == []
    assert "Jeu 1" not in read(cursor="5.0")


def test_nobody_keeps_a_page_while_something_is_erased(published) -> None:
    with model.ensure_engine().begin() as erasing:
        joining.drop(erasing, place=1)
        read(page=1)
        assert kept() == []
    read(page=1)
    assert len(kept()) == 1


def test_page_that_no_walk_can_read_any_more_is_swept_away(published, monkeypatch) -> None:
    monkeypatch.setattr(forgetting, "SIZE", 1)
    followed()
    retitle(published[2], "Autre")
    forgetting.forget(days=30)
    assert len(kept()) == 3, "a walk may still read what was there before the change"
    forgetting.forget(days=0)
    assert [number for _, number, _ in kept()] == [1, 3]
