"""Whether a text is what its datatype says, for the types of XML Schema that the profiles ask for."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime

XSD = "http://www.w3.org/2001/XMLSchema#"


def _matching(pattern: str) -> Callable[[str], bool]:
    matches = re.compile(pattern).fullmatch
    return lambda text: matches(text) is not None


def _parsed_by(parse: Callable[[str], object]) -> Callable[[str], bool]:
    def parsed(text: str) -> bool:
        try:
            parse(text)
        except ValueError:
            return False
        return True

    return parsed


ZONE = r"(Z|[+-]\d\d:\d\d)?"

WELL_FORMED: dict[str, Callable[[str], bool]] = {
    XSD + "date": _parsed_by(lambda text: date.fromisoformat(re.sub(ZONE + "$", "", text, count=1))),
    XSD + "dateTime": _parsed_by(datetime.fromisoformat),
    XSD + "decimal": _matching(r"[+-]?(\d+(\.\d*)?|\.\d+)"),
    XSD + "duration": _matching(r"-?P(?=.)(\d+Y)?(\d+M)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?"),
    XSD + "gYear": _matching(r"-?\d{4,}" + ZONE),
    XSD + "gYearMonth": _matching(r"-?\d{4,}-(0[1-9]|1[0-2])" + ZONE),
    XSD + "hexBinary": _matching(r"([0-9A-Fa-f]{2})*"),
    XSD + "nonNegativeInteger": _matching(r"\+?\d+|-0+"),
}
