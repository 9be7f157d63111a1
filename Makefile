.DEFAULT_GOAL := help
VENV := .venv
BIN := $(VENV)/bin
ALTERNATIVES := benchmarks/.cache/alternatives
UV_VERSION := 0.13.9
HOME_FOLDER := $(or $(UNITECON_HOME),data)
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo run docs test test-all test-faults lint audit bench bench-alternatives bench-big bench-days bench-formats bench-queries lock clean

help: ## list every command
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(VENV)/.complete ## install Python packages into .venv, pinned and hashed

$(VENV)/.complete: requirements.lock pyproject.toml
	python3 -m venv $(VENV)
	$(BIN)/python -m pip install --quiet uv==$(UV_VERSION)
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --require-hashes --compile-bytecode -r requirements.lock
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --editable .
	touch $@

demo: setup ## set everything up and run the main job on the demo company
	$(BIN)/unitecon demo --size small

run: setup ## the nightly job on ./data/landing
	$(BIN)/unitecon run

docs: setup ## dbt's pages on what a run has built, as one file: published/docs/index.html
	DBT_PROFILES_DIR=. UNITECON_HOME="$(HOME_FOLDER)" $(BIN)/dbt docs generate --static
	mkdir -p "$(HOME_FOLDER)/published/docs"
	cp target/static_index.html "$(HOME_FOLDER)/published/docs/index.html"

test: setup ## set everything up and run the tests
	$(BIN)/python -m pytest -m "not slow" -n 2

test-all: setup ## every test, the long ones included
	$(BIN)/python -m pytest -n 2

test-faults: setup ## the tests of docs/reliability.md, the long ones included, and their count
	$(BIN)/python -m pytest -m fault -n 2

lint: setup ## style and types: ruff, mypy, sqlfluff
	$(BIN)/ruff format --check pipelines tests benchmarks
	$(BIN)/ruff check pipelines tests benchmarks
	$(BIN)/mypy
	$(BIN)/sqlfluff lint --disable-progress-bar models tests/data

bench: setup ## time the product against the hand-written floor
	$(BIN)/python benchmarks/run.py $(OPTIONS)

bench-alternatives: setup $(ALTERNATIVES)/.complete ## time it beside pandas, Polars and PySpark scripts
	$(BIN)/python benchmarks/run.py --alternatives $(OPTIONS)

$(ALTERNATIVES)/.complete: benchmarks/alternatives/requirements.txt | setup
	python3 -m venv $(ALTERNATIVES)
	$(BIN)/uv pip install --quiet --python $(ALTERNATIVES)/bin/python --no-deps --compile-bytecode -r $<
	touch $@

bench-days: setup ## time one more day after a month of history, and after a year
	$(BIN)/python benchmarks/days.py $(OPTIONS)

bench-big: setup ## one night over a hundred million requests: half an hour, and 40 GB of disk
	$(BIN)/python benchmarks/big.py $(OPTIONS)

bench-queries: setup ## time what a BI tool asks of a published file
	$(BIN)/python benchmarks/queries.py $(OPTIONS)

bench-formats: setup ## time loading each format beside DuckDB's own reader
	$(BIN)/python benchmarks/formats.py

audit: setup ## what is installed against the lock, every file against its hash, and the licences
	$(BIN)/python -m pipelines.dependency_audit

lock: setup ## renew requirements.lock from pyproject.toml
	$(BIN)/uv lock --upgrade
	$(BIN)/uv export --quiet --format requirements-txt --no-emit-project --no-emit-index-url --no-annotate --output-file requirements.lock

clean: ## remove what the commands made, but not ./data
	rm -rf $(VENV) target logs .mypy_cache .ruff_cache .pytest_cache
