# Everything needs only Python 3.11+, make and a network: .venv is made when it is missing or the lock changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
UV := $(BIN)/uv

.PHONY: help demo setup test check format docs lock servers bench simulate mutants clean
.DEFAULT_GOAL := help

help: ## what can be made
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-8s %s\n", $$1, $$2}' Makefile

# The installer itself comes from the lock as well, hash-checked by pip.
$(UV): requirements.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "deskui needs Python 3.11 or later; name one: make PYTHON=python3.11 ...")'
	@echo "setting up $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@awk '/^[a-z]/{on=/^uv==/} on' requirements.lock > $(VENV)/uv.lock
	@$(BIN)/python -m pip --quiet --disable-pip-version-check install --no-deps --require-hashes -r $(VENV)/uv.lock
	@touch $@

$(READY): $(UV) requirements.lock pyproject.toml
	@$(UV) pip install --quiet --python $(BIN)/python --require-hashes -r requirements.lock
	@$(UV) pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation --editable .
	@touch $@

setup: $(READY) ## the environment in .venv

demo: $(READY) ## the console on the demo desk
	@$(BIN)/deskui demo

# Some tests hold a terminal to real seconds: what fails while others use the machine is judged once more, alone.
AGAIN = { echo "what failed is run once more, alone"; $(BIN)/python -m pytest -q --lf --lfnf=none

test: $(READY) ## all tests; DESKUI_SERVERS=auto|required|off
	@$(BIN)/python -m pytest -q -n auto -m "not server" $(ARGS) || $(AGAIN) -m "not server"; }
	@$(BIN)/python -m pytest -q -m server $(ARGS) || $(AGAIN) -m server; }

check: $(READY) ## format, lint, types, imports
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/ruff check --quiet .
	@$(BIN)/mypy --no-error-summary
	@said=$$($(BIN)/lint-imports --no-logo 2>&1) || { echo "$$said"; exit 1; }

format: $(READY) ## put the code into shape
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

docs: $(READY) ## the generated parts of README.md anew
	@$(BIN)/python -m tests.test_docs

lock: $(READY) ## requirements.lock anew from pyproject.toml
	@$(UV) pip compile --quiet --universal --generate-hashes --no-header --no-annotate --extra encrypted --group dev pyproject.toml \
	  --output-file requirements.lock

servers: ## start the real servers that the tests use, and say where they are; tests/servers/stop.sh stops them
	@tests/servers/start.sh

bench: $(READY) ## speed beside peers, 35 minutes; a part: BENCH="1k 80x24"
	@missed=0; $(if $(BENCH),,for each in sla pull; do $(BIN)/python -m tests.bench.$$each || missed=1; done;) \
	$(BIN)/python -m tests.bench $(BENCH) || missed=1; exit $$missed

simulate: $(READY) ## consoles, faults and kills at length, some 20 minutes; the same again: SEED=n
	@DESKUI_SIMULATE=full DESKUI_SEED=$(SEED) $(BIN)/python -m pytest -q -n auto $(ARGS) tests/simulate \
	  --ignore tests/simulate/test_company.py
	@DESKUI_SIMULATE=full $(BIN)/python -m pytest -q tests/simulate/test_company.py

mutants: $(READY) ## change the clocks' code bit by bit: which changes does no test notice? (an hour; not in CI)
	@$(BIN)/mutmut run --max-children 2
	@$(BIN)/mutmut results

clean: ## remove what was made
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis mutants
