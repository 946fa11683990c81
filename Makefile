# The two commands: `make run` serves the page and the API, `make test` runs every test. Both set up what they need.
.DEFAULT_GOAL := help
SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:

PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3; do $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
NPM := $(BIN)/python tools/npm.py
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
KERNEL_SOURCES := $(wildcard src/wentu/engines/openvino/kernel/*.[ch])
WEB_SOURCES := $(shell find web -type f -not -path 'web/node_modules/*' 2>/dev/null)

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 18

run: .stamps/install .stamps/kernel .stamps/web ## serve page and API (Ctrl-C stops everything)
	exec $(BIN)/wentu serve

test: check check-deploy check-site test-unit test-web test-integration test-e2e test-reliability ## set up and run all tests

check: .stamps/dev .stamps/node ## formatting, lint, types, import contracts
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/python tools/kernel.py strict
	$(NPM) run lint
	$(NPM) run type-check

check-deploy: .stamps/dev .stamps/servers ## Dockerfile, compose files, systemd units, pinned packages, bill of materials
	$(BIN)/python -m pytest -q tests/deploy

check-site: .stamps/docs ## the documentation as a site: no dead link, no page that is missing in the menu
	NO_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict --quiet

SHOTS := tests/e2e/screenshots
docs-site: .stamps/docs .stamps/web .stamps/browser ## build the documentation into dist/site, with pictures that the browser tests make
	$(BIN)/python -m pytest -q tests/e2e/test_tour.py tests/e2e/test_page.py tests/e2e/test_charts_page.py
	mkdir -p docs/images/made && cp $(SHOTS)/*.png docs/images/made
	NO_MKDOCS_2_WARNING=true $(BIN)/mkdocs build --strict

test-unit: .stamps/dev .stamps/browser ## unit tests
	$(BIN)/python -m pytest -n 2 tests/unit

test-integration: .stamps/dev .stamps/web .stamps/servers ## real queue, real engines on tiny checkpoints, real servers, several machines
	$(BIN)/python -m pytest -n 2 --dist loadfile tests/integration tests/scaleout/test_machines.py

test-web: .stamps/node ## unit tests of the page
	$(NPM) run test

test-e2e: .stamps/dev .stamps/web .stamps/browser ## the running service, in a browser and through its clients
	$(BIN)/python -m pytest tests/e2e

fuzz: .stamps/fuzz ## look for what breaks intake, parsers, guard and API, for FUZZ_MINUTES (10)
	FUZZ_MINUTES=$(or $(FUZZ_MINUTES),10) $(BIN)/python -m pytest -q -s tests/fuzz
	WENTU_FUZZ_EXAMPLES=$(or $(FUZZ_EXAMPLES),60) $(BIN)/python -m pytest -q tests/unit/api/test_described_api.py

test-reliability: .stamps/dev .stamps/web ## kill, cut and overrun the running service, for a minute
	$(BIN)/python -m pytest -s tests/reliability

SOAK_KILLS ?= 200
SOAK_OVERLOAD_S ?= 120
soak: .stamps/dev .stamps/web ## the same for long: SOAK_KILLS kills, SOAK_OVERLOAD_S seconds of overload; bench/results/soak.json
	SOAK=1 SOAK_KILLS=$(SOAK_KILLS) SOAK_OVERLOAD_S=$(SOAK_OVERLOAD_S) $(BIN)/python -m pytest -s tests/reliability

test-scaleout: .stamps/dev .stamps/web .stamps/servers ## several machines for long: leases, restarts of PostgreSQL and Redis, kills, S3
	$(BIN)/python -m pytest -s tests/scaleout

ROLLOUT_SESSIONS ?= 600
REPLAY_QUESTIONS ?= 500
test-rollout: .stamps/dev .stamps/web ## versions for long: a better one from 10% on, a replay of REPLAY_QUESTIONS that is killed
	ROLLOUT_SESSIONS=$(ROLLOUT_SESSIONS) $(BIN)/python -m pytest -s tests/e2e/test_rollout.py
	REPLAY_QUESTIONS=$(REPLAY_QUESTIONS) $(BIN)/python -m pytest -s tests/integration/rollout

web: .stamps/web ## build the page
wheel: .stamps/dev .stamps/web ## build the wheel into dist/
	$(BIN)/python -m build --wheel --outdir dist

samples: .stamps/dev ## draw the sample pictures again (needs Debian's fonts-noto-cjk)
	$(BIN)/python tools/draw_samples.py

openapi: .stamps/dev ## write openapi.json and the page's client from the API
	$(BIN)/python -m wentu.api.openapi openapi.json
	$(NPM) run client

docs: .stamps/dev ## write the pages of docs/ that are made, not typed
	$(BIN)/python tools/settings_doc.py

lock: .stamps/dev ## write constraints.txt from what is installed
	$(BIN)/python tools/lock.py > constraints.txt.new && mv constraints.txt.new constraints.txt

lock-hashes: .stamps/dev ## write deploy/requirements*.txt, the pinned packages of an installation
	$(PIP) install 'uv>=0.13'
	$(BIN)/python tools/lock_hashes.py

sbom: .stamps/dev ## write dist/wentu.cdx.json, the bill of materials of an installation
	mkdir -p dist && $(BIN)/python tools/sbom.py dist/wentu.cdx.json

ENGINE_OUT ?= bench/results/engine.json
bench: .stamps/install ## measure this machine with the model that is installed
	$(BIN)/wentu bench

bench-latency: .stamps/dev ## what web, queue and relay add to the first token, and what reading ahead saves
	PYTHONPATH=tests $(BIN)/python -m bench.service.latency
	PYTHONPATH=tests $(BIN)/python -m bench.service.ahead

bench-readings: .stamps/dev ## seconds for a document of A4 size, a chart and a customer's question, without any model
	$(BIN)/python -m bench.readings

bench-retrieval: .stamps/dev ## a knowledge base of 10,000 products and 2,000 entries: import, search, answers, memory
	$(BIN)/python -m bench.retrieval

bench-engine: .stamps/dev ## our engine against its peers, random weights of the full size, under 40 minutes
	$(BIN)/python -m bench.engine.compare $(ENGINE_OUT)

SAFETY_OUT ?= bench/results/safety.json
bench-safety: .stamps/dev ## what the release checks cost an answer, with and without them in turns, 5 minutes
	PYTHONPATH=tests $(BIN)/python -m bench.safety.release $(SAFETY_OUT)

bench-rollback: .stamps/dev .stamps/web ## from the command to the old version's first answer, warm and cold
	PYTHONPATH=tests $(BIN)/python -m bench.rollout

clean: ## remove what was built
	rm -rf .venv .stamps web/node_modules src/wentu/web_dist src/wentu/engines/openvino/kernel/*.so dist build

.stamps/venv:
	@test -n "$(PYTHON)" || { echo "wentu needs Python 3.11 or newer (and its venv module)" >&2; exit 1; }
	$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian, apt-get install python3-venv" >&2; exit 1; }
	$(PIP) install --upgrade 'pip>=25.1'
	@mkdir -p .stamps && touch $@

.stamps/install: .stamps/venv pyproject.toml constraints.txt
	$(PIP) install --editable . --constraint constraints.txt
	@touch $@

# torch comes without its dependencies first, so that no resolver can pick another build of it. On Linux x86-64 its CPU
# build carries "+cpu" and may need PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS; elsewhere the plain one is a CPU build.
TORCH := torch==2.13.0$(if $(filter Linux-x86_64,$(shell uname -s)-$(shell uname -m)),+cpu)
# Compiled at installation, too; this is for changes of it.
.stamps/kernel: tools/kernel.py $(KERNEL_SOURCES) | .stamps/install
	$(BIN)/python tools/kernel.py
	@touch $@

.stamps/dev: .stamps/install | .stamps/kernel
	$(PIP) install '$(TORCH)' --no-deps || { echo "the tests need torch's CPU build ($(TORCH)): point PIP_EXTRA_INDEX_URL or PIP_FIND_LINKS at it" >&2; exit 1; }
	$(BIN)/python tools/check_torch.py
	$(PIP) install --editable '.[transformers,onnx,heic,postgres,s3]' --group dev --constraint constraints.txt
	@touch $@

.stamps/docs: .stamps/install
	$(PIP) install --group docs --constraint constraints.txt
	@touch $@

.stamps/fuzz: .stamps/dev
	$(PIP) install --group fuzz --constraint constraints.txt
	@touch $@

.stamps/node: .stamps/install web/package-lock.json
	@wheel=$$($(NPM) --wheel-needed); test -z "$$wheel" || $(PIP) install "$$wheel"
	$(NPM) ci --no-audit --no-fund
	@touch $@

.stamps/web: .stamps/node $(WEB_SOURCES)
	$(NPM) run build
	@touch $@

.stamps/browser: .stamps/dev
	bash tools/browser.sh
	@touch $@

.stamps/servers: tools/servers.sh .stamps/venv
	bash tools/servers.sh
	@touch $@

.PHONY: help run test check check-deploy check-site docs-site test-scaleout test-rollout lock-hashes sbom test-unit test-integration test-web test-e2e test-reliability soak fuzz web wheel samples openapi docs lock bench bench-engine bench-latency bench-readings bench-retrieval bench-rollback bench-safety clean
