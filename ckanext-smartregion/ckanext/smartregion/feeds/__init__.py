"""Feeds: what the world reads, as DCAT-AP in the serialisations of RDF."""
