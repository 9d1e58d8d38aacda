"""Validators of the contracts: each refusal says what is wrong and what to write instead."""

import json
import re
from datetime import date, datetime
from difflib import get_close_matches
from typing import Any
from urllib.parse import urlsplit

import ckan.plugins.toolkit as tk
from ckan.types import Context, FlattenDataDict, FlattenErrorDict, FlattenKey, Validator

from ckanext.scheming.validation import scheming_validator
from ckanext.smartregion import interface, schemas
from ckanext.smartregion.logic import related
from ckanext.smartregion.translations import KEYWORD, localised

Field = dict[str, Any]
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_DURATION = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?")
_EMAIL = re.compile(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>.]+")
_PARTIAL_DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2]))?")
_BELGIAN_DATE = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_SCHEMES = {"http", "https", "urn", "ftp", "ftps", "sftp"}


@scheming_validator
def fluent_text(field: Field, schema: Field) -> Validator:
    """A text in one or several languages, as a map from language to text."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        texts = _translations(key, data, field)
        for language, text in texts.items():
            if not isinstance(text, str):
                raise tk.Invalid(
                    tk._('The text in the language "%(language)s" must be plain text.') % {"language": language}
                )
        data[key] = json.dumps(texts, ensure_ascii=False)

    return validator


@scheming_validator
def fluent_tags(field: Field, schema: Field) -> Validator:
    """Keywords in one or several languages, as a map from language to a list of words."""

    def validator(key: FlattenKey, data: FlattenDataDict, errors: FlattenErrorDict, context: Context) -> None:
        texts = _translations(key, data, field)
        for language, words in texts.items():
            if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
                raise tk.Invalid(
                    tk._('The keywords in the language "%(language)s" must be a list of words.')
                    % {"language": language}
                )
        data[key] = json.dumps(texts, ensure_ascii=False)

    return validator


def _translations(key: FlattenKey, data: FlattenDataDict, field: Field) -> dict[str, Any]:
    given = data.get(key)
    if given is tk.missing or not given:
        _refuse_or_leave_out(key, data, field)
    if not isinstance(given, dict):
        raise tk.Invalid(tk._('Give the text per language, for example {"fr": "Bonjour", "nl": "Dag"}.'))
    unknown = next((language for language in given if not _LANGUAGE.fullmatch(str(language))), None)
    if unknown is not None:
        raise tk.Invalid(tk._('"%(language)s" is not a language code. Use fr, nl, de or en.') % {"language": unknown})
    return given


def _refuse_or_leave_out(key: FlattenKey, data: FlattenDataDict, field: Field) -> None:
    if field.get("required"):
        label = _in_language(field["label"])
        raise tk.Invalid(
            tk._('"%(field)s" is empty. Write it in at least one language, French first.') % {"field": label}
        )
    data.pop(key, None)
    raise tk.StopOnError


def _in_language(texts: dict[str, str]) -> str:
    return localised(texts, interface.language())


def fluent_text_output(value: Any) -> Any:
    """The map that was kept as JSON."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value


def smartregion_list(value: Any) -> Any:
    """A list, also where it came as JSON or as lines of a form."""
    if not isinstance(value, str):
        return value
    if value.startswith("["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return [line.strip() for line in value.splitlines() if line.strip()]


@scheming_validator
def smartregion_concept(field: Field, schema: Field) -> Validator:
    """One entry of the field's vocabulary, given by its address, code or label."""

    def validator(value: Any) -> str:
        return _concept(field, value)

    return validator


@scheming_validator
def smartregion_concepts(field: Field, schema: Field) -> Validator:
    """Several entries of the field's vocabulary, kept as a list without doubles."""
    return lambda value: json.dumps(list(dict.fromkeys(_concept(field, each) for each in json.loads(value))))


def _concept(field: Field, value: str) -> str:
    concept = schemas.vocabulary(field["vocabulary"]).find(value)
    if concept:
        return concept.value(field.get("keeps", "uri"))
    if field.get("open_list") and _is_address(value):
        return value
    label = _in_language(field["label"])
    words = {"value": value, "field": label, "examples": ", ".join(_near(field["vocabulary"], value))}
    raise tk.Invalid(tk._('"%(value)s" is not in the list of "%(field)s". Choose for example: %(examples)s.') % words)


def _near(name: str, value: str) -> list[str]:
    """Up to three labels of a vocabulary, those that resemble the value if any do."""
    concepts = schemas.vocabulary(name).concepts
    words = {word.casefold(): each for each in concepts for word in (each.code, *each.labels.values())}
    near = {words[word].code: words[word] for word in get_close_matches(value.casefold(), words, n=3)}
    return [f"{each.code} ({_in_language(each.labels)})" for each in near.values() or concepts[:3]]


def smartregion_file_format(value: str) -> str:
    """The code of a known file format; an unknown one stays as it was written."""
    concept = schemas.vocabulary("file-type").find(value)
    return concept.code if concept else value


def smartregion_table_contract(value: str) -> str:
    """The name of a contract of tables or of a format, with its version behind an @ if one is meant."""
    name, _, version = value.partition("@")
    try:
        schemas.file_contract(name, version or None)
    except schemas.ContractNotFound as error:
        raise tk.Invalid(localised(error.texts, interface.language())) from None
    return value


def smartregion_web_address(value: str) -> str:
    """A complete web address, or none: a form sends the fields that nobody filled as empty texts."""
    address = value.strip().replace(" ", "%20")
    if address and not _is_address(address):
        example = "https://www.namur.be"
        words = {"value": value, "example": example}
        raise tk.Invalid(tk._('"%(value)s" is not a complete web address. Write it like %(example)s.') % words)
    return address


def smartregion_dataset(value: str, context: Context) -> str:
    """A dataset of this portal by name, id or address, kept as its address; any other address stays."""
    name = value.strip()
    address = related.address_of(name, context)
    if address is None and not _is_address(name):
        words = {"value": value, "example": "https://www.namur.be/velos"}
        raise tk.Invalid(
            tk._(
                'There is no dataset "%(value)s" here. Write the name at the end of the address of its page, or '
                "a complete web address like %(example)s."
            )
            % words
        )
    return address or name


def smartregion_datasets(value: Any, context: Context) -> str:
    """Several of them, kept as a list without doubles."""
    return json.dumps(list(dict.fromkeys(smartregion_dataset(each, context) for each in json.loads(value))))


def _is_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return (
        parts.scheme in _SCHEMES and bool(parts.netloc or parts.path) and (parts.scheme == "urn" or bool(parts.netloc))
    )


def smartregion_email(value: str) -> str:
    """An e-mail address."""
    address = value.strip().removeprefix("mailto:")
    if not _EMAIL.fullmatch(address):
        words = {"value": value, "example": "opendata@namur.be"}
        raise tk.Invalid(tk._('"%(value)s" is not an e-mail address. Write it like %(example)s.') % words)
    return address


def smartregion_date(value: Any) -> str:
    """A day, a month, a year or a moment, as ISO 8601 writes it; day/month/year is understood too."""
    if isinstance(value, date):
        return value.isoformat()
    text = str(value).strip()
    belgian = _BELGIAN_DATE.fullmatch(text)
    iso = f"{belgian[3]}-{int(belgian[2]):02}-{int(belgian[1]):02}" if belgian else text
    if text and not _PARTIAL_DATE.fullmatch(iso) and not _is_moment(iso):
        words = {"value": value, "example": "2026-03-24"}
        raise tk.Invalid(tk._('"%(value)s" is not a date. Write year, month, day, like %(example)s.') % words)
    return iso


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def smartregion_duration(value: str) -> str:
    """A length of time, as ISO 8601 writes it."""
    if value and not _DURATION.fullmatch(value):
        words = {"value": value}
        raise tk.Invalid(
            tk._('"%(value)s" is not a length of time. Write PT15M for a quarter of an hour, P1D for a day.') % words
        )
    return value


def smartregion_whole_number(value: Any) -> str:
    """A whole number that is not negative, kept as text."""
    text = str(value).strip()
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise tk.Invalid(tk._('"%(value)s" is not a whole number. Write only digits, like 10.') % {"value": value})
    return str(int(text))


def smartregion_metres(value: Any) -> str:
    """A distance in metres above zero, kept as text; a decimal comma is understood."""
    text = str(value).strip().replace(",", ".")
    if not re.fullmatch(r"\d+(\.\d+)?", text, re.ASCII) or float(text) == 0:
        raise tk.Invalid(tk._('"%(value)s" is not a distance in metres. Write a number, like 2.5.') % {"value": value})
    return text


def smartregion_as_number(value: Any) -> Any:
    """The number that was kept as text."""
    if not isinstance(value, str):
        return value
    return float(value) if "." in value else int(value)


def smartregion_nis_code(value: Any) -> str:
    """Five digits; a code that a spreadsheet turned into 52011.0 is understood."""
    text = re.sub(r"\.0+$", "", str(value).strip())
    if not re.fullmatch(r"\d{5}", text, re.ASCII):
        raise tk.Invalid(tk._('"%(value)s" is not a NIS code. It has five digits, like 92094.') % {"value": value})
    return text


def tag_name_validator(value: Any) -> Any:
    """A keyword as people write it; takes the place of CKAN's rule, which refuses "braine-l'alleud"."""
    if not isinstance(value, str) or not KEYWORD.fullmatch(value):
        words = {"value": value, "signs": " - . ' & / + ( ) : °"}
        raise tk.Invalid(tk._('"%(value)s" is not a keyword. Use letters, digits, blanks and %(signs)s.') % words)
    return value


OURS = ("fluent_", "smartregion_", "tag_name_validator")
VALIDATORS = {name: each for name, each in list(globals().items()) if name.startswith(OURS)}
