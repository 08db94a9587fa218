# Motcua: everything a person or a machine does here, by name. `make` alone lists it.
# A fresh machine needs only make and Python 3.11 or later.

SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Compiled modules are kept: without them every test process would compile all of them anew.
unexport PYTHONDONTWRITEBYTECODE

# The first Python that is new enough; say PYTHON=/path/to/python to choose another.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

VENV := .venv
PY   := $(VENV)/bin/python
PIP  := $(PY) -m pip --disable-pip-version-check --quiet
# Behind a proxy with a certificate of its own, a Node from a wheel must ask the machine's store.
NODE := NODE_USE_SYSTEM_CA=1 PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
TEST := $(PY) -m pytest -n logical --dist worksteal

.PHONY: help setup run test quick lint walk check soak chaos pictures bench support lock clean chromium

help: ## This list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.project app/static/build/.made ## Virtual environment, locked dependencies, front-end bundle; starts nothing

run: setup ## The demo on http://127.0.0.1:8000 (web and worker, data in ./var); Ctrl-C stops it
	@$(PY) -m app.demo

test: setup chromium ## Every test, on SQLite and PostgreSQL, browser included, then lint
	$(TEST)
	@$(MAKE) --no-print-directory lint

quick: setup ## The tests for every change: no browser, no PostgreSQL, nothing slow
	$(TEST) -q -m "not browser and not postgres and not slow" --hypothesis-profile=quick

lint: $(VENV)/.project ## Style, types and the floors of the house
	$(PY) -m ruff check .
	$(PY) -m mypy
	$(PY) -c "from importlinter.cli import lint_imports_command; lint_imports_command()"

walk: $(VENV)/.project ## Play the walks of every procedure on virtual time
	$(PY) -m app.cli walk processes

check: $(VENV)/.project ## Check every procedure: diagram, forms, roles, slips, walks
	$(PY) -m app.cli check processes

soak: setup ## Thousands of random examples for every property (two hours or more)
	$(TEST) -m "hypothesis and not browser" --hypothesis-profile=soak

chaos: setup ## Workers killed over and over while they work, on both databases (three minutes)
	$(PY) -m tests.chaos

bench: setup ## What a dossier costs through HTTP on both databases, beside its floors (two minutes)
	$(PY) -m tests.bench

pictures: setup chromium ## Take the pictures of docs/ anew
	$(PY) -m tests.pictures

support: $(VENV)/.project ## Write docs/bpmn-support.md and docs/findings.md anew
	$(PY) -m tests.bpmn

lock: $(VENV)/.project ## Write the lock files anew (versions and hashes, no addresses)
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header pyproject.toml -o requirements.lock
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock
	$(PY) -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header requirements-node.in -o requirements-node.lock
	$(NODE) npm install --package-lock-only --ignore-scripts

clean: ## Remove what setup made; ./var with its data stays
	rm -rf $(VENV) node_modules app/static/build *.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# ---- what the names above stand on --------------------------------------------------------------

# Debian without python3-venv has no ensurepip; its own pip can then fill the environment.
$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "Motcua needs Python 3.11 or later. On Debian: apt install python3 python3-venv"; exit 1; }
	@test -x $(PY) && $(PY) -m pip --version >/dev/null 2>&1 \
	|| $(PYTHON) -m venv $(VENV) 2>/dev/null \
	|| { rm -rf $(VENV); $(PYTHON) -m venv --without-pip $(VENV) && $(PYTHON) -m pip --python $(PY) install --quiet pip; } \
	|| { rm -rf $(VENV); $(PYTHON) -m virtualenv --quiet $(VENV); } \
	|| { rm -rf $(VENV); echo "No virtual environment could be made. On Debian: apt install python3-venv"; exit 1; }
	@touch $@

$(VENV)/.locked: requirements-dev.lock $(VENV)/.made
	@echo "Installing the locked dependencies (a minute or two the first time) ..."
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

$(VENV)/.project: pyproject.toml $(VENV)/.locked
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

# The machine's own Node when it is 20 or later; otherwise one from a wheel, inside .venv.
node_modules/.locked: package.json package-lock.json requirements-node.lock $(VENV)/.locked
	@node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 20 ? 1 : 0)' 2>/dev/null && npm --version >/dev/null 2>&1 \
	|| $(PIP) install --require-hashes -r requirements-node.lock
	@$(NODE) npm ci --ignore-scripts --no-progress --loglevel=error
	@touch $@

app/static/build/.made: $(wildcard assets/*) node_modules/.locked
	@rm -rf app/static/build
	@$(NODE) node assets/build.js
	@touch $@

# Browser tests drive Debian's Chromium; it is installed if we may, and asked for if we may not.
chromium:
	@command -v chromium >/dev/null || { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	|| { echo "The browser tests need Chromium. On Debian: sudo apt install chromium"; exit 1; }
