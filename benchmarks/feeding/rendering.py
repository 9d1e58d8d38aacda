"""Rendering alone: a page that nobody has stored yet, from dictionaries to text. No server, database or search."""

from __future__ import annotations

from functools import partial
from itertools import chain

import numpy as np
from rdflib import Graph

from ckan.common import config

from ckanext.smartregion.feeds import emission
from ckanext.smartregion.feeds.description.portal import Portal, read_portal
from ckanext.smartregion.feeds.emission import FORMATS
from ckanext.smartregion.feeds.fragments import document
from ckanext.smartregion.feeds.serializer import described, head, prepare, render

from benchmarks.feeding.examples import ADDRESS, CHANGED, dataset, stock_page
from benchmarks.timing import Contender, compare

PAGE = range(100)
PARSERS = {"ttl": "turtle", "xml": "xml", "jsonld": "json-ld", "nt": "nt"}
CURVE = (100, 300, 1000)  # datasets in one graph of the peer


def pages(rounds: int) -> None:
    """A cold page of 100 in each format: ours renders all formats at once, for the store; and the asked one's share."""
    config["ckan.site_url"] = ADDRESS
    portal = read_portal(ADDRESS)
    datasets = [dataset(number) for number in PAGE]
    for form in FORMATS:
        ours, peer = partial(_page, datasets, portal, form), partial(stock_page, PAGE, form)
        print(f"{form}: {_triples(ours(), form)} triples of ours, {_triples(peer(), form)} of the peer's")
        ratio = compare(
            Contender("our cold page, all formats rendered", ours), Contender("ckanext-dcat's page", peer),
            items=len(PAGE), unit="datasets", rounds=rounds,
        )  # fmt: skip
        print(f"asked: 20 times; found {ratio:.1f}")
        ratio = compare(
            Contender(f"our cold page, {form} alone", partial(_page_alone, datasets, portal, form)),
            Contender("ckanext-dcat's page", peer),
            items=len(PAGE), unit="datasets", rounds=rounds,
        )  # fmt: skip
        print(f"asked: 20 times; found {ratio:.1f} in this format alone", flush=True)


def _page(datasets: list[dict], portal: Portal, form: str) -> str:
    fragments = [render(each, portal) for each in datasets]
    links = chain.from_iterable(each.links for each in fragments)
    return document(form, head(portal, links, modified=CHANGED, services=True), fragments)


def _page_alone(datasets: list[dict], portal: Portal, form: str) -> str:
    """What a page costs that is written in one format and not stored; the codes' own descriptions are left out."""
    pieces = (emission.piece(form, described(prepare(each, portal))) for each in datasets)
    beside = emission.described(head(portal, (), modified=CHANGED, services=True))
    return emission.document(form, [emission.piece(form, beside), *pieces])


def _triples(text: str, form: str) -> int:
    return len(Graph().parse(data=text, format=PARSERS[form]))


class Curve:
    """Seconds that the peer takes for n datasets in one graph: a·n + b·n², through what was measured in this run."""

    def __init__(self, form: str = "ttl") -> None:
        self.measured = {count: _seconds(count, form) for count in CURVE}
        counts = np.array(CURVE, dtype=float)
        # Each by its share, so that the small ones count as much as the large one.
        seconds = np.array([*self.measured.values()])
        terms = np.stack([counts, counts**2], axis=1) / seconds[:, None]
        self.linear, self.square = (float(term) for term in np.linalg.lstsq(terms, np.ones(len(CURVE)), rcond=None)[0])

    def __call__(self, count: int) -> float:
        """Seconds by the curve."""
        return self.linear * count + self.square * count**2

    def __str__(self) -> str:
        """The curve and what it goes through."""
        points = ", ".join(f"{count}: {seconds:.1f} s" for count, seconds in self.measured.items())
        return f"{self.linear * 1e3:.2f} ms·n + {self.square * 1e6:.2f} µs·n² (measured in one graph: {points})"


def _seconds(count: int, form: str) -> float:
    peer = Contender("", partial(stock_page, range(count), form))
    peer.round()
    return peer.median
