# Two commands on a fresh machine with Python 3.11 or newer: `make run` and `make test`.
# Everything goes into .venv; nothing outside this folder is touched.

VENV := .venv
PYTHON := $(VENV)/bin/python
MADE := $(VENV)/.made
READY := $(VENV)/.ready
READY_DEV := $(VENV)/.ready-dev
INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check --require-hashes -r
COMPILE := $(PYTHON) -m uv pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header $(if $(UPGRADE),--upgrade)

# Tests that lead browsers and real processes, or keep a pace: one at a time.
ALONE := tests/acceptance tests/telegram tests/web

.PHONY: help setup setup-dev run test bench audit lock clean

help:
	@echo 'make run              set up and start the bot: http://127.0.0.1:8080'
	@echo 'make test             set up and pass every check'
	@echo 'make bench            measure; JSON=FILE writes the figures to a file'
	@echo 'make audit            ask for known faults of the dependencies; AUDIT=required must be answered'
	@echo 'make setup            only install what the bot needs, into $(VENV)'
	@echo 'make lock             renew the lock files from pyproject.toml; UPGRADE=1 takes new releases'
	@echo 'make clean            remove $(VENV) and the caches (never the data)'

setup: $(READY)

setup-dev: $(READY_DEV)

run: $(READY)
	@exec $(PYTHON) -m bot run

test: $(READY_DEV)
	@echo '== ruff check' && $(PYTHON) -m ruff check .
	@echo '== ruff format' && $(PYTHON) -m ruff format --check .
	@echo '== mypy' && $(PYTHON) -m mypy
	@echo '== import-linter' && $(VENV)/bin/lint-imports --no-logo
	@echo '== pytest' && $(PYTHON) -m pytest -n auto --dist loadfile $(ALONE:%=--ignore=%)
	@echo '== pytest, with browsers, real processes and the pace of platforms' && $(PYTHON) -m pytest $(ALONE)

bench: $(READY_DEV)
	@$(PYTHON) -m bench $(if $(JSON),--json "$(JSON)")

audit: $(READY_DEV)
	@$(PYTHON) .ci/audit.py

lock: $(READY_DEV)
	$(COMPILE) pyproject.toml -o requirements.lock
	$(COMPILE) --group dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): requirements.lock $(MADE)
	@echo 'Installing what the bot needs (once) ...'
	@$(INSTALL) requirements.lock
	@touch $@

$(READY_DEV): requirements-dev.lock $(MADE)
	@echo 'Installing what the bot and its checks need (once) ...'
	@$(INSTALL) requirements-dev.lock
	@touch $@

# The stamp is written last: a setup that was interrupted starts again from an empty folder.
$(MADE):
	@found=; for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	  $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || continue; \
	  found=$$python; \
	  $$python -c 'import ensurepip, venv' 2>/dev/null || continue; \
	  $$python -m venv --clear $(VENV) && touch $@ && exit 0; \
	  echo "$$python could not make $(VENV); its reason is above." >&2; exit 1; \
	done; \
	if [ -n "$$found" ]; then \
	  echo "$$found has no venv module. On Debian and Ubuntu: apt-get install python3-venv" >&2; \
	else \
	  echo 'Python 3.11 or newer is needed, and none was found on PATH.' >&2; \
	fi; exit 1
