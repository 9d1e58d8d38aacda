"""How a change of the log is told to people. Pure."""

from ckanext.smartregion.feeds.wording import Told, told


def change(field, before, after):
    return {"field": field, "before": before, "after": after}


def test_field_has_its_name_in_the_form_and_only_the_languages_that_changed():
    fields = [change("title_translated", {"fr": "Vélos", "nl": "Fietsen"}, {"fr": "Vélos", "nl": "Fiets"})]

    assert told("mobility", fields, "nl", {}) == [Told("Titel", "", "nl: Fietsen", "nl: Fiets")]


def test_code_is_told_by_its_name():
    eu = "http://publications.europa.eu/resource/authority/frequency/"

    (line,) = told("dataset", [change("frequency", eu + "ANNUAL", eu + "MONTHLY")], "fr", {})

    assert (line.label, line.before, line.after) == ("Fréquence de mise à jour", "annuel", "mensuel")


def test_bookkeeping_and_what_follows_another_field_are_left_out():
    names = ("metadata_modified", "num_resources", "title", "license_title")
    fields = [change(name, "a", "b") for name in names]
    fields.append(change("title_translated", {"fr": "a"}, {"fr": "b"}))

    assert [line.label for line in told("dataset", fields, "en", {})] == ["Title"]


def test_file_that_came_is_told_by_its_name_and_one_that_stayed_names_its_field():
    fields = [
        change("resources/r1", None, {"id": "r1", "name_translated": {"fr": "Relevé"}}),
        change("resources/r2/url", "https://a.be/1", "https://a.be/2"),
    ]

    came, moved = told("dataset", fields, "fr", {"r2": "Tableau"})

    assert came == Told("", "", "", "Relevé")
    assert moved.label
    assert (moved.file, moved.before, moved.after) == ("Tableau", "https://a.be/1", "https://a.be/2")


def test_long_value_is_cut():
    (line,) = told("dataset", [change("notes_translated", {}, {"fr": "x" * 1000})], "fr", {})

    assert len(line.after) == 160
    assert line.after.endswith("…")
