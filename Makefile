# Two commands matter: `make demo` and `make test`. Both set up .venv from requirements.lock on first use.
PYTHON ?= python3
UV_VERSION := 0.13.8
VENV := .venv
BIN := $(VENV)/bin
# Bytecode is compiled at installation: it halves the start of every command.
INSTALL := $(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --constraint requirements.lock
SCRATCH = $(shell mktemp -d)
SIZE ?= full

.PHONY: help setup demo ui test test-parity lint types imports sql definitions pytest snapshot sources dictionary metrics docs docs-serve hooks lock clean \
	bench bench-simulate bench-realism bench-merge bench-collect bench-io bench-warehouse bench-genres bench-recommender \
	bench-ask bench-faults

##@ Use

help: ## List the targets.
	@awk -F ':.*## ' '/^##@ / { printf "%s%s\n", gap, substr($$0, 5); gap = "\n" } \
		/^[a-z-]+:.*## / { printf "  %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(VENV)/.runtime ## Only the environment, for your own history.

demo: $(VENV)/.runtime ## Simulate listeners and an account, build the whole graph on DuckDB and say where to look.
	@$(BIN)/tunegenie demo

ui: $(VENV)/.runtime ## Open the Dagster UI.
	@$(BIN)/tunegenie ui

##@ Judge

test: lint types imports sql definitions pytest ## Everything that judges the project.

lint: $(VENV)/.development ## Lint and format, without changing anything.
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: $(VENV)/.development ## Strict type check.
	$(BIN)/basedpyright --warnings

imports: $(VENV)/.development ## Imports point in one direction.
	$(BIN)/lint-imports --no-logo

sql: $(VENV)/.development ## Lint the dbt models.
	cd dbt && ../$(BIN)/sqlfluff lint --disable-progress-bar models tests

definitions: $(VENV)/.development ## The code location loads as Dagster loads it.
	TUNEGENIE_HOME=$(SCRATCH) $(BIN)/dagster definitions validate -w workspace.yaml

pytest: $(VENV)/.development ## Unit and integration tests.
	$(BIN)/python -m pytest

test-parity: $(VENV)/.development ## The same pipeline on DuckDB and on Snowflake's clients, table by table; part of pytest.
	$(BIN)/python -m pytest -n 0 tests/integration/test_parity.py tests/integration/test_snowflake_tables.py \
		tests/integration/test_snowflake_sessions.py tests/integration/test_warehouse_files.py \
		tests/unit/test_snowflake_sql.py

# mf reads what dbt parsed into dbt/target, and nowhere else.
metrics: $(VENV)/.runtime ## Check every metric against the warehouse that is there; dbt/README.md shows how to ask one.
	@cd dbt && export TUNEGENIE_HOME=$(abspath $(or $(TUNEGENIE_HOME),.tunegenie)) && \
		../$(BIN)/dbt parse --quiet --profiles-dir . && ../$(BIN)/mf validate-configs

##@ Write what is generated

snapshot: $(VENV)/.development ## Accept the present definitions as the ones to hold.
	UPDATE_SNAPSHOTS=1 $(BIN)/python -m pytest tests/test_definitions.py

sources: $(VENV)/.development ## Write the dbt sources anew from the schemas of the tables that Python writes.
	$(BIN)/python -m tunegenie_assets.dbt_support.sources

dictionary: $(VENV)/.development ## Write the data dictionary of docs/ anew from dbt's models and the schemas.
	$(BIN)/python -m tunegenie_assets.dbt_support.dictionary

##@ Documents

docs: $(VENV)/.development ## Build the documentation site to build/site; a broken link fails.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

docs-serve: $(VENV)/.development ## Read the documentation at http://127.0.0.1:8000 while writing it.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs serve

##@ Measure (docs/benchmarks.md)

bench: $(VENV)/.development ## Every bench, to docs/benchmarks.md; ONLY=io for one of them, SIZE=small for a quick look.
	@$(BIN)/python -m benches.suite --size $(SIZE) $(addprefix --only ,$(ONLY))

bench-simulate: $(VENV)/.development ## How fast are plays simulated, beside the common way, and in how much memory?
	@$(BIN)/python -m benches.simulate --size $(SIZE)

bench-merge: $(VENV)/.development ## Is every play counted once, how fast, and what does a new day cost?
	@$(BIN)/python -m benches.merge --size $(SIZE)

bench-realism: $(VENV)/.development ## Do simulated listeners listen like people? ARCHIVE=my_spotify_data.zip shows yours beside them.
	@$(BIN)/python -m benches.realism --size $(SIZE) $(if $(ARCHIVE),--archive $(ARCHIVE))

# One thread of linear algebra: the matrices are small, and two threads wait for each other more than they work.
bench-genres: $(VENV)/.development ## Are the families of artists guessed well? DATA=FOLDER measures with the real files there.
	@OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benches.genres --size $(SIZE) $(if $(DATA),--data $(DATA))

# One thread, so that times can be compared and the same data give the same models.
bench-recommender: $(VENV)/.development ## Does what is published beat every peer? DATA=FOLDER measures with the real file there.
	@OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(BIN)/python -m benches.recommender --size $(SIZE) \
		$(if $(DATA),--data $(DATA)) $(if $(KEEP),--keep $(KEEP))

bench-ask: $(VENV)/.development ## Are questions answered rightly, or refused? DATA=FOLDER asks the real archive too, SHOW=1 tells what failed.
	@$(BIN)/python -m benches.ask --size $(SIZE) $(if $(DATA),--data $(DATA)) $(if $(SHOW),--show)

bench-collect: $(VENV)/.development ## Is live collection safe to leave alone?
	@$(BIN)/python -m benches.collect --size $(SIZE)

bench-io: $(VENV)/.development ## How fast do rows go into DuckDB and out, beside DuckDB itself and the stock IO manager?
	@$(BIN)/python -m benches.io --size $(SIZE)

bench-warehouse: $(VENV)/.development ## How fast is gold built from millions of plays, and what does a new day cost?
	@$(BIN)/python -m benches.warehouse --size $(SIZE)

bench-faults: $(VENV)/.development ## After kills, damage, a full disk and more, does one command bring everything back?
	@$(BIN)/python -m benches.faults --size $(SIZE)

##@ Keep

hooks: $(VENV)/.development ## Let git run the linters before each commit, and the tests before each push.
	$(BIN)/pre-commit install --hook-type pre-commit --hook-type pre-push

lock: $(VENV)/.uv ## Resolve requirements.lock anew from pyproject.toml.
	$(BIN)/uv pip compile pyproject.toml --extra snowflake --extra s3 --extra llm --extra deploy --group dev --universal --python-version 3.11 \
		--no-header --no-annotate --quiet --output-file requirements.lock

clean: ## Remove the environment; what TuneGenie keeps stays in .tunegenie.
	rm -rf $(VENV)

$(VENV)/.uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "TuneGenie needs Python 3.11 or later; set PYTHON=python3.12, for example"; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check uv==$(UV_VERSION)
	@touch $@

$(VENV)/.runtime: $(VENV)/.uv pyproject.toml requirements.lock
	$(INSTALL) --editable .
	@touch $@

$(VENV)/.development: $(VENV)/.uv pyproject.toml requirements.lock
	$(INSTALL) --editable '.[snowflake,s3,llm,deploy]' --group dev
	@touch $@ $(VENV)/.runtime
