"""Whatever is written where something else should be, a check of a format ends with an outcome."""

import copy
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.quality.formats.conftest import example

ODD = [None, True, -1, 1e300, 10**30, "", "x" * 300, "\ud83d", [], {}, [[[]]], {"a": [1]}, [None], "2026-02-30", "NaN"]
PARTS = {
    "geojson": example("geojson"),
    "ocpi": example("ocpi"),
    **{f"gbfs {name}": text for name, text in example("gbfs").items()},
}


def places(value, at=()):
    """Every place in a JSON document."""
    yield at
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*at, key))


def replaced(document, at, odd):
    """The document with something odd at a place."""
    if not at:
        return odd
    document = copy.deepcopy(document)
    holder = document
    for key in at[:-1]:
        holder = holder[key]
    holder[at[-1]] = odd
    return document


@pytest.mark.parametrize("name", PARTS)
def test_something_odd_at_any_place_of_a_document_ends_with_an_outcome(examined, name):
    document = json.loads(PARTS[name])
    for at in places(document):
        for odd in ODD:
            outcome = examined(name.partition(" ")[0], json.dumps(replaced(document, at, odd)))
            assert outcome["counts"]["valid_rows"] >= 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_odd_bytes_in_any_file_of_a_feed_end_with_an_outcome(examined, data):
    feed = {name: text.encode() for name, text in example("gtfs").items()}
    name = data.draw(st.sampled_from(sorted(feed)))
    raw = feed[name]
    at = data.draw(st.integers(0, len(raw)))
    odd = data.draw(
        st.sampled_from([b'"', b"\n", b",", b"\0", b"\xff", b"\r", b"99999999999999999999", b" ", b"-", b"\n\n,,"])
    )
    cut = data.draw(st.integers(0, 40))

    outcome = examined("gtfs", feed | {name: raw[:at] + odd + raw[at + cut :]})

    assert outcome["counts"]["valid_rows"] >= 0


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 1500), odd=st.sampled_from([b"<", b"&x;", b"</a>", b"\0", b"\xff", b"<a>", b'"', b"]]>"]))
def test_odd_bytes_in_xml_end_with_an_outcome(examined, at, odd):
    raw = example("datex2").encode()

    assert examined("datex2", raw[:at] + odd + raw[at:])["counts"]["valid_rows"] >= 0
