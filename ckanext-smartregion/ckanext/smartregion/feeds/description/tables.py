"""The tables of DCAT-AP 3.0.1, HVD 3.0.0 and mobilityDCAT-AP 1.1.0: field, predicate, and how the value is written."""

from __future__ import annotations

from ckanext.smartregion.feeds.description.writing import (
    Field,
    Own,
    Part,
    Thing,
    email,
    link,
    links,
    moment,
    one_text,
    plain,
    texts,
    typed,
    words,
)  # fmt: skip
from ckanext.smartregion.feeds.terms import (
    ADMS,
    CNT,
    DCAT,
    DCATAP,
    DCT,
    ELI,
    FOAF,
    GSP,
    LOCN,
    MOBILITY,
    OWL,
    PAV,
    PROV,
    RDFS,
    SKOS,
    SPDX,
    VCARD,
    XSD,
)  # fmt: skip

# -- fields that stand in several tables

TITLE = Field("title_translated", DCT.title, texts)
THEMES = Field("theme", DCAT.theme, links)
LANGUAGES = Field("language", DCT.language, links)
STANDARDS = Field("conforms_to", DCT.conformsTo, links, DCT.Standard)
PAGES = Field("documentation", FOAF.page, links, FOAF.Document)
LAWS = Field("applicable_legislation", DCATAP.applicableLegislation, links, ELI.LegalResource)
HVD_CATEGORIES = Field("hvd_category", DCATAP.hvdCategory, links)
LICENCE = Field("license", DCT.license, link, DCT.LicenseDocument)
ACCESS_RIGHTS = Field("access_rights", DCT.accessRights, link, DCT.RightsStatement)
ISSUED = Field("issued", DCT.issued, moment)
MODIFIED = Field("modified", DCT.modified, moment)
IDENTIFIER = Field("identifier", DCT.identifier, plain)
METRES = Field("spatial_resolution_in_meters", DCAT.spatialResolutionInMeters, typed(XSD.decimal))
TEMPORAL_RESOLUTION = Field("temporal_resolution", DCAT.temporalResolution, typed(XSD.duration))

# -- agents, places, periods

AGENT = Thing(
    (FOAF.Agent,),
    (
        Field("name_translated", FOAF.name, texts),
        Field("type", DCT.type, link),
        Field("url", FOAF.homepage, link, FOAF.Document),
        Field("email", VCARD.hasEmail, email, RDFS.Resource),
        IDENTIFIER,
    ),
)
PROVIDER = Thing((FOAF.Organization, *AGENT.types), (*AGENT.fields, Field("email", FOAF.mbox, email)))
CONTACT = Thing(
    (VCARD.Kind,),
    (
        Field("name_translated", VCARD.fn, texts),
        Field("email", VCARD.hasEmail, email, RDFS.Resource),
        Field("email", VCARD.hasEmail, email, VCARD.Email),
        Field("url", VCARD.hasURL, link, RDFS.Resource),
        Field("identifier", VCARD.hasUID, plain),
    ),
)
PLACE = Thing(
    (DCT.Location,),
    (
        Field("name_translated", SKOS.prefLabel, texts),
        Field("geom", LOCN.geometry, typed(GSP.wktLiteral)),
        Field("bbox", DCAT.bbox, typed(GSP.wktLiteral)),
        Field("centroid", DCAT.centroid, typed(GSP.wktLiteral)),
    ),
)
PERIOD = Thing((DCT.PeriodOfTime,), (Field("start", DCAT.startDate, moment), Field("end", DCAT.endDate, moment)))

# -- data services

SERVICE = Thing(
    (DCAT.DataService,),
    (
        Field("title", DCT.title, texts),
        Field("description", DCT.description, texts),
        Field("endpoint_url", DCAT.endpointURL, links, RDFS.Resource),
        Field("endpoint_description", DCAT.endpointDescription, link, RDFS.Resource),
        Field("serves_dataset", DCAT.servesDataset, links),
        Field("keyword", DCAT.keyword, words),
        Part("contact", DCAT.contactPoint, CONTACT),
        Part("publisher", DCT.publisher, PROVIDER),
        THEMES, LANGUAGES, STANDARDS, PAGES, LAWS, HVD_CATEGORIES, LICENCE, ACCESS_RIGHTS, IDENTIFIER,
    ),
)  # fmt: skip

# -- distributions

CHECKSUM = Thing(
    (SPDX.Checksum,),
    (
        Field("hash", SPDX.checksumValue, typed(XSD.hexBinary)),
        Field("hash_algorithm", SPDX.algorithm, link, SPDX.ChecksumAlgorithm),
    ),
)
# The list of mobility data standards knows no versions, and readers look for its own addresses: what is a version of
# one of them is a standard besides.
DATA_STANDARD = Thing(
    (DCT.Standard, MOBILITY.MobilityDataStandard),
    (
        Field("mobility_data_standard_version", OWL.versionInfo, plain),
        Field("mobility_data_standard", DCT.isVersionOf, link),
    ),
)
RIGHTS = Thing(
    (DCT.RightsStatement,),
    (
        Field("rights", RDFS.label, texts),
        Field("rights_pages", RDFS.seeAlso, links),
        Field("conditions", DCT.type, link),
    ),
)
DISTRIBUTION = Thing(
    (DCAT.Distribution,),
    (
        Field("name_translated", DCT.title, texts),
        Field("description_translated", DCT.description, texts),
        Field("access_url", DCAT.accessURL, link, RDFS.Resource),
        Field("download_url", DCAT.downloadURL, link, RDFS.Resource),
        Field("format", DCT.format, link, DCT.MediaTypeOrExtent),
        Field("mimetype", DCAT.mediaType, link, DCT.MediaType),
        Field("compress_format", DCAT.compressFormat, link, DCT.MediaType),
        Field("package_format", DCAT.packageFormat, link, DCT.MediaType),
        Field("status", ADMS.status, link),
        Field("availability", DCATAP.availability, link),
        Field("size", DCAT.byteSize, typed(XSD.nonNegativeInteger)),
        Field("rights_addresses", DCT.rights, links, DCT.RightsStatement),
        Own("rights", DCT.rights, RIGHTS, "rights"),
        Own("rights_pages", DCT.rights, RIGHTS, "rights"),
        Own("conditions", DCT.rights, RIGHTS, "rights"),
        Own("hash", SPDX.checksum, CHECKSUM, "checksum"),
        Part("access_services", DCAT.accessService, SERVICE),
        LICENCE, LANGUAGES, STANDARDS, PAGES, LAWS, ISSUED, MODIFIED, METRES, TEMPORAL_RESOLUTION,
        # mobilityDCAT-AP
        Field("mobility_data_standard", MOBILITY.mobilityDataStandard, link),
        Own("mobility_data_standard_version", DCT.conformsTo, DATA_STANDARD, "data-standard"),
        Field("application_layer_protocol", MOBILITY.applicationLayerProtocol, link),
        Field("communication_method", MOBILITY.communicationMethod, link),
        Field("character_encoding", CNT.characterEncoding, plain),
        Field("data_format_notes", MOBILITY.dataFormatNotes, one_text),
        Field("sample", ADMS.sample, links),
    ),
)  # fmt: skip

# -- datasets and their records

# A dcat:Relationship may only lead to what is described with it; PROV says the same without.
RELATION = Thing(
    (PROV.EntityInfluence,),
    (
        Field("relation", PROV.entity, link),
        Field("relation", DCT.relation, link, RDFS.Resource),
        Field("role", DCAT.hadRole, link, DCAT.Role),
    ),
)
ACTIVITY = Thing(
    (PROV.Activity,),
    (
        Field("label_translated", RDFS.label, texts),
        Field("seeAlso", RDFS.seeAlso, link),
        Field("startedAtTime", PROV.startedAtTime, typed(XSD.dateTime)),
        Part("wasAssociatedWith", PROV.wasAssociatedWith, PROVIDER),
    ),
)
OTHER_IDENTIFIER = Thing((ADMS.Identifier,), (Field("notation", SKOS.notation, plain),))
PROVENANCE = Thing((DCT.ProvenanceStatement,), (Field("provenance", RDFS.label, texts),))
SERIES = Thing(
    (DCAT.DatasetSeries,),
    (
        TITLE,
        Field("notes_translated", DCT.description, texts),
        Part("publisher", DCT.publisher, AGENT),
        Part("contact", DCAT.contactPoint, CONTACT),
        Part("spatial_coverage", DCT.spatial, PLACE),
        HVD_CATEGORIES, LAWS,
    ),
)  # fmt: skip
DATASET = Thing(
    (DCAT.Dataset,),
    (
        TITLE,
        Field("notes_translated", DCT.description, texts),
        Field("tags_translated", DCAT.keyword, words),
        Field("url", DCAT.landingPage, link, FOAF.Document),
        Field("version", DCAT.version, plain),
        Field("version_notes", ADMS.versionNotes, texts),
        Field("frequency", DCT.accrualPeriodicity, link, DCT.Frequency),
        Field("dcat_type", DCT.type, link),
        Field("related_resource", DCT.relation, links, RDFS.Resource),
        # The hasVersion of DCAT and DCMI, and dct:source, may only lead to datasets that are described with it.
        Field("has_version", PAV.hasVersion, links),
        Field("is_version_of", DCT.isVersionOf, links),
        Field("is_version_of", DCAT.isVersionOf, links),
        Field("previous_version", DCAT.previousVersion, links),
        Field("source", PROV.wasDerivedFrom, links),
        Field("is_referenced_by", DCT.isReferencedBy, links, RDFS.Resource),
        Part("qualified_relation", PROV.qualifiedInfluence, RELATION),
        Part("provenance_activity", PROV.wasGeneratedBy, ACTIVITY),
        Part("in_series", DCAT.inSeries, SERIES),
        Field("provenance_addresses", DCT.provenance, links, DCT.ProvenanceStatement),
        Own("provenance", DCT.provenance, PROVENANCE, "provenance"),
        Part("other_identifiers", ADMS.identifier, OTHER_IDENTIFIER),
        Part("contact", DCAT.contactPoint, CONTACT),
        Part("publisher", DCT.publisher, AGENT),
        Part("creator", DCT.creator, AGENT),
        Part("spatial_coverage", DCT.spatial, PLACE),
        Part("temporal_coverage", DCT.temporal, PERIOD),
        Part("resources", DCAT.distribution, DISTRIBUTION),
        THEMES, LANGUAGES, STANDARDS, PAGES, LAWS, HVD_CATEGORIES, ACCESS_RIGHTS, IDENTIFIER, ISSUED, MODIFIED,
        METRES, TEMPORAL_RESOLUTION,
        # mobilityDCAT-AP
        Field("mobility_theme", MOBILITY.mobilityTheme, links),
        Field("transport_mode", MOBILITY.transportMode, links),
        Field("network_coverage", MOBILITY.networkCoverage, links),
        Field("georeferencing_method", MOBILITY.georeferencingMethod, links),
        Field("intended_information_service", MOBILITY.intendedInformationService, links),
    ),
)  # fmt: skip
RECORD = Thing(
    (DCAT.CatalogRecord,),
    (
        Field("topic", FOAF.primaryTopic, link),
        Field("profiles", DCT.conformsTo, links, DCT.Standard),
        Field("status", ADMS.status, link),
        Field("created", DCT.created, moment),
        Part("publisher", DCT.publisher, AGENT),
        LANGUAGES, ISSUED, MODIFIED,
    ),
)  # fmt: skip

# -- the catalogue

CATALOGUE = Thing(
    (DCAT.Catalog,),
    (
        TITLE,
        Field("description", DCT.description, texts),
        Field("url", FOAF.homepage, link, FOAF.Document),
        Field("themes", DCAT.themeTaxonomy, link),
        Part("spatial_coverage", DCT.spatial, PLACE),
        Part("publisher", DCT.publisher, AGENT),
        Part("contact", DCAT.contactPoint, CONTACT),
        Part("services", DCAT.service, SERVICE),
        STANDARDS, LICENCE, LANGUAGES, IDENTIFIER, LAWS, ISSUED, MODIFIED,
        # the catalogues of organisations list what is theirs
        Field("dataset", DCAT.dataset, link),
        Field("record", DCAT.record, link),
    ),
)  # fmt: skip
