# Every task of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/sh

PYTHON ?= python3
UV_VERSION := 0.13.9
BIN := .venv/bin
SYNC := $(BIN)/uv sync --frozen --python $(BIN)/python
PREPARED := .venv/.as-locked
MESSAGES := $(patsubst %.po,%.mo,$(wildcard locale/*/LC_MESSAGES/*.po))

# The environment must be the project's own, whatever the shell that calls make has set.
unexport VIRTUAL_ENV PYTHONPATH PYTHONHOME DJANGO_SETTINGS_MODULE
export UV_PROJECT_ENVIRONMENT := .venv
export UV_PYTHON_DOWNLOADS := never

.PHONY: help prepare demo up test check format messages browser bench clean

help: ## List what make can do here
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 12

demo: prepare ## Start a municipality with two years of answers to look around in
	@exec $(BIN)/python -m listening demo

up: prepare ## Start without any data; the first page makes your organisation
	@exec $(BIN)/python -m listening up

test: check browser ## Check and test everything, as CI does
	$(BIN)/pytest -n auto

check: export POLSSLAG_ENV := test
check: prepare ## Format, lint, types, import contract, migrations, templates, translations
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy .
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(BIN)/djlint templates --lint --quiet
	$(BIN)/python -m listening.translations check

format: prepare ## Put the code in the project's form
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

messages: prepare ## Bring new texts into the translation files
	$(BIN)/python -m listening.translations update

browser: prepare ## Install Chromium for the browser tests, if it is missing
	@.ci/browser

bench: prepare ## Measure speed, each as a ratio within one run
	$(BIN)/python -m bench

clean: ## Remove the environment and all caches; your data in .polsslag stays
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
	find locale -name '*.mo' -delete

prepare: $(PREPARED) $(MESSAGES)

$(PREPARED): uv.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Polsslag needs Python 3.11 or newer as '$(PYTHON)'. Name another one: make PYTHON=/path/to/python3.12"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { \
	  echo "This Python cannot make an environment: ensurepip is missing. On Debian: apt-get install python3-venv"; exit 1; }
	@$(BIN)/python -c '' 2>/dev/null || { rm -rf .venv; $(PYTHON) -m venv .venv; }
	@$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	@# Behind a proxy that opens HTTPS, only the machine's own certificates will do.
	@$(SYNC) || $(SYNC) --system-certs
	@touch $@

locale/%.mo: locale/%.po $(PREPARED)
	@$(BIN)/python -m listening.translations compile && touch $@
