# `make repro` does the main job, `make test` runs the tests; both set up .venv first if it is not there.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# stages are run by DVC as `python -m stages.…`: the environment's python must come first
export PATH := $(CURDIR)/$(BIN):$(PATH)
export VIRTUAL_ENV := $(CURDIR)/$(VENV)

.PHONY: setup repro test browser lint fuzz ui demo bench clean-venv

setup: $(VENV)/ready

$(VENV)/ready: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable '.[dev]'
	touch $@

repro: setup
	dvc repro

test: setup
	python -m pytest

# what the tests of pages need: a Chromium, one that is here, else Playwright's, else, as root, the distribution's; and
# the package hanzi-writer, by npm
browser: setup
	@$(BIN)/python -m tests.support.browser \
	  || { timeout 300 $(BIN)/python -m playwright install chromium && $(BIN)/python -m tests.support.browser; } \
	  || { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install --yes --no-install-recommends chromium \
	       && $(BIN)/python -m tests.support.browser; }
	-@$(BIN)/python -m tests.support.hanzi_writer

lint: setup
	ruff check .
	ruff format --check .
	mypy

fuzz: setup
	python -m tests.support.fuzz --seconds 60

ui: setup
	python -m pipeline.tracking.ui

demo: setup
	python -m pipeline.export.demo

bench: setup
	python -m pytest benchmarks --benchmark-only

clean-venv:
	rm -rf $(VENV)
