# Tocsin's commands. `make` lists them. Nothing but Python 3.11 with venv and a package index is needed.

PYTHON ?= python3
UV_VERSION := 0.13.9
VENV := .venv
BIN := $(VENV)/bin
SOURCES := src tests scripts bench

# uv installs into .venv with the Python that is here, whatever the shell was set up for.
export UV_PROJECT_ENVIRONMENT := $(VENV)
export UV_PYTHON_DOWNLOADS := never
export UV_PYTHON := $(BIN)/python
export UV_NO_PROGRESS := 1
export UV_SYSTEM_CERTS ?= 1
unexport VIRTUAL_ENV CONDA_PREFIX PYTHONHOME PYTHONPATH PIP_USER PIP_TARGET PIP_PREFIX UV_SYSTEM_PYTHON
ifeq ($(HOME),)
export UV_CACHE_DIR := $(CURDIR)/$(VENV)/cache
endif
# Some of the commands that the tests call lie outside a user's PATH.
export PATH := $(PATH):/usr/sbin:/sbin

# Settings of the user's own workspace are none of the tests'.
OWN_SETTINGS := $(filter-out TOCSIN_TEST_DATA,$(filter TOCSIN_%,$(.VARIABLES)))

# An environment whose Python is gone is made anew.
ifeq ($(wildcard $(BIN)/python),)
$(shell rm -f $(VENV)/.setup $(VENV)/.setup-dev)
endif

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev demo check format test docs system-packages clean
.DELETE_ON_ERROR:

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

setup: $(VENV)/.setup ## Install Tocsin into .venv

demo: setup ## Run the whole loop on a real capture: make demo ARGS="--help"
	$(BIN)/tocsin demo $(ARGS)

setup-dev: $(VENV)/.setup-dev ## Install what development needs too, Spark included

check: setup-dev ## Check format, lint, types, floors, dependencies, spelling, and that the docs are in step
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/deptry src
	$(BIN)/codespell $(SOURCES) docs *.md Makefile pyproject.toml .ci/run
	$(BIN)/python scripts/reference.py --check

format: setup-dev ## Format the code and mend what ruff can mend
	$(BIN)/ruff check --fix-only $(SOURCES)
	$(BIN)/ruff format $(SOURCES)

test: setup-dev system-packages ## Run the tests: make test ARGS="tests/parties -k lookup"
	env $(OWN_SETTINGS:%=-u %) $(BIN)/pytest -n auto $(ARGS)

docs: setup-dev ## Write docs/reference anew from the docstrings
	$(BIN)/python scripts/reference.py

clean: ## Remove what was built and installed
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .grimp_cache
	find src tests scripts -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.setup: pyproject.toml uv.lock | $(BIN)/uv-$(UV_VERSION)
	$(BIN)/uv sync --frozen --inexact --no-dev --quiet
	@touch $@

$(VENV)/.setup-dev: pyproject.toml uv.lock | $(BIN)/uv-$(UV_VERSION)
	$(BIN)/uv sync --frozen --inexact --all-extras --quiet
	@touch $(VENV)/.setup $@

$(BIN)/uv-$(UV_VERSION):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "Tocsin needs Python 3.11 or later; '$(PYTHON)' is $$($(PYTHON) --version 2>&1 || true): name another: make setup PYTHON=python3.12" >&2; exit 2; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	  echo "Python's venv is missing: '$(PYTHON)': install it: apt-get install python3-venv" >&2; exit 2; }
	@$(BIN)/python -c '' 2>/dev/null || $(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@ln -sf uv $@

# Commands that tests call, and the Debian packages that bring them. Tests whose command is missing skip by its name.
system-packages:
	@set -- ; \
	command -v java >/dev/null || set -- "$$@" openjdk-17-jre-headless; \
	command -v nft >/dev/null || set -- "$$@" nftables; \
	command -v ip >/dev/null || set -- "$$@" iproute2; \
	command -v named >/dev/null || set -- "$$@" bind9; \
	command -v unbound >/dev/null || set -- "$$@" unbound; \
	command -v chromium >/dev/null || set -- "$$@" chromium; \
	command -v pdftoppm >/dev/null || set -- "$$@" poppler-utils; \
	command -v tshark >/dev/null || set -- "$$@" tshark; \
	command -v nfdump >/dev/null || set -- "$$@" nfdump; \
	command -v nfacctd >/dev/null || set -- "$$@" pmacct; \
	command -v softflowd >/dev/null || set -- "$$@" softflowd; \
	if [ $$# -eq 0 ]; then exit 0; fi; \
	if [ "$$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$$@" >/dev/null; \
	else echo "Some tests will skip; to run them too, install: $$*" >&2; fi
