"""Rules for texts: markup, blanks, keywords."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import Any

MARKUP = re.compile(r"<[a-zA-Z/!][^<>]*>|&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,5});")
BREAKS = {"br", "div", "hr", "p", "table", "tr", "ul", "ol", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote"}
SILENT = {"script", "style", "iframe", "object", "template"}
ODD_BLANKS = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000\t\r\f\v]")
INVISIBLE = re.compile("[\u200b-\u200d\u2060\ufeff\u00ad\x00-\x08\x0e-\x1f]")
NOT_IN_KEYWORDS = re.compile(r"[^\w \-.]+")
CDATA = re.compile(r"<!\[CDATA\[|\]\]>")
HALF_A_TAG = re.compile(r"<[a-zA-Z/!][^<>]*$")
SEPARATORS = re.compile(r"[;,|\n]")
LONGEST_KEYWORD = 100
LONGEST_TEXT = 30_000
REMEMBERED = 300


class _Reader(HTMLParser):
    """Reads HTML into Markdown's plain subset: paragraphs, list items, links; scripts and styles fall silent."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self.links: list[str] = []
        self.silence = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silence += tag in SILENT
        if tag in BREAKS:
            self.pieces.append("\n" if tag == "br" else "\n\n")
        elif tag == "li":
            self.pieces.append("\n- ")
        elif tag == "a":
            self.links.append(dict(attrs).get("href") or "")
            self.pieces.append("[")

    def handle_endtag(self, tag: str) -> None:
        self.silence -= tag in SILENT and self.silence > 0
        if tag in BREAKS:
            self.pieces.append("\n\n")
        elif tag == "a" and self.links:
            self._close_link(self.links.pop().strip())

    def handle_data(self, data: str) -> None:
        if not self.silence:
            self.pieces.append(re.sub(r"\s+", " ", data))

    def _close_link(self, address: str) -> None:
        start = max(index for index, piece in enumerate(self.pieces) if piece == "[")
        label = "".join(self.pieces[start + 1 :]).strip()
        plain = not address.startswith(("http://", "https://", "mailto:")) or label == address
        self.pieces[start:] = [label if plain else f"[{label or address}]({address.replace(')', '%29')})"]


def without_markup(text: str) -> str:
    """Plain text or Markdown for text that carries HTML tags or entities; anything else is left alone."""
    if ("<" not in text and "&" not in text) or not MARKUP.search(text):
        return text
    if text.count("<!--") > text.count("-->"):  # for each comment that never ends the parser reads to the end
        text = text.replace("<!--", "")
    reader = _Reader()
    # Twice-escaped markup ("&lt;p&gt;") is as common as markup.
    reader.feed(unescape(text) if "<" not in text else text)
    reader.close()
    lines = [line.strip() for line in "".join(reader.pieces).split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def cut(text: str) -> str:
    """A text no longer than anybody reads, so that no rule can be kept busy by one."""
    if len(text) <= LONGEST_TEXT:
        return text
    return HALF_A_TAG.sub("", text[: LONGEST_TEXT - 1]) + "…"


def without_cdata(text: str) -> str:
    """A text without the brackets of CDATA, which mean something in XML only."""
    return CDATA.sub("", text) if "CDATA[" in text else text


def _is_tidy(text: str) -> bool:
    """Whether a text is one line without needless blanks: every odd blank and invisible sign is unprintable."""
    return text.isprintable() and "  " not in text and text == text.strip()


def collapsed(text: str) -> str:
    """One line, one blank between words: for titles and names."""
    if _is_tidy(text):
        return text
    return re.sub(r"\s+", " ", INVISIBLE.sub("", ODD_BLANKS.sub(" ", text))).strip()


def collapsed_paragraphs(text: str) -> str:
    """Paragraphs kept, line breaks and indentation inside a sentence gone: for descriptions."""
    if _is_tidy(text):
        return text
    plain = INVISIBLE.sub("", ODD_BLANKS.sub(" ", text))
    paragraphs = re.split(r"\n\s*\n", plain)
    return "\n\n".join(kept for kept in map(_joined, paragraphs) if kept)


def _joined(paragraph: str) -> str:
    """Lines that go on after an indentation belong together; list items keep their line."""
    joined = re.sub(r"\s*\n[ ]+(?![-*] )", " ", paragraph.strip())
    return "\n".join(re.sub(r" {2,}", " ", line).strip() for line in joined.split("\n"))


def keywords(value: Any) -> Any:
    """Keywords as CKAN's tag rule accepts them: apart, without apostrophes and commas, none twice."""
    if isinstance(value, dict):
        return {language: kept for language, kept in ((key, keywords(words)) for key, words in value.items()) if kept}
    unique = {word.casefold(): word for each in value for word in _spelled(each)}
    return list(unique.values())


def _spelled(written: str) -> tuple[str, ...]:
    """The words in what was written as one keyword; only short texts are worth remembering."""
    return (_parted if len(written) <= REMEMBERED else _parted.__wrapped__)(written)


@lru_cache(maxsize=8192)
def _parted(written: str) -> tuple[str, ...]:
    parts = SEPARATORS.split(written)
    words = (collapsed(NOT_IN_KEYWORDS.sub(" ", part))[:LONGEST_KEYWORD].strip() for part in parts)
    return tuple(word for word in words if len(word) > 1)


def lift(change: Callable[[str], str]) -> Callable[[Any], Any]:
    """Lift a function on text to lists and language maps of texts; what becomes empty goes."""

    def lifted(value: Any) -> Any:
        if isinstance(value, str):
            return change(value)
        if isinstance(value, list):
            return [kept for kept in map(lifted, value) if kept]
        if isinstance(value, dict):
            return {key: kept for key, kept in ((key, lifted(inner)) for key, inner in value.items()) if kept}
        return value

    return lifted
