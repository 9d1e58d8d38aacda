"""Changes as Atom (RFC 4287) with archived pages (RFC 5005), for feed readers. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from xml.sax.saxutils import escape, quoteattr

from ckanext.smartregion.feeds.changes.blocks import Addresses, Block, Change

NAMESPACES = 'xmlns="http://www.w3.org/2005/Atom" xmlns:fh="http://purl.org/syndication/history/1.0"'
SIGNS = {"Create": "+", "Update": "~", "Delete": "-"}  # in any language


def feed(at: Addresses, of: Block, changes: Sequence[Change], *, title: str, begun: str, entry: bool) -> str:
    """A block, the newest change first; as the entry it is the document that readers subscribe to.

    ``begun`` is the moment of a feed in which nothing happened yet.
    """
    here = at.entry("atom") if entry else at.block(of.number, "atom")
    lines = [
        f"<id>{escape(at.entry())}</id>",
        f"<title>{_text(title)}</title>",
        f"<author><name>{_text(title)}</name></author>",
        f"<updated>{changes[-1].moment if changes else begun}</updated>",
        _link("self", here),
        _link("current", at.entry("atom")),
    ]
    if of.number > 1:
        lines.append(_link("prev-archive", at.block(of.number - 1, "atom")))
    if not entry:
        lines += ["<fh:archive/>"] if of.full else []
        lines += [_link("next-archive", at.block(of.number + 1, "atom"))] if of.full else []
    body = "\n".join([*lines, *(_entry(at, change) for change in reversed(changes))])
    return f'<?xml version="1.0" encoding="utf-8"?>\n<feed {NAMESPACES}>\n{body}\n</feed>\n'


def _entry(at: Addresses, change: Change) -> str:
    about = at.dataset(change.package_id)
    lines = [
        f"<id>{escape(at.change(change.seq))}</id>",
        f"<title>{SIGNS[change.kind]} {_text(change.title or change.name)}</title>",
        f"<updated>{change.moment}</updated>",
        f"<published>{change.moment}</published>",
        f'<category term="{change.kind}" scheme="https://www.w3.org/ns/activitystreams#"/>',
        f"<link href={quoteattr(about)}/>",
        f"<summary>{_text(', '.join(each['field'] for each in change.fields) or change.name)}</summary>",
    ]
    return "<entry>" + "".join(lines) + "</entry>"


def _link(relation: str, address: str) -> str:
    return f'<link rel="{relation}" href={quoteattr(address)}/>'


def _text(text: str) -> str:
    """The text as XML may hold it."""
    return escape("".join(letter for letter in text if letter >= " " or letter in "\t\n"))
