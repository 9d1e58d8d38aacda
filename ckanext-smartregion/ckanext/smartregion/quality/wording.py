"""The parameters of a contract's own rules as words in four languages, to fill the sentences of rules.yaml with."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ckanext.smartregion.quality.rules import LanguageMap, filled, words
from ckanext.smartregion.schemas.rules.rule import Condition, Rule
from ckanext.smartregion.schemas.table_contracts import ContractNotFound, TableContract, table_contract
from ckanext.smartregion.schemas.vocabulary import LANGUAGES

Values = dict[str, Any]


class Wording:
    """Words for the rules of one contract."""

    def __init__(self, contract: TableContract) -> None:
        self._titles: dict[str, LanguageMap] = {field["name"]: field["title"] for field in contract.fields}
        self._labels = {field["name"]: field.get("labels", {}) for field in contract.fields}

    def values(self, rule: Rule) -> Values:
        """What the sentences of a rule may name: columns by their titles, comparisons and lists in words."""
        said = rule.parameters
        own = KINDS[rule.kind](self, said) if rule.kind in KINDS else {}
        condition = {"condition": self._condition(rule.when)} if rule.when else {}
        return {"columns": self.titles(rule.columns), **condition, **own}

    def titles(self, names: Iterable[str]) -> LanguageMap:
        """The titles of columns, one after another."""
        return joined([self._quoted(name) for name in names])

    def _quoted(self, name: str) -> LanguageMap:
        return filled(words()["phrases"]["column"], {"column": self._titles[name]})

    def _condition(self, when: Condition) -> LanguageMap:
        if when.values is None:
            template, values = words()["conditions"]["filled" if when.filled else "empty"], plain("")
        else:
            listed = [self._labels[when.column].get(value) or plain(shown(value)) for value in when.values]
            template, values = words()["conditions"]["in"], joined(listed)
        return filled(template, {"column": self._titles[when.column], "values": values})

    def operand(self, said: str | float, factor: float = 1) -> LanguageMap:
        """A column by its title or a number, multiplied or not."""
        told = self._quoted(said) if isinstance(said, str) else plain(shown(said))
        return told if factor == 1 else {language: f"{shown(factor)} × {text}" for language, text in told.items()}

    def order(self, said: Values) -> Values:
        """The two columns by their titles."""
        first, second = said["columns"]
        return {"first": self._titles[first], "second": self._titles[second]}

    def compare(self, said: Values) -> Values:
        """The comparison in words, and what is compared with."""
        other = self.operand(said["to"], said.get("factor", 1))
        return {"comparison": words()["comparisons"][said["is"]], "other": other}

    def today(self, said: Values) -> Values:
        """The day of the check, some days added or taken away."""
        days = said["days"]
        shift = filled(words()["days"]["later" if days > 0 else "earlier"], {"days": abs(days)}) if days else plain("")
        return {"limit": filled(words()["days"][said["is"]], {"shift": shift})}

    def list_items(self, said: Values) -> Values:
        """What the items of a list may be."""
        if said["items"]:
            items = joined([self._labelled(said["column"], item) for item in said["items"]])
        elif said["reference"]:
            items = filled(words()["phrases"]["codes-of"], {"list": list_name(said["reference"])})
        else:
            items = words()["phrases"]["as-described"]
        return {"separator": said["separator"], "items": items}

    def _labelled(self, column: str, code: str) -> LanguageMap:
        label = self._labels[column].get(code)
        return {language: f"{code} ({text})" for language, text in label.items()} if label else plain(code)

    def reference(self, said: Values) -> Values:
        """The list, and the day on which a code of it must be in force."""
        days, column = words()["days"], said["valid_on"]
        limit = days["of-check"] if column == "today" else filled(days["of-column"], {"column": self._titles[column]})
        return {"list": list_name(said["list"]), "limit": limit}

    def check_digits(self, said: Values) -> Values:
        """What kind of number it is."""
        return {"scheme": words()["schemes"][said["scheme"]]}

    def inside_municipality(self, said: Values) -> Values:
        """The tolerance in metres, and the column that names the municipality."""
        return {"tolerance": shown(said["tolerance_m"]), "municipality": self._titles[said["municipality"]]}

    def k_anonymity(self, said: Values) -> Values:
        """The smallest count that may be shown."""
        return {"threshold": self.operand(said["threshold"])}

    def ratio(self, said: Values) -> Values:
        """What it is divided by, and the bounds."""
        over = [said["over"]] if isinstance(said["over"], str) else said["over"]
        low, high = map(shown, said["between"])
        per_year = words()["phrases"]["per-year"] if said["per_year"] else plain("")
        return {
            "over": joined([self._quoted(name) for name in over], " × "),
            "low": low,
            "high": high,
            "per_year": per_year,
        }

    def grid(self, said: Values) -> Values:
        """The step, of minutes or of a number."""
        return {"step": self.operand(said["step"])}

    def duration(self, said: Values) -> Values:
        """The two columns by their titles, the fewest and the most days."""
        low, high = map(shown, said["days"])
        return {**self.order(said), "low": low, "high": high}

    def no_overlap(self, said: Values) -> Values:
        """The columns of the key."""
        return {"key": self.titles(said["key"])}

    def balance(self, said: Values) -> Values:
        """The columns that make a group."""
        return {"group": self.titles(said["group"])}

    def foreign_key(self, said: Values) -> Values:
        """The other contract by its title."""
        try:
            return {"contract": table_contract(said["contract"]).title}
        except ContractNotFound:
            return {"contract": said["contract"]}


KINDS: Mapping[str, Callable[[Wording, Values], Values]] = {
    "order": Wording.order,
    "compare": Wording.compare,
    "sum": Wording.compare,
    "today": Wording.today,
    "list-items": Wording.list_items,
    "reference": Wording.reference,
    "check-digits": Wording.check_digits,
    "inside-municipality": Wording.inside_municipality,
    "k-anonymity": Wording.k_anonymity,
    "ratio": Wording.ratio,
    "grid": Wording.grid,
    "rounded": Wording.grid,
    "duration": Wording.duration,
    "no-overlap": Wording.no_overlap,
    "balance": Wording.balance,
    "foreign-key": Wording.foreign_key,
}


def tolerated(share: float, limit: float) -> dict[str, Any]:
    """A share of rows that the policy tolerates, and its limit, also as a sentence."""
    percent = {"share": f"{share * 100:.4g}", "limit": f"{limit * 100:.4g}"}
    return {"share": share, "limit": limit, "text": filled(words()["phrases"]["tolerated"], percent)}


def list_name(name: str) -> LanguageMap:
    """A reference list in words."""
    listed = words()["lists"]
    return listed[name] if name in listed else filled(listed["other"], {"list": name})


def joined(parts: list[LanguageMap], between: str = ", ") -> LanguageMap:
    """Texts one after another, in each language."""
    return {language: between.join(part[language] for part in parts) for language in LANGUAGES}


def plain(text: str) -> LanguageMap:
    """A text that is the same in every language."""
    return dict.fromkeys(LANGUAGES, text)


def shown(value: Any) -> str:
    """A number or a code as people write it."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
