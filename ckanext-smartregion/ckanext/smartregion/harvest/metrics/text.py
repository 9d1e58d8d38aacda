"""What is measured, in the text format of Prometheus. Pure: everything measured is handed in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from ckanext.smartregion.harvest.condition import STATES, Facts, condition

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
PREFIX = "smartregion_harvest_"

# Name, labels, what it says. The names stand in docs/metrics.md.
GAUGES = (
    ("runs", ("source", "status"), "Runs that are kept, by status"),
    ("records", ("source", "state"), "Records by state"),
    ("records_missing", ("source",), "Records that the source no longer lists, in their days of grace"),
    ("findings", ("source",), "Findings of the records that are published or held"),
    ("condition", ("source", "state"), "1 for the state that a source is in"),
    ("last_run_duration_seconds", ("source",), "What the last run that ended took"),
    ("last_run_age_seconds", ("source",), "Time since the last run ended"),
    ("last_listing_age_seconds", ("source",), "Time since the start of the last run that saw the whole source"),
    ("queue_up", (), "1 when the queue answers"),
    ("queue_length", (), "Jobs that wait for a worker"),
    ("queue_oldest_seconds", (), "How long the first of them has waited"),
    ("workers", (), "Workers that serve the queue"),
    ("digests_failed", (), "People whose mail of the day could not be sent and is tried again"),
)


@dataclass(frozen=True)
class Queue:
    """The workers' queue: how many jobs wait, for how many seconds the first one, and how many workers there are."""

    length: int
    oldest: float
    workers: int


@dataclass(frozen=True)
class Measured:
    """Everything that is measured; `queue` is None where it does not answer.

    `runs` are source, status, number; `records` are source, state, number, of them missing, findings.
    """

    moment: dt.datetime
    facts: tuple[Facts, ...]
    runs: Iterable[tuple[str, str, int]]
    records: Iterable[tuple[str, str, int, int, int]]
    queue: Queue | None
    digests_failed: int = 0


def render(measured: Measured) -> bytes:
    """The page that Prometheus reads."""
    registry = CollectorRegistry()
    gauges = {name: Gauge(PREFIX + name, about, labels, registry=registry) for name, labels, about in GAUGES}
    for source, status, count in measured.runs:
        gauges["runs"].labels(source, status).set(count)
    for source, state, count, missing, findings in measured.records:
        gauges["records"].labels(source, state).set(count)
        gauges["records_missing"].labels(source).inc(missing)
        gauges["findings"].labels(source).inc((findings or 0) if state in ("published", "held") else 0)
    for facts in measured.facts:
        _source(gauges, facts, measured.moment)
    _queue(gauges, measured.queue)
    gauges["digests_failed"].set(measured.digests_failed)
    return generate_latest(registry)


def _source(gauges: Mapping[str, Any], facts: Facts, moment: dt.datetime) -> None:
    state = condition(facts, moment).state
    for each in STATES:
        gauges["condition"].labels(facts.name, each).set(each == state)
    last = facts.last
    if last and last.seconds is not None:
        gauges["last_run_duration_seconds"].labels(facts.name).set(last.seconds)
    if last and last.finished:
        gauges["last_run_age_seconds"].labels(facts.name).set((moment - last.finished).total_seconds())
    if facts.listed:
        gauges["last_listing_age_seconds"].labels(facts.name).set((moment - facts.listed).total_seconds())


def _queue(gauges: Mapping[str, Any], queue: Queue | None) -> None:
    gauges["queue_up"].set(queue is not None)
    nothing = float("nan")
    gauges["queue_length"].set(queue.length if queue else nothing)
    gauges["queue_oldest_seconds"].set(queue.oldest if queue else nothing)
    gauges["workers"].set(queue.workers if queue else nothing)
