"""Find which kind of source an address is, and map a sample of its records as a run would; nothing is saved."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from ckanext.smartregion.fetch import Client, Credentials, FetchError, Response
from ckanext.smartregion.harvest import model, plan, probing
from ckanext.smartregion.harvest.engine.comparing import Comparison
from ckanext.smartregion.harvest.engine.pulse import Told, silent
from ckanext.smartregion.harvest.probing import Clues, Guess, Place
from ckanext.smartregion.harvest.records import ListingError
from ckanext.smartregion.harvest.scoring import score
from ckanext.smartregion.harvest.sentences import say
from ckanext.smartregion.harvest.tallying import tally
from ckanext.smartregion.harvest.walking import Walk
from ckanext.smartregion.harvesters import KINDS
from ckanext.smartregion.outgoing import client

MOST_REQUESTS = 24
MOST_BYTES = 20 * 1024 * 1024
SECONDS = 45
SAMPLE = 20
SAMPLE_SECONDS = 60
# A kind that was recognised but can't be listed gives way to the next one, so often.
TRIES = 2
# Those that say nothing of the host as a whole: another address of it may still answer.
OF_ONE_ADDRESS = frozenset({"too-large", "robots", "truncated", "encoding", "redirects"})
IN_PEACE = frozenset({"resting", "too-many"})
# The organisation, as long as none is named: the gate must not miss it in every record of the sample.
NOT_YET = "not-yet"
ACCEPT = "application/json, text/turtle;q=0.9, application/rdf+xml;q=0.9, text/html;q=0.5, */*;q=0.4"


@dataclass(frozen=True)
class Wanted:
    """What is to be probed: an address, and what is known of it already; `organization` is an id."""

    url: str
    kind: str = ""
    options: dict[str, Any] = field(default_factory=dict)
    organization: str = ""
    any_organization: bool = False
    credentials: tuple[Credentials, ...] = ()


@dataclass
class Search:
    """What was found at the addresses that were asked; `problem` says why nothing was."""

    guesses: list[Guess] = field(default_factory=list)
    title: str = ""
    problem: dict[str, str] | None = None


@dataclass
class Sample:
    """Some records as a run would plan them: of how many that were seen, of how many in all."""

    steps: list[plan.Step] = field(default_factory=list)
    seen: int = 0
    total: int | None = None
    problem: dict[str, str] | None = None


def probe(wanted: Wanted, told: Told = silent) -> dict[str, Any]:
    """The kinds that the address may be of, the likeliest first, a sample of that one mapped, and its score."""
    found = Search([_given(wanted)]) if wanted.kind else search(wanted, told)
    guesses, sample = _sampled(found.guesses, wanted, told)
    candidates = [step.candidate for step in sample.steps if step.candidate]
    title = next((each.title for each in guesses if each.title), "") or found.title
    return {
        "url": wanted.url,
        "kind": guesses[0].kind if guesses else None,
        "kinds": [guess.as_dict() for guess in guesses],
        "name": _free_name(wanted.url),
        "title": title or _only_title(sample) or probing.suggested_name(wanted.url),
        "sample": [step.shown() for step in sample.steps],
        "seen": sample.seen,
        "total": sample.total,
        "score": score(candidates, sum(step.act == "fail" for step in sample.steps)).as_dict(),
        "findings": tally(candidates)["findings"],
        "error": found.problem or sample.problem,
    }


def _given(wanted: Wanted) -> Guess:
    return Guess(wanted.kind, wanted.url, 100, say("probe-told", kind=wanted.kind), wanted.options)


# -- the kind


def search(wanted: Wanted, told: Told = silent) -> Search:
    """Ask the address, and where it does not settle the matter some usual places of its host."""
    ask = _client(wanted, total=SECONDS / 2)
    until = time.monotonic() + SECONDS
    found, clues, problem = Search(), Clues(), None
    told("asking", {"addresses": 1})
    try:
        answer = _fetch(ask, wanted.url)
        if guess := probing.recognised(answer.body, answer.url):
            return Search([_with(guess, wanted.options)])
        if probing.form(answer.body) == "html":
            clues = probing.clues(answer.body, answer.url)
        here = answer.url
    except FetchError as error:
        if error.kind == "too-large" and (guess := probing.recognised_by_address(wanted.url)):
            return Search([_with(guess, wanted.options)])
        if (error.status is None and error.kind not in OF_ONE_ADDRESS) or error.kind in IN_PEACE:
            return Search(problem=error.texts)
        here, problem = wanted.url, error.texts
    found.title = clues.title
    for guess in _elsewhere(ask, probing.places(here, clues)[:MOST_REQUESTS], until, told):
        found.guesses.append(_with(guess, wanted.options))
    found.guesses = probing.ranked(found.guesses)
    if not found.guesses:
        found.problem = problem or say("probe-nothing", url=wanted.url)
    return found


def _elsewhere(ask: Client, places: list[Place], until: float, told: Told) -> Iterator[Guess]:
    """What the other places are, one by one; once a kind is found, only what may stand beside it is asked."""
    kinds: set[str] = set()
    asked = 1
    for place in places:
        if time.monotonic() > until:
            return
        if place.kind in kinds or (kinds and not kinds & set(place.beside)):
            continue
        asked += 1
        told("asking", {"addresses": asked})
        try:
            answer = _fetch(ask, place.url)
            guess = probing.recognised(answer.body, place.url)
        except FetchError as error:
            if error.kind in IN_PEACE or (error.status is None and error.kind not in OF_ONE_ADDRESS):
                return
            guess = probing.recognised_by_address(place.url) if error.kind == "too-large" else None
        if guess:
            kinds.add(guess.kind)
            yield guess


def _fetch(ask: Client, url: str) -> Response:
    return ask.get(url, accept=ACCEPT, max_bytes=MOST_BYTES, robots=not probing.is_for_programs(url))


def _with(guess: Guess, options: dict[str, Any]) -> Guess:
    """A guess with the options that were given and that its kind knows."""
    known = {option.name for option in KINDS[guess.kind].options}
    return replace(guess, options={**guess.options, **{name: each for name, each in options.items() if name in known}})


def _client(wanted: Wanted, *, total: float) -> Client:
    return client(*wanted.credentials, total=total, attempts=1)


# -- the sample


def _sampled(guesses: list[Guess], wanted: Wanted, told: Told) -> tuple[list[Guess], Sample]:
    """A sample of the first kind that can be listed, and the kinds with that one in front."""
    first = Sample()
    for number, guess in enumerate(guesses[:TRIES]):
        sample = _sample(guess, wanted, told)
        if sample.steps or sample.problem is None:
            return [guess, *guesses[:number], *guesses[number + 1 :]], sample
        first = sample if number == 0 else first
    return guesses, first


def _sample(guess: Guess, wanted: Wanted, told: Told) -> Sample:
    comparison = Comparison(_source(guess, wanted))
    walk = Walk(comparison.kind, comparison.source, _client(wanted, total=SAMPLE_SECONDS))
    until, found, ended = time.monotonic() + SAMPLE_SECONDS, Sample(), False
    try:
        for walked in walk.pages():
            left = SAMPLE - len(found.steps)
            found.seen = len(walk.roll.seen)
            found.total = max(found.total or 0, walked.total) if walked.total is not None else found.total
            found.steps += comparison.page(replace(walked, fresh=walked.fresh[:left])).steps
            told("listing", {"pages": walked.number, "listed": found.seen, "total": found.total or 0})
            ended = walked.next is None
            if len(found.steps) >= SAMPLE or ended:
                break
            if time.monotonic() > until:
                found.problem = say("probe-late", seconds=SAMPLE_SECONDS)
                break
    except (FetchError, ListingError) as error:
        found.problem = error.texts
    if ended and found.total is None:
        found.total = found.seen
    return found


def _source(guess: Guess, wanted: Wanted) -> model.Source:
    """A source as it would be, for nobody but the comparison: it is never added to the database."""
    return model.Source(
        id=str(uuid.uuid4()),
        name="",
        kind=guess.kind,
        url=guess.url,
        options=dict(guess.options),
        organization_id=wanted.organization or NOT_YET,
        any_organization=wanted.any_organization,
        precedence=50,
    )


# -- what to call it


def _only_title(sample: Sample) -> str:
    """The title of the one dataset that a feed is."""
    candidates = [step.candidate for step in sample.steps if step.candidate]
    titles = candidates[0].dataset.get("title_translated") or {} if len(candidates) == 1 == sample.total else {}
    return titles.get("fr") or next(iter(titles.values()), "")


def _free_name(url: str) -> str:
    name = probing.suggested_name(url)
    numbered = (name, *(f"{name}-{number}" for number in range(2, 100)))
    return next((each for each in numbered if model.find_source(each) is None), f"{name}-{uuid.uuid4().hex[:6]}")
