"""The services on one machine: PostgreSQL, Redis, Solr, CKAN, workers and scheduler, as `make run` starts them."""
