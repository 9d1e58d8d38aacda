"""Changes as a Linked Data Event Stream by the rules of DCAT-AP Feeds, in TriG and JSON-LD. Pure.

Each change is an activity (`as:Create`, `as:Update`, `as:Delete`) whose IRI is also the named graph with what is said
of the dataset from then on. The entry is the root of a tree of blocks by time; only it says what may change one day
(how long changes are kept), so a full block stays the same to the byte.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from rdflib.namespace import XSD

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.changes.blocks import Addresses, Block, Change, Span, moment
from ckanext.smartregion.feeds.emission import MOMENT, TYPE, Statement, Value
from ckanext.smartregion.feeds.terms import ACT, DCT, LDES, RDFS, TREE

SHAPE = "https://semiceu.github.io/LDES-DCAT-AP-feeds/shape.ttl#ActivityShape"
FORMS = {"trig": "ttl", "jsonld": "jsonld"}  # extension -> the serialisation of the pieces


def block(extension: str, at: Addresses, of: Block, changes: Iterable[Change]) -> str:
    """A block of the stream: its members in the order of the log."""
    form, here = FORMS[extension], at.block(of.number, extension)
    head = [*_context(at, extension), _link(here, TYPE, TREE.Node)]
    if of.full:
        head.append((here, str(LDES.immutable), Value("true", datatype=str(XSD.boolean))))
    return emission.document(form, [_piece(form, head), *_members(form, at, changes)])


def entry(extension: str, at: Addresses, spans: Iterable[Span], days: int, titles: dict[str, str]) -> str:
    """The root of the tree: the blocks that are kept, by the time of their changes, and for how long they are."""
    form, here, stream = FORMS[extension], at.entry(extension), _stream(at)
    policy, view = f"{at.entry()}#retention", f"{at.entry()}#view"
    duration = Value(f"P{days}D", datatype=str(XSD.duration))
    head = [
        *_context(at, extension),
        *((stream, str(DCT.title), Value(text, language=language)) for language, text in titles.items()),
        _link(here, TYPE, TREE.RootNode),
        _link(here, TYPE, TREE.Node),
        _link(here, TREE.viewDescription, view),
        _link(here, RDFS.seeAlso, f"{at.base}/catalog.ttl"),  # where who was away for too long begins anew
        _link(view, TYPE, TREE.ViewDescription),
        *(_link(node, LDES.retentionPolicy, policy) for node in (here, view)),
        *(_link(policy, TYPE, kind) for kind in (LDES.RetentionPolicy, LDES.DurationAgoPolicy)),
        # The second predicate is that of the first version of LDES, which clients still read.
        *((policy, str(predicate), duration) for predicate in (LDES.fullLogDuration, TREE.value)),
    ]
    relations = [_piece(form, list(_relations(here, at, extension, span))) for span in spans]
    return emission.document(form, [_piece(form, head), *relations])


def activity(at: Addresses, change: Any) -> list[Statement]:
    """What happened to which dataset, and when; of a row of the log as far as it says that something happened."""
    about = at.change(change.seq)
    return [
        _link(about, TYPE, ACT[change.kind]),
        _link(about, ACT.object, change.iri),
        (about, str(ACT.published), Value(moment(change.published), datatype=MOMENT)),
    ]


def _context(at: Addresses, extension: str) -> list[Statement]:
    stream = _stream(at)
    kinds = {LDES.versionCreateObject: ACT.Create, LDES.versionUpdateObject: ACT.Update}
    return [
        _link(stream, TYPE, LDES.EventStream),
        _link(stream, TREE.shape, SHAPE),
        _link(stream, TREE.view, at.entry(extension)),
        _link(stream, LDES.timestampPath, ACT.published),
        _link(stream, LDES.versionOfPath, ACT.object),
        *(_link(stream, *pair) for pair in {**kinds, LDES.versionDeleteObject: ACT.Delete}.items()),
    ]


def _members(form: str, at: Addresses, changes: Iterable[Change]) -> Iterator[str]:
    """One after the other, each with its graph behind it: a reader can work while it reads."""
    for change in changes:
        yield _piece(form, [_link(_stream(at), TREE.member, at.change(change.seq))])
        yield _piece(form, activity(at, change))
        if change.own:
            yield _graph(form, at.change(change.seq), [change.own, *change.shared])


def _graph(form: str, name: str, pieces: list[str]) -> str:
    if form == "jsonld":
        return f'{{"@id": {json.dumps(name)}, "@graph": [\n' + ",\n".join(pieces) + "\n]}"
    return f"<{name}> {{\n" + "\n".join(pieces) + "}\n"


def _relations(here: str, at: Addresses, extension: str, span: Span) -> Iterator[Statement]:
    bounds = [("from", TREE.GreaterThanOrEqualToRelation, span.begins)]
    if span.full:
        bounds.append(("to", TREE.LessThanOrEqualToRelation, span.ends))
    for name, kind, bound in bounds:
        relation = f"{at.entry()}#{name}-{span.number}"
        yield _link(here, TREE.relation, relation)
        yield _link(relation, TYPE, kind)
        yield _link(relation, TREE.path, ACT.published)
        yield relation, str(TREE.value), Value(moment(bound), datatype=MOMENT)
        yield _link(relation, TREE.node, at.block(span.number, extension))


def _stream(at: Addresses) -> str:
    return f"{at.entry()}#stream"


def _link(subject: str, predicate: str, value: str) -> Statement:
    return subject, str(predicate), Value(str(value), is_iri=True)


def _piece(form: str, statements: list[Statement]) -> str:
    return emission.piece(form, emission.described(statements))
