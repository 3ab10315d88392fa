# Ginnel. `make help` lists the commands; each sets up what it needs, once.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PYTHONPATH := $(CURDIR)
PATH := $(CURDIR)/$(BIN):$(PATH)
export PYTHONPATH PATH
# Each worker of the tests, and each process that they start, would compile everything again.
unexport PYTHONDONTWRITEBYTECODE

COUNCIL ?= demo
COUNCIL_NAME := $(notdir $(basename $(COUNCIL)))
WEB := build/web/$(COUNCIL_NAME)
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' -not -path 'web/dist/*' -not -path 'web/tests/*' 2>/dev/null)
COUNCIL_FILE := $(if $(filter %.json,$(COUNCIL)),$(COUNCIL),chalicelib/catalogue/councils/$(COUNCIL).json)
LOOK_SOURCES := $(wildcard chalicelib/catalogue/councils/* chalicelib/kernel/templates/*) $(addprefix infra/,theme.py svg.py screenshots.py)
ENGINES := tests/engines/node_modules
LIGHTHOUSE := bench/lighthouse/node_modules
BROWSERS := chromium chromium-headless-shell firefox-esr dbus-daemon
HAS_BROWSERS = [ "$$(command -v $(BROWSERS) | wc -l)" = $(words $(BROWSERS)) ]
PYTHON_SOURCES := app.py bench chalicelib infra tests

.PHONY: help setup run test test-all lint bench package format clean

help: ## lists these commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | awk -F'\t' '{printf "  make %-8s %s\n", $$1, $$2}'

run: $(VENV)/.installed $(WEB)/.built ## starts everything on http://127.0.0.1:8000 (PORT=, SEED=none, COUNCIL=bath)
	@COUNCIL=$(COUNCIL) WEB=$(WEB) exec $(BIN)/python -m infra.local

test: $(VENV)/.bench build/web/demo/.built $(VENV)/.browser $(ENGINES)/.installed ## runs the tests (ARGS="tests/unit/reports -k timeline")
	@cd web && npm run --silent test
	@$(BIN)/python -m pytest $(ARGS)

test-all: export EXHAUSTIVE = 1
test-all: export TEST_MOMENT ?= $(shell date -u +%Y-%m-%dT%H:%M:%SZ)
test-all: $(LIGHTHOUSE)/.installed test ## runs the tests with every schedule, attack and large file: before a release, and when their area changes

lint: $(VENV)/.installed web/node_modules/.installed ## ruff, mypy, import-linter, cfn-lint, bandit, tsc, dependency-cruiser, prettier
	@$(BIN)/ruff check $(PYTHON_SOURCES)
	@$(BIN)/ruff format --check $(PYTHON_SOURCES)
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/cfn-lint infra/resources.json
	@$(BIN)/bandit -q -ll -c pyproject.toml -r app.py chalicelib infra
	@cd web && npm run --silent check

bench: $(VENV)/.bench build/web/demo/.built $(VENV)/.browser $(ENGINES)/.installed $(LIGHTHOUSE)/.installed ## measures everything: a table, and bench.json (ARGS=--write, --strict)
	@$(BIN)/python -m bench $(ARGS)

package: $(VENV)/.installed ## what an AWS account gets: build/package (docs/DEPLOY.md; LAMBDA_PYTHON=)
	@LAMBDA_PYTHON=$(LAMBDA_PYTHON) $(BIN)/python -m infra.package

format: $(VENV)/.installed web/node_modules/.installed ## formats the Python and TypeScript code
	@$(BIN)/ruff check --fix-only --quiet $(PYTHON_SOURCES)
	@$(BIN)/ruff format --quiet $(PYTHON_SOURCES)
	@cd web && npm run --silent format

setup: $(VENV)/.bench web/node_modules/.installed $(VENV)/.browser $(ENGINES)/.installed ## installs everything and runs nothing

clean: ## removes what was built and installed
	rm -rf build $(VENV) web/node_modules web/dist $(ENGINES) .local .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(VENV)/.installed: requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Ginnel needs Python 3.11 or newer, and '$(PYTHON)' is $$($(PYTHON) --version 2>&1): install one, or name it with make PYTHON=python3.11 $(MAKECMDGOALS)." >&2; exit 1; }
	@echo "Installing the Python packages (once)…"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r requirements-dev.txt -c constraints.txt
	@touch $@

$(VENV)/.bench: $(VENV)/.installed bench/requirements.txt
	@echo "Installing what the benchmark compares with (once)…"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check -r bench/requirements.txt -c constraints.txt
	@touch $@

web/node_modules/.installed: $(VENV)/.installed web/package.json web/package-lock.json
	@echo "Installing the web packages (once)…"
	@cd web && npm ci --silent --no-audit --no-fund
	@touch $@

$(ENGINES)/.installed: $(VENV)/.installed tests/engines/package.json tests/engines/package-lock.json
	@echo "Installing dynalite (once)…"
	@cd tests/engines && npm ci --silent --no-audit --no-fund
	@touch $@

$(LIGHTHOUSE)/.installed: $(VENV)/.installed bench/lighthouse/package.json bench/lighthouse/package-lock.json
	@echo "Installing Lighthouse (once)…"
	@cd bench/lighthouse && npm ci --silent --no-audit --no-fund
	@touch $@

build/web/%/.built: web/node_modules/.installed $(WEB_SOURCES) $(LOOK_SOURCES) $(COUNCIL_FILE)
	@cd web && COUNCIL=$(if $(filter $*,$(COUNCIL_NAME)),$(COUNCIL),$*) OUT_DIR=$(CURDIR)/build/web/$* npm run --silent build
	@touch $@

$(VENV)/.browser: $(VENV)/.installed
	@$(HAS_BROWSERS) || { echo "Installing Debian's $(BROWSERS) (once)…"; \
	  (apt-get update -qq; for each in $(BROWSERS); do DEBIAN_FRONTEND=noninteractive apt-get install -y -qq $$each; done) >$(VENV)/browser.log 2>&1 || true; }
	@for each in $(BROWSERS); do command -v $$each >/dev/null || \
	  echo "!!! No $$each here and apt-get could not install it: the browser tests that need it will NOT run." >&2; done
	@! $(HAS_BROWSERS) || touch $@
