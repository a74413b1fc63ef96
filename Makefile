# SPDX-License-Identifier: Apache-2.0
# Entry points of the project; `make` alone lists them.

VENV := .venv
BIN := $(VENV)/bin
# Newer than both files: the environment is as pyproject.toml and constraints.txt say.
INSTALLED := $(VENV)/.installed

.PHONY: help setup demo test lint bench linux-peer test-linux-peer clean

help:
	@echo "make demo    set up, boot both sides of a VisionFive 2 and echo 1000 messages"
	@echo "make test    set up, lint, run all tests"
	@echo "make setup   make the virtual environment $(VENV)"
	@echo "make lint    ruff, mypy, and Verilator and Icarus over every RTL module"
	@echo "make bench   measure the bench itself"
	@echo "make linux-peer       build the real kernel of --host linux, once (about two minutes)"
	@echo "make test-linux-peer  run the tests that need it"
	@echo "make clean   remove caches and results of runs (not $(VENV))"

setup: $(INSTALLED)

$(INSTALLED): pyproject.toml constraints.txt scripts/setup
	@scripts/setup
	@touch $@

demo: setup
	$(BIN)/ampsim run echo --board visionfive2 --count 1000

test: lint
	$(BIN)/pytest -n auto

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m sim.build.rtl_lint

bench: setup
	$(BIN)/ampsim bench

linux-peer: setup
	$(BIN)/python -m sim.linux_peer.build

test-linux-peer: linux-peer
	AMPSIM_LINUX_PEER=required $(BIN)/pytest -n auto tests/sim/linux_peer \
		tests/host_side/remoteproc/test_kernels_own_*.py

clean:
	rm -rf build out .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -not -path './$(VENV)/*' -prune -exec rm -rf {} +
