"""What is said where a table contract, or a version of one, is not there."""

from typing import Any

LanguageMap = dict[str, str]
SENTENCES: dict[str, LanguageMap] = {
    "unknown": {
        "fr": "Il n'y a pas de contrat de tableau « {name} ». Contrats installés : {known}.",
        "nl": "Er is geen tabelcontract '{name}'. Geïnstalleerd zijn: {known}.",
        "de": "Es gibt keinen Tabellenvertrag „{name}“. Installiert sind: {known}.",
        "en": "There is no table contract '{name}'; installed are: {known}.",
    },
    "no-version": {
        "fr": "Le contrat de tableau « {name} » n'a pas de version {version}. Versions installées : {known}.",
        "nl": "Het tabelcontract '{name}' heeft geen versie {version}. Geïnstalleerd zijn: {known}.",
        "de": "Der Tabellenvertrag „{name}“ hat keine Version {version}. Installiert sind: {known}.",
        "en": "Table contract '{name}' has no version {version}; installed is {known}.",
    },
    "ended": {
        "fr": "La version {version} du contrat de tableau « {name} » valait jusqu'au {until} ; "
        "choisissez la version {newest}.",
        "nl": "Versie {version} van het tabelcontract '{name}' gold tot {until}; kies versie {newest}.",
        "de": "Version {version} des Tabellenvertrags „{name}“ galt bis {until}; wählen Sie Version {newest}.",
        "en": "Version {version} of table contract '{name}' held until {until}; name version {newest} instead.",
    },
}


class ContractNotFound(KeyError):  # noqa: N818 - what happened, not a kind of error
    """No table contract of that name or version is installed; `texts` say so, and which there are, by language."""

    def __init__(self, why: str, **facts: Any) -> None:
        self.texts = {language: sentence.format(**facts) for language, sentence in SENTENCES[why].items()}
        super().__init__(self.texts["en"])

    def __str__(self) -> str:
        """The English sentence, without the quotes that KeyError adds."""
        return self.texts["en"]
