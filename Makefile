# Every target sets up what it needs. Set-up itself is in tools/: tools/install.py says what it makes and where.
#
#   make run       a market of 12 days from 16 December 2021, both cities, members and the operator console
#   make test      everything there is to check; as root it may install Chromium and a Chinese font with apt-get
#   PYTHON=/path   choose the interpreter; otherwise the newest Python from 3.11 to 3.14 that can make a venv

VENV := .venv
BIN  := $(VENV)/bin
WITH_PYTHON := sh tools/with_python.sh
KERNEL_TESTS := tests/unit/kernel tests/tables

.DEFAULT_GOAL := help
.PHONY: help install install-dev run test check test-python test-bounds soak bench lock clean

help:            ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

install:         ## make .venv with what running needs
	@$(WITH_PYTHON) tools/install.py

install-dev:     ## make .venv with what developing and testing need as well
	@$(WITH_PYTHON) tools/install.py --dev

run: install     ## run the market: 12 days from 2021-12-16 at about 20 s each
	@$(BIN)/two-city up

check: install-dev ## format, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test-python: install-dev ## the kernel's tests with numba's compiler switched off
	NUMBA_DISABLE_JIT=1 $(BIN)/python -m pytest -q $(KERNEL_TESTS)

test-bounds: install-dev ## the kernel's tests compiled with bounds checks
	NUMBA_BOUNDSCHECK=1 $(BIN)/python -m pytest -q $(KERNEL_TESTS)

test: install-dev ## all checks, then the whole suite (15 minutes at most on two cores)
	@$(BIN)/python -m tools.prepare_tests
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory test-python
	$(BIN)/python -m pytest

soak: install-dev ## ten million random commands and the books rebuilt from them, wild records, every crash, a thousand days, QuickFIX (an hour)
	$(BIN)/python -m tests.differential.soak
	TWO_CITY_RANDOM_DAYS=1000 $(BIN)/python -m pytest -q --timeout 1800 tests/property/settlement/test_random_life.py
	TWO_CITY_POWER_LOSS_EVERY=1 $(BIN)/python -m pytest -q --timeout 1800 tests/simulation/test_wuhan_durability.py
	$(BIN)/python -m tools.quickfix
	TWO_CITY_QUICKFIX=1 $(BIN)/python -m pytest -q --timeout 1800 tests/system/test_fix_quickfix.py

bench: install-dev ## run the benchmarks and write their numbers into the documents
	$(BIN)/python -m benchmarks.kernel
	$(BIN)/python -m benchmarks.gateway
	$(BIN)/python -m benchmarks.day_end --days 2 --repeats 3 --check --save
	$(BIN)/python -m benchmarks.report

lock: install-dev ## resolve the dependencies again (needs uv) and write the two lock files
	sh tools/lock.sh

clean:           ## remove the environment and every cache (the data of a market stays)
	rm -rf $(VENV) build dist .coverage .benchmarks .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
