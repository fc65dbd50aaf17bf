# What a contributor runs; `make help` lists it. All that is needed is Python 3.11 or newer, Git and a package index.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --quiet --disable-pip-version-check
# `make PYTHON=/path/to/python ...` chooses the interpreter; otherwise the first one that is new enough.
PYTHON ?=
# Tests wait for a good part of their time, so that two cores serve four processes.
TEST_PROCESSES ?= $(shell cores=$$(getconf _NPROCESSORS_ONLN); echo $$((cores > 4 ? cores : 4)))

.PHONY: help demo test lint format bench fuzz soak mutations clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: $(VENV)/.installed ## See a promotion planned: real repositories, a real commit, the real changes
	@$(BIN)/python -m adapters.cli.demo

test: lint ## Everything that has to hold before a change is merged
	@$(BIN)/python -m pytest --quiet --numprocesses=$(TEST_PROCESSES) --dist=loadfile --no-loadscope-reorder

lint: $(VENV)/.installed-for-tests ## Style, types and the layers of the code
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --check --quiet .
	@$(BIN)/mypy --no-error-summary
	@out=$$($(BIN)/lint-imports 2>&1) || { echo "$$out"; exit 1; }

format: $(VENV)/.installed-for-tests ## Put Python and .promo files into their canonical layout
	@$(BIN)/ruff check --quiet --fix-only .
	@$(BIN)/ruff format --quiet .
	@$(BIN)/promo fmt policies

bench: $(VENV)/.installed-for-bench ## Measure, beside other tools; figures depend on the machine and assert nothing
	@$(BIN)/python -m pytest --quiet -p pytest_benchmark.plugin --benchmark-timer=time.process_time --benchmark-quiet \
	  -m bench tests/bench

fuzz: $(VENV)/.installed-for-tests ## Give every reader 50,000 broken inputs; takes minutes
	@PROMO_FUZZ_EXAMPLES=50000 $(BIN)/python -m pytest --quiet --capture=no tests/fuzz

soak: $(VENV)/.installed-for-tests ## All tests with many more and new random examples; takes hours
	@PROMO_SOAK=1 $(BIN)/python -m pytest --quiet -m "not bench"

mutations: $(VENV)/.installed-for-tests ## Make mistakes on purpose, and see that the tests notice each; takes minutes
	@PYTHONPATH=. $(BIN)/python tests/verify/mutations.py

clean: ## Remove everything that was built, the virtual environment included
	@rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamps make an installation happen once, and again when the dependencies change.
$(VENV)/.installed: $(BIN)/python pyproject.toml
	@echo "installing promo into $(VENV) ..."
	@$(PIP) install --editable .
	@touch $@

$(VENV)/.installed-for-tests: $(BIN)/python pyproject.toml
	@echo "installing promo and what its tests need into $(VENV) ..."
	@$(PIP) install --editable '.[test]'
	@touch $(VENV)/.installed $@

$(VENV)/.installed-for-bench: $(BIN)/python pyproject.toml
	@echo "installing promo and what it is compared with into $(VENV) ..."
	@$(PIP) install --editable '.[test,bench]'
	@touch $(VENV)/.installed $(VENV)/.installed-for-tests $@

$(BIN)/python:
	@command -v git > /dev/null || { echo "error: git is needed and was not found" >&2; exit 2; }
	@for candidate in $(or $(PYTHON),python3.11 python3 python3.12 python3.13 python3.14 python); do \
	  if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
	    echo "creating $(VENV) with $$("$$candidate" --version) ..."; \
	    exec "$$candidate" -m venv $(VENV); \
	  fi; \
	done; \
	echo "error: Python 3.11 or newer is needed and was not found; name it with: make PYTHON=/path/to/python ..." >&2; \
	exit 2
