"""Options that every kind of source has."""

from __future__ import annotations

from ckanext.smartregion.harvest.records import Option

COMMON: tuple[Option, ...] = (
    Option(
        "language",
        {
            "fr": "Langue des textes qui n’en indiquent pas",
            "nl": "Taal van teksten die er geen vermelden",
            "de": "Sprache der Texte, die keine angeben",
            "en": "Language of texts that state none",
        },
        default="fr",
    ),
    Option(
        "exclude_publishers",
        {
            "fr": "Éditeurs à laisser de côté, séparés par des points-virgules",
            "nl": "Uitgevers die worden overgeslagen, gescheiden door puntkomma’s",
            "de": "Herausgeber, die ausgelassen werden, durch Semikolon getrennt",
            "en": "Publishers to leave out, separated by semicolons",
        },
    ),
)
