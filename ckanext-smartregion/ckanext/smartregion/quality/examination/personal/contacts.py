"""E-mail addresses and Belgian telephone numbers."""

import re

from ckanext.smartregion.quality.examination.personal.numbers import Spans

_EMAIL = re.compile(r"[\w.%+'\-]{1,64}@(?:[\w\-]{1,63}\.){1,8}[^\W\d_]{2,24}")

GAP = r"[ .\-/\u00a0\u202f]"
_PAIRS, _THREES = rf"[0-9]{{2}}{GAP}?[0-9]{{2}}{GAP}?[0-9]{{2}}", rf"[0-9]{{3}}{GAP}?[0-9]{{3}}"
MOBILE = rf"04[5-9][0-9]{GAP}{{0,3}}(?:{_PAIRS}|{_THREES})"
# Without anything behind the zone, nine digits are more often an identifier than a telephone.
_LONG_ZONE = r"0(?:1[0-69]|5[0-9]|6[0-9]|71|8[0-9])"
_SHORT_ZONE = r"0[2349]"
_SEVEN = rf"(?:[0-9]{{3}}{GAP}?[0-9]{{2}}{GAP}?[0-9]{{2}}|[0-9]{{3}}{GAP}?[0-9]{{4}})"
LANDLINE = rf"\(?(?:{_LONG_ZONE}\)?{GAP}{{1,3}}(?:{_PAIRS}|{_THREES})|{_SHORT_ZONE}\)?{GAP}{{1,3}}{_SEVEN})"
ABROAD = rf"(?:\+|00){GAP}?32{GAP}?(?:\(0\){GAP}?)?[1-9](?:{GAP}{{0,3}}[0-9]){{7,8}}"
PHONE = rf"(?:{ABROAD}|{MOBILE}|{LANDLINE})"
_PHONE = re.compile(rf"(?<![0-9A-Za-z+])(?<![0-9][.,]){PHONE}(?![0-9])", re.ASCII)
# The spellings that a mobile number shares with the number of an enterprise.
_AS_ENTERPRISE = re.compile(r"0[0-9]{3}[ .]?[0-9]{3}[ .]?[0-9]{3}", re.ASCII)


def emails(text: str) -> Spans:
    """Where e-mail addresses stand in a text."""
    if "@" in text:
        yield from (found.span() for found in _EMAIL.finditer(text))


def phones(text: str) -> Spans:
    """Where Belgian numbers of mobiles and landlines stand in a text; numbers of enterprises are none."""
    for found in _PHONE.finditer(text):
        if not (_AS_ENTERPRISE.fullmatch(found[0]) and _is_enterprise(re.sub("[^0-9]", "", found[0]))):
            yield found.span()


def _is_enterprise(digits: str) -> bool:
    return 97 - int(digits[:8]) % 97 == int(digits[8:])
