"""Why a file can't be judged as a table."""

from typing import Any

from ckanext.smartregion.quality.rules import filled, words


class Refused(Exception):  # noqa: N818 - the file is refused, nothing went wrong
    """The file can't be judged as a table; names the rule and what to say about it."""

    def __init__(self, rule: str, **values: Any) -> None:
        super().__init__(rule)
        self.rule, self.values = rule, values


def refuse_archive(why: str, **values: object) -> Refused:
    """The refusal of an archive, with the sentence that says why."""
    return Refused("archive", why=filled(words()["archives"][why], values))
