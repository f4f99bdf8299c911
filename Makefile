# Every command a newcomer or CI needs. `make help` lists them.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
ARGS   ?=

# Some machines forbid Python to keep what it compiled; then each of the hundreds of processes that the tests start
# compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test unit check format lint types imports bench soak lock clients clients-lock clean

help:            ## list these targets
	@grep -hE '^[a-z-]+: .*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## */: /' | column -t -s:

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.run: requirements/run.lock pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.test: requirements/test.lock $(VENV)/.run
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/test.lock
	@touch $@

run: $(VENV)/.run       ## the daemon on the embedded sandbox; ARGS=--once for one rehearsal
	$(BIN)/csops-sync run --sandbox $(ARGS)

# One process more than there are processors: while one test waits for a daemon, another works.
test: $(VENV)/.test     ## every test, a real PostgreSQL and a real browser among them; more of them with CI=1
	$(BIN)/python -m pytest --numprocesses $$(($$(nproc) + 1)) --dist worksteal $(ARGS)

unit: $(VENV)/.test     ## the fast tier alone
	$(BIN)/python -m pytest tests/unit --numprocesses auto --dist worksteal $(ARGS)

check: lint types imports ## format, lint, types, import contracts

format: $(VENV)/.test   ## rewrite the files as ruff wants them
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix-only --quiet .

lint: $(VENV)/.test     ## format and lint, changing nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .

types: $(VENV)/.test    ## mypy --strict over src and tests
	$(BIN)/mypy

imports: $(VENV)/.test  ## the layers, as import-linter sees them
	$(BIN)/lint-imports

bench: $(VENV)/.test    ## seconds, memory and API calls, beside a plain script in the same run
	$(BIN)/python -m bench $(ARGS)

soak: $(VENV)/.test     ## the kill sweep and the fault matrix in full
	CSOPS_SYNC_SOAK=1 $(BIN)/python -m pytest tests/acceptance tests/property -m "soak or not soak" $(ARGS)

lock: | $(BIN)/python   ## resolve the lock files anew (needs uv)
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra build pyproject.toml -o requirements/run.lock
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate --extra build --extra test -c requirements/run.lock pyproject.toml -o requirements/test.lock

clients: $(VENV)/.test  ## the npm packages that drive the sandbox in tests/clients (the tests do it too)
	$(BIN)/python -m tests.fakes.node_packages install

clients-lock: $(VENV)/.test ## resolve tests/clients/package-lock.json anew, without addresses
	$(BIN)/python -m tests.fakes.node_packages lock

clean:           ## remove what these targets made; never var/, the state
	rm -rf $(VENV) tests/clients/node_modules build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
