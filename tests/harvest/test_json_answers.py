"""Answers in JSON: what is read, and with which sentence the rest is refused."""

from __future__ import annotations

from typing import Any

import pytest

from ckanext.smartregion.fetch import Response
from ckanext.smartregion.harvest.json_answers import DEEPEST, read_json
from ckanext.smartregion.harvest.records import ListingError

URL = "https://data.example.be/api"


def answer(body: bytes, content_type: str) -> Response:
    """An answer of a far end."""
    return Response(200, URL, {"content-type": content_type}, body=body)


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b'{"a": [1, "\xc3\xa9"]}', {"a": [1, "é"]}),
        (b'\xef\xbb\xbf{"a": 1}', {"a": 1}),
        (b"\xff\xfe" + '{"a": "é"}'.encode("utf-16-le"), {"a": "é"}),
        (b" \n[]\n", []),
        (b'{"size": NaN, "far": -Infinity}', {"size": None, "far": None}),
        (rb'{"a\u0000": ["x\ud83d", "\ud83d\ude00", "\u00e9"]}', {"a\ufffd": ["x\ufffd", "😀", "é"]}),
        (b'["two\nlines\tand\x00"]', ["two\nlines\tand\ufffd"]),
        (b"[" * DEEPEST + b"]" * DEEPEST, None),
    ],
)
def test_json_is_read(body: bytes, value: Any) -> None:
    found = read_json(body, URL)

    assert value is None or found == value


def test_encoding_that_the_far_end_states_is_believed() -> None:
    latin = '{"ville": "Liège"}'.encode("latin-1")

    assert read_json(answer(latin, "application/json; charset=ISO-8859-1"), URL) == {"ville": "Liège"}


def test_utf_8_is_read_as_such_whatever_is_stated() -> None:
    assert read_json(answer('"Liège"'.encode(), "application/json; charset=iso-8859-1"), URL) == "Liège"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b" \n ", "without any content"),
        (b"<!DOCTYPE html><p>Maintenance</p>", "web page"),
        (b"\n<html></html>", "web page"),
        (b'<?xml version="1.0"?><html></html>', "web page"),
        (b'<?xml version="1.0"?><rdf:RDF/>', "XML, not JSON"),
        (b'{"a": [1, 2', "JSON: Expecting ',' delimiter, line 1, column 12"),
        (b"not here", "can't be read"),
        ('{"ville": "Liège"}'.encode("latin-1"), "not UTF-8"),
        (b"[" * 100_000, "nested more than 64 times"),
        (b"[" * (DEEPEST + 1) + b"]" * (DEEPEST + 1), "nested more than 64 times"),
        (b"[" + b"9" * 5000 + b"]", "a number too long"),
    ],
)
def test_anything_else_is_refused_with_its_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(ListingError, match=sentence):
        read_json(body, URL)


def test_encoding_nobody_knows_is_refused_in_four_languages() -> None:
    with pytest.raises(ListingError) as refusal:
        read_json(answer(b"\xe8", "application/json; charset=martian"), URL)

    assert {language for language, text in refusal.value.texts.items() if URL in text} == {"fr", "nl", "de", "en"}
