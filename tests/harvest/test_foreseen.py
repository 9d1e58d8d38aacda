"""Preview says which records the gate will hold, and the run then holds exactly these."""

from __future__ import annotations

from typing import Any

from ckan import model as ckan_model
from ckan.tests.helpers import call_action

LICENCE = "http://publications.europa.eu/resource/authority/licence/CC0"


def acts(source: dict[str, Any]) -> dict[str, str]:
    """What a preview says of each record, by its title."""
    steps = call_action("smartregion_source_preview", id=source["name"])["steps"]
    return {next(iter(step["title"].values())): step["act"] for step in steps}


def test_record_without_licence_is_foreseen_held_and_then_held(make: Any, remote: Any, run: Any) -> None:
    remote.put("deux", license="")
    source = make(remote.url)

    assert acts(source) == {"Jeu un": "create", "Jeu deux": "hold", "Jeu trois": "create"}
    done = run(source)
    assert (done["created"], done["held"]) == (2, 1)
    states = {package.title: package.state for package in ckan_model.Session.query(ckan_model.Package)}
    assert states == {"Jeu un": "active", "Jeu deux": "draft", "Jeu trois": "active"}


def test_update_that_loses_its_licence_is_foreseen_held(make: Any, remote: Any, run: Any) -> None:
    source = make(remote.url)
    run(source)
    remote.put("deux", license="")

    assert acts(source) == {"Jeu deux": "hold"}
    done = run(source)
    assert (done["unchanged"], done["held"]) == (2, 1)


def test_field_that_a_person_wrote_is_not_lacking(make: Any, remote: Any, run: Any, people: Any) -> None:
    remote.put("deux", license="")
    source = make(remote.url)
    run(source)
    package = ckan_model.Session.query(ckan_model.Package).filter_by(title="Jeu deux").one()
    chief = {"user": people["sysadmin"]["name"], "ignore_auth": True}
    call_action("package_patch", context=chief, id=package.id, license_id=LICENCE)
    remote.put("deux", license="", description="<p>Une autre description assez longue pour être utile.</p>")

    assert acts(source) == {"Jeu deux": "update"}
