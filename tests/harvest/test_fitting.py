"""Values that a contract refuses are left out and told; the rest of the record is kept."""

from __future__ import annotations

from ckanext.smartregion.harvest.engine.fitting import fit, reasons

DATA = {
    "title_translated": {"fr": "Un"},
    "url": "nowhere",
    "resources": [{"url": "https://a.be/a.csv", "size": "big"}, {"url": "broken", "format": "CSV"}],
}
ERRORS = {"url": ["no web address"], "resources": [{"size": ["no number"]}, {"url": ["no web address"]}]}


def test_refused_fields_go_and_a_file_without_address_goes_whole() -> None:
    fitted, changes = fit(DATA, ERRORS)
    assert fitted == {"title_translated": {"fr": "Un"}, "resources": [{"url": "https://a.be/a.csv"}]}
    assert [(change.field, change.before) for change in changes] == [
        ("url", "nowhere"),
        ("resources[0].size", "big"),
        ("resources[1].url", "broken"),
    ]


def test_what_a_dataset_needs_is_never_left_out() -> None:
    assert fit(DATA, {"title_translated": ["empty"], "owner_org": ["unknown"]}) == (DATA, [])


def test_reasons_say_what_is_wrong_where() -> None:
    assert list(reasons(ERRORS)) == [
        "url: no web address",
        "resources[0].size: no number",
        "resources[1].url: no web address",
    ]
