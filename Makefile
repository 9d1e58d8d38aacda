# The commands to know: `make run` and `make test`. `make help` lists the others.
SHELL := /bin/bash
.DEFAULT_GOAL := help
export RUN_DIR ?= .run
export PORT
# Compiled modules are kept, whatever the surroundings say: without them every start costs twice the time.
unexport PYTHONDONTWRITEBYTECODE
PYTHON := .venv/bin/python
STACK := $(PYTHON) -m stack
MODULES := ckanext-smartregion harvesters schemas stack tests benchmarks

run: ready ## start the portal in the foreground, filled with a demonstration region (Ctrl-C stops it)
	@$(STACK) run

start: ready ## the same in the background
	@$(STACK) start

stop: ## stop what `make run` or `make start` started
	@if [ -x $(PYTHON) ]; then $(STACK) stop; fi

status: ## what runs
	@$(STACK) status

logs: ## follow the logs
	@$(STACK) logs

test: ready-test ## lint, types and all tests on a stack of their own
	@RUN_DIR=.run/test PORT=$${TEST_PORT:-5055} $(STACK) test

lint: ready-test ## style and types
	@$(STACK) lint

test-services: ready-test ## only PostgreSQL, Redis and Solr for tests, left running (RUN_DIR=... for a set of your own)
	@$(STACK) test-services

pytest: ## some tests against `make test-services`: make pytest ARGS="tests/quality -k hold"
	@SMARTREGION_TEST_RUN_DIR=$(abspath $(RUN_DIR)) $(PYTHON) -m pytest --ckan-ini=$(RUN_DIR)/test.ini $(ARGS)

test-long: ready-test ## the comparison of both ways to judge a table, on 20,000 files (FILES=... for another number)
	@FILES=$${FILES:-20000} $(PYTHON) -m pytest -p no:ckan -q -n 2 --dist worksteal tests/quality/test_compiled.py

bench: ready-test ## every speed claim, beside its peer
	@$(PYTHON) -m benchmarks

i18n: ready-test ## collect the texts for translation and compile the translations
	@stack/i18n

images: ## build the container images of docker/
	docker build -f docker/Dockerfile -t smartregion .

lock: ## write the lock files anew from pyproject.toml
	@stack/lock

ready: .tools/installed-system .tools/installed-run .tools/installed-solr .tools/installed-i18n
ready-test: ready .tools/installed-test

system: .tools/installed-system
.tools/installed-system: stack/install
	@stack/install system && touch $@

venv: .tools/installed-run
.tools/installed-run: requirements.lock pyproject.toml setup.py .tools/installed-system
	@stack/install venv requirements.lock && touch $@

.tools/installed-test: requirements-test.lock .tools/installed-run
	@stack/install chromium && stack/install venv requirements-test.lock && touch $@

solr: .tools/installed-solr
.tools/installed-solr: stack/solr-server/pom.xml stack/solr-server/SolrServer.java .tools/installed-system
	@stack/install solr && touch $@

.tools/installed-i18n: $(wildcard ckanext-smartregion/ckanext/smartregion/i18n/*/LC_MESSAGES/*.po) .tools/installed-run
	@stack/install translations && touch $@

help: ## this list
	@grep -hE '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

.PHONY: run start stop status logs test test-long lint test-services pytest bench i18n images lock ready ready-test system venv solr help
