"""For each repair the least that needs it, in Turtle."""

from __future__ import annotations

PREFIXES = """
@prefix : <https://example.be/> .
@prefix bna: <http://data.europa.eu/bna/> .
@prefix dcat: <http://www.w3.org/ns/dcat#> .
@prefix dcatap: <http://data.europa.eu/r5r/> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix lang: <http://publications.europa.eu/resource/authority/language/> .
@prefix right: <http://publications.europa.eu/resource/authority/access-right/> .
@prefix vcard: <http://www.w3.org/2006/vcard/ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""

FAULTY = {
    "licence by its label": ':f dct:license "CC BY" .',
    "licence repeated as rights": ":f dct:license :l ; dct:rights :l .",
    "licence on the dataset instead of its files": ":d a dcat:Dataset ; dct:license :l .",
    "frequency by its label": ':d dct:accrualPeriodicity "annuel" .',
    "format and media type by their labels": ':f dcat:mediaType "text/csv" .',
    "theme by its label": ':d dcat:theme "Mobilité" .',
    "theme by keyword": ':d a dcat:Dataset ; dcat:keyword "vélo"@fr .',
    "language by its label": ":d dct:language <http://id.loc.gov/vocabulary/iso639-1/fr> .",
    "publisher by its name": ':d dct:publisher "Namur" .',
    "rights as a text": ':d dct:accessRights "libre" .',
    "regulation by its name": ':d dcatap:applicableLegislation "MMTIS" .',
    "public access added": ":d a dcat:DataService .",
    "availability added": ":f a dcat:Distribution .",
    "place forced": ":d a dcat:Dataset .",
    "language guessed": ":d a dcat:Dataset .",
    "language copied to the files": ":d dct:language <urn:fr> ; dcat:distribution :f .",
    "contact added": ":d a dcat:Dataset .",
    "title copied to an empty description": ':s a dcat:DataService ; dct:title "API"@fr .',
    "landing page made access address": ":f a dcat:Distribution .",
    "regulation on closed data added": ":d dct:accessRights right:RESTRICTED .",
    "language tag added": ':d dct:title "Vélos" .',
    "markup stripped": ':d dct:description "<p>Où ?</p>"@fr .',
    "newlines stripped": ':d dct:description "Une ligne\\nqui continue."@fr .',
    "no-break spaces replaced": ':d dct:title "Où\\u00a0?"@fr .',
    "empty texts removed": ':d dcat:keyword "-"@fr .',
    "German cut out of a French text": ':d dct:description "Vélos. Traduction en allemand : Fahrräder."@fr .',
    "dates typed": ':d dct:issued "2026-01-31" .',
    "size typed": ":f dcat:byteSize 12 .",
    "identifier made a text": ":d dct:identifier :d .",
    "e-mail and telephone made addresses": ':c vcard:hasEmail "velos@example.be" .',
    "classes added for the shapes": ":d dct:publisher :a .",
    "lists of concepts added for the shapes": ":d dct:language lang:FRA .",
    "address that leads to itself": ":f dcat:downloadURL :f .",
    "high-value concept moved out of the themes": ":d dcat:theme bna:c_4b74ea13 .",
    "high-value category copied to services": """
        :d dcatap:applicableLegislation <http://data.europa.eu/eli/reg_impl/2023/138/oj> . :s dcat:servesDataset :d .
    """,
    "high-value category by keyword": ':d dcat:keyword "HVD_cat_buildings"@en .',
    "files of a dataset with more than ten": ":d a dcat:Dataset ; dcat:distribution "
    + ", ".join(f":f{number}" for number in range(11))
    + " .",
    "dataset of an identifier that another has": """
        :d a dcat:Dataset ; dct:identifier "1" . :e a dcat:Dataset ; dct:identifier "1" .
    """,
    "records and pages deleted": ":r a dcat:CatalogRecord . :d dct:isReferencedBy :r .",
    "catalogue node replaced": ":k dcat:dataset :d .",
}
