"""Rules for texts and keywords."""

from __future__ import annotations

import pytest
from drafts import SOURCE, TITLE, clean

from ckanext.smartregion.harvest.rules import normalise


@pytest.mark.rule("markup-removed")
def test_markup_becomes_plain_paragraphs() -> None:
    html = "<p>Parkings&nbsp;taxis.</p>\n<hr/>\n<p><em>Question ? <a href='https://a.be/contact'>Contact</a></em></p>"
    assert clean("notes_translated", {"fr": html}) == {
        "fr": "Parkings taxis.\n\nQuestion ? [Contact](https://a.be/contact)"
    }


@pytest.mark.rule("markup-removed")
def test_markup_that_was_escaped_twice_is_removed_as_well() -> None:
    assert clean("notes_translated", {"fr": "&lt;p&gt;Un texte.&lt;/p&gt;"}) == {"fr": "Un texte."}


@pytest.mark.rule("markup-removed")
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>Parkings",
        "<style>p{}</style>Parkings",
        "<img src=x onerror=alert(1)>Parkings",
        '<a href="javascript:alert(1)">Parkings</a>',
    ],
)
def test_script_in_a_text_falls_silent(text: str) -> None:
    assert clean("notes_translated", {"fr": text}) == {"fr": "Parkings"}
    assert clean("title_translated", {"fr": text}) == {"fr": "Parkings"}


@pytest.mark.rule("markup-removed")
def test_mathematics_is_no_markup() -> None:
    assert clean("notes_translated", {"fr": "Si a < b et c > d, R&D"}) == {"fr": "Si a < b et c > d, R&D"}


@pytest.mark.rule("blanks-collapsed")
def test_blanks_and_line_breaks_inside_a_title_go() -> None:
    title = {"fr": " Établissements d'enseignement -\n          Rennes\u00a0Métropole\u200b"}
    assert clean("title_translated", title) == {"fr": "Établissements d'enseignement - Rennes Métropole"}


@pytest.mark.rule("lines-joined")
def test_broken_lines_of_a_description_are_joined_and_paragraphs_kept() -> None:
    notes = {"fr": "Une phrase\n      coupée.\n\nUn autre paragraphe."}
    assert clean("notes_translated", notes) == {"fr": "Une phrase coupée.\n\nUn autre paragraphe."}


@pytest.mark.rule("keyword-spelling")
def test_keywords_fit_the_catalogues_rule() -> None:
    words = {"fr": ["braine-l'alleud", "mobilité, vélo", "Vélo", "x", "a" * 200]}
    assert clean("tags_translated", words) == {"fr": ["braine-l alleud", "mobilité", "Vélo", "a" * 100]}


@pytest.mark.rule("cdata-removed")
def test_brackets_of_cdata_go_and_their_text_stays() -> None:
    assert clean("notes_translated", {"fr": "<![CDATA[<p>Les arbres.</p>]]>"}) == {"fr": "Les arbres."}
    assert clean("title_translated", {"fr": "<![CDATA[Arbres]]>"}) == {"fr": "Arbres"}


@pytest.mark.rule("markup-removed")
@pytest.mark.parametrize(
    "html", ["<p>Les <b>arbres</p> rares</b>", "<p>Les arbres</i> <p>rares", "</div>Les arbres<br/>rares"]
)
def test_html_nested_wrongly_loses_no_word(html: str) -> None:
    assert clean("notes_translated", {"fr": html})["fr"].split() == ["Les", "arbres", "rares"]


@pytest.mark.rule("markup-removed")
def test_entities_become_the_signs_they_mean() -> None:
    assert clean("title_translated", {"fr": "L&rsquo;&eacute;t&eacute;&nbsp;&amp; l&#39;hiver"}) == {
        "fr": "L’été & l'hiver"
    }


@pytest.mark.rule("text-cut")
def test_text_longer_than_anybody_reads_is_cut() -> None:
    notes = clean("notes_translated", {"fr": "a " * 100_000})["fr"]
    assert len(notes) <= 30_000
    assert notes.endswith("…")


@pytest.mark.rule("text-cut")
def test_text_that_is_cut_within_a_tag_shows_nothing_of_it() -> None:
    link = '<a href="https://a.be/une-page">page</a> '
    notes = clean("notes_translated", {"fr": "a" * 29_990 + link})["fr"]
    assert notes == "a" * 29_990 + "…"


@pytest.mark.rule("text-cut")
@pytest.mark.parametrize(
    "piece", ["<a", "<!--", "&#", '<span lang="de">', "<![CDATA[", "traduction ", " \n ", "]]>", "<p>"]
)
@pytest.mark.timeout(10)  # whoever tries everything would need hours
def test_hostile_text_keeps_no_worker_busy(piece: str) -> None:
    cleaned = normalise({**TITLE, "notes_translated": {"fr": piece * (1_000_000 // len(piece))}}, SOURCE)
    assert len(cleaned.dataset["notes_translated"]["fr"]) <= 30_000
