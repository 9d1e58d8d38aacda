"""Answers in JSON: what is read, and with which sentence the rest is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ckanext.smartregion.fetch import Response
from ckanext.smartregion.harvest.reading.json_answers import DEEPEST, PIECE, array_items, read_json
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


def items(folder: Path, body: bytes) -> list[Any]:
    """The items of a list in a file."""
    path = folder / "list.json"
    path.write_bytes(body)
    return list(array_items(path, URL))


@pytest.mark.parametrize("number", [0, 1, 3])
@pytest.mark.parametrize("indent", [None, 1])
def test_items_of_a_list_come_one_by_one(tmp_path: Path, number: int, indent: int | None) -> None:
    expected = [{"id": each, "text": "é" * 100} for each in range(number)]

    assert items(tmp_path, json.dumps(expected, indent=indent).encode()) == expected


def test_list_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    expected = [{"id": each, "text": "é" * 1000} for each in range(3 * PIECE // 1000)]

    assert items(tmp_path, b"\xef\xbb\xbf" + json.dumps(expected, ensure_ascii=False).encode()) == expected


def test_item_longer_than_what_is_read_at_once(tmp_path: Path) -> None:
    expected = [{"text": "x" * (2 * PIECE)}, {"text": "\ufffd"}]

    assert items(tmp_path, json.dumps(expected).encode().replace(b"fffd", b"0000")) == expected


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "without any content"),
        (b"<html>Maintenance</html>", "web page"),
        (b'{"error": "quota"}', "no list"),
        (b'[{"id": 1}, {"id":', "can't be read"),
        (b'[{"id": 1}, ', "can't be read"),
        (b'[{"id": 1}, oops]', "can't be read"),
        (b'[{"id": "\xe8"}]', "not UTF-8"),
        (b"[" + b"[" * 100_000, "nested more than"),
        (b"[" + b"[" * 100 + b"]" * 100 + b"]", "nested more than"),
        (b'[{"id": "' + b"x" * 9 * PIECE, "can't be read"),
    ],
)
def test_list_that_can_not_be_read_is_refused(tmp_path: Path, body: bytes, sentence: str) -> None:
    with pytest.raises(ListingError, match=sentence):
        items(tmp_path, body)
