"""Values from a stranger's file, made safe to show and to open in a spreadsheet."""

import unicodedata

SHOWN_CHARS = 200
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def shown(value: str) -> str:
    """A value as a report shows it: at most 200 characters, control and direction signs made visible."""
    cut = value[:SHOWN_CHARS]
    text = "".join("�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") else sign for sign in cut)
    return text + "…" if len(value) > SHOWN_CHARS else text


def spreadsheet_safe(value: str) -> str:
    """A value for an exported file that no spreadsheet runs as a formula."""
    return "'" + value if value.startswith(FORMULA_STARTS) else value
