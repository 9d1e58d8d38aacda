"""Values from a stranger's file, made safe to show."""

import unicodedata

SHOWN_CHARS = 200


def shown(value: str) -> str:
    """A value as a report shows it: at most 200 characters, control and direction signs made visible."""
    cut = value[:SHOWN_CHARS]
    text = "".join("�" if unicodedata.category(sign) in ("Cc", "Cf", "Cs", "Co") else sign for sign in cut)
    return text + "…" if len(value) > SHOWN_CHARS else text
