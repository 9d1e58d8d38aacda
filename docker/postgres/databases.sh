#!/usr/bin/env bash
# Runs once, when the cluster is made: the roles and databases of the portal (stack/postgres.py does the same).
set -euo pipefail
psql -v ON_ERROR_STOP=1 -U postgres \
  -v ckan_password="$CKAN_DB_PASSWORD" -v reader_password="$DATASTORE_DB_PASSWORD" <<'SQL'
CREATE ROLE ckan LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'ckan_password';
CREATE ROLE datastore_reader LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD :'reader_password';
CREATE DATABASE ckan OWNER ckan TEMPLATE template0 ENCODING 'UTF8';
CREATE DATABASE datastore OWNER ckan TEMPLATE template0 ENCODING 'UTF8';
SQL
