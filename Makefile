# Every command of the project. `make help` lists them.
.DEFAULT_GOAL := help
SHELL := /bin/bash
PYTHON ?= python3
BIN := .venv/bin
STAGE ?= local
RESIDENCY ?= ca
FUZZ_EXAMPLES ?= 200
PYTEST := $(BIN)/pytest --quiet --numprocesses auto --maxprocesses 4 --dist loadgroup --no-loadscope-reorder
LAYER_GROUPS := layer-core layer-http layer-text layer-quality layer-outbound layer-tokens layer-pdf
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-annotate --no-header --no-emit-index-url --no-emit-find-links
export PYTHONPATH := .:layers/domain/python
# The machine's certificates, as pip uses them: networks that inspect traffic install their own.
export UV_SYSTEM_CERTS ?= true
# Compiled modules are kept, whatever the surrounding shell prefers: without them every start costs two to three times as much.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup lock demo up down test fast check lint types imports security audit fuzz synth bench load costs events openapi bom clean

help: ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F':.*## ' '{printf "  make %-9s %s\n", $$1, $$2}'

.venv/bin/uv:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; name one: make setup PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements/tools.txt

.venv/.synced: requirements/dev.txt | .venv/bin/uv
	@echo "Installing the pinned tools into .venv"
	@$(BIN)/uv pip install --quiet --python $(BIN)/python --require-hashes --requirements requirements/dev.txt
	@printf '%s\n%s\n' "$(CURDIR)" "$(CURDIR)/layers/domain/python" > $$($(BIN)/python -c 'import site; print(site.getsitepackages()[0])')/skuflow_checkout.pth
	@printf '#!/bin/sh\nexec "%s" -m local.cli.main "$$@"\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/skuflow && chmod +x $(BIN)/skuflow
	@touch $@

setup: .venv/.synced ## make .venv with the pinned tools

# dev is resolved first and constrains the layers: what is tested is what is shipped.
lock: .venv/bin/uv ## pin every dependency group, with hashes, into requirements/
	$(COMPILE) --group tools --output-file requirements/tools.txt
	$(COMPILE) --group dev --output-file requirements/dev.txt
	@for group in $(LAYER_GROUPS); do \
	  $(COMPILE) --group $$group --constraint requirements/dev.txt --output-file requirements/$$group.txt || exit 1; done
	$(COMPILE) --group embedded-aws --output-file requirements/embedded-aws.txt

demo: setup ## run the main job on one machine: import a catalogue twice, connect a shop (CSV=path for your own file)
	@$(BIN)/python -m local.cli.main demo $(if $(CSV),"$(CSV)",)

up: setup ## bring the platform up on this machine and leave it running
	@$(BIN)/python -m local.cli.main up

down: setup ## stop it
	@$(BIN)/python -m local.cli.main down

test: check ## every check and every test; this is what CI runs
	@$(PYTEST)

fast: setup ## the tests of rules, stores, functions and commands: minutes less than all
	@$(PYTEST) -m "not e2e and not slow"

check: lint types imports security ## style, types, import contracts, known weaknesses

lint: setup
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check --quiet .

types: setup
	@$(BIN)/mypy

imports: setup
	@$(BIN)/lint-imports

security: setup ## weak code (bandit) and vulnerable dependencies; warns if their database cannot be reached
	@$(BIN)/bandit --quiet --recursive --configfile pyproject.toml functions layers/domain infra local
	@$(BIN)/python -m tests.security.dependencies

audit: setup ## vulnerable dependencies; fails if their database cannot be reached
	@$(BIN)/python -m tests.security.dependencies --required

fuzz: setup ## ask every operation of the API a great deal, and try the properties, differently each time (FUZZ_EXAMPLES=200)
	@$(PYTEST) --timeout=0 --hypothesis-profile=new -m hypothesis tests/unit tests/functions
	@FUZZ_EXAMPLES=$(FUZZ_EXAMPLES) $(PYTEST) --timeout=0 tests/fuzz

synth: setup ## write the CloudFormation templates to cdk.out (STAGE=local, RESIDENCY=ca)
	@CDK_OUTDIR=cdk.out CDK_CONTEXT_JSON='{"stage": "$(STAGE)", "residency": "$(RESIDENCY)", "nag": "true"}' $(BIN)/python -m infra.app

bench: setup ## measure; prints a table and writes build/bench.json
	@$(BIN)/python -m tests.bench

load: setup ## the local platform under 50 to 1,000 users, a minute each (LOAD="--users 50,100 --seconds 20" for less)
	@$(BIN)/python -m tests.bench.load $(LOAD)

costs: setup ## measure what each unit of work asks of AWS; write the cost ledger and docs/costs.md
	@$(BIN)/python -m tests.bench.cost_ledger

events: setup ## write the event schemas and events/README.md from the contracts
	@$(BIN)/python -m tests.architecture.event_schemas

openapi: setup ## write the OpenAPI document from the routes
	@$(BIN)/python -m functions.platform.api_reference.build

bom: setup ## write the bill of materials of each layer (CycloneDX) to build/bom
	@$(BIN)/python -m infra.packaging.bill_of_materials

clean: ## remove everything that can be made again, except .venv and the state of local instances
	rm -rf build cdk.out .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -type d -not -path './.venv/*' -not -path './.local/*' -prune -exec rm -rf {} +
