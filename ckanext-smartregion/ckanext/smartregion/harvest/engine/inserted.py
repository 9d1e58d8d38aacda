"""What a transaction has inserted for a new dataset is what the database says of it, until somebody changes it.

CKAN reads the files and keywords of each dataset back to show it for its history and its index. They are answered from
what was inserted, where that can be known: the first answer of the database to each of the two questions is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import FrozenResult, Result

from ckan import model

Rows = list[tuple[Any, ...]]


class Unknown(Exception):  # noqa: N818 - what happened
    """Only the database can tell a value."""


class Inserted:
    """The files and keywords of the datasets that a session has inserted."""

    def __init__(self) -> None:
        self.files: dict[str, list[model.Resource]] = {}
        self.keywords: dict[str, list[model.PackageTag]] = {}
        self.answers: dict[Any, FrozenResult[Any] | None] = {}

    def add(self, packages: Iterable[str], new: Iterable[object]) -> None:
        """What was inserted with new datasets, of which the database knew nothing."""
        for package_id in packages:
            self.files[package_id], self.keywords[package_id] = [], []
        for each in new:
            if isinstance(each, model.Resource) and (of := _dataset(each)) in self.files:
                self.files[of].append(each)
            elif isinstance(each, model.PackageTag) and (of := _dataset(each)) in self.keywords:
                self.keywords[of].append(each)

    def forget(self, changed: Iterable[object]) -> None:
        """What was changed since; a keyword may be anybody's."""
        for each in changed:
            if isinstance(each, model.Tag):
                self.keywords.clear()
            elif isinstance(each, (model.Resource, model.PackageTag)):
                self.files.pop(_dataset(each), None)
                self.keywords.pop(_dataset(each), None)

    def forget_all(self) -> None:
        """After a statement of which nobody knows what it changed."""
        self.files.clear()
        self.keywords.clear()

    def answer(self, key: Any, about: list[Any], ask: Callable[[], Result[Any]]) -> Result[Any] | None:
        """The answer to CKAN's question for the files or keywords of a dataset; None leaves it to the database."""
        rows = self._rows(key, about)
        if not rows:
            return None
        if key not in self.answers:
            answer = ask().freeze()
            same = sorted(map(repr, rows)) == sorted(repr(tuple(row)) for row in answer.data)
            self.answers[key] = answer if same else None
            return answer()
        known = self.answers[key]
        return known.with_new_rows(cast(Any, rows))() if known else None

    def _rows(self, key: Any, about: list[Any]) -> Rows | None:
        files, keywords = _questions()
        try:
            if key == files and about[0] in self.files:
                return [_row(model.resource_table.c, each) for each in self.files[about[0]]]
            if key == keywords and about[0] in self.keywords:
                return [
                    (*_row(model.tag_table.c, each.tag), *_row([model.package_tag_table.c.state], each))
                    for each in self.keywords[about[0]]
                ]
        except Unknown:
            pass
        return None


def _dataset(part: model.Resource | model.PackageTag) -> str:
    """The dataset that a file or a keyword is about to be inserted with, or was."""
    return part.package_id or (part.package.id if part.package else "")


@cache
def _questions() -> tuple[Any, ...]:
    """How SQLAlchemy tells the questions of CKAN's `package_dictize` for files and for keywords from others."""
    file, tag, of = model.resource_table, model.tag_table, model.package_tag_table
    files = sa.select(file).where(file.c.package_id == "")
    keywords = sa.select(tag, of.c.state).join(of, tag.c.id == of.c.tag_id).where(of.c.package_id == "")
    return tuple(cast(Any, question)._generate_cache_key().key for question in (files, keywords))


def _row(columns: Iterable[sa.Column[Any]], inserted: object) -> tuple[Any, ...]:
    values = cast(Any, sa.inspect(inserted)).dict
    return tuple(_stored(column, values) for column in columns)


def _stored(column: sa.Column[Any], values: dict[str, Any]) -> Any:
    """A value as the database gives it back; one that it would make another of is unknown."""
    if column.name not in values:
        raise Unknown
    value, kind = values[column.name], column.type
    if isinstance(kind, sa.TypeDecorator):
        return kind.process_result_value(kind.process_bind_param(value, None), None)  # type: ignore[arg-type]
    if value is not None and not isinstance(value, kind.python_type):
        raise Unknown
    return value
