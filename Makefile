# Two commands on a fresh machine: `make run` serves the demo laboratory, `make test` runs everything.
PYTHON ?= python3
PYTEST_WORKERS ?= auto
TESTS ?=

.PHONY: run test check format lock clean

run: .venv/.runtime
	.venv/bin/python -m app.cli demo $(DEMO)

test: .venv/.development
	sh tools/prepare_tests.sh
	$(MAKE) --no-print-directory check
	.venv/bin/python -m pytest -n $(PYTEST_WORKERS) --dist loadgroup $(TESTS)

check: .venv/.development
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --check --lint --quiet
	.venv/bin/python tools/check_locks.py

format: .venv/.development
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

lock:
	sh tools/lock.sh

clean:
	rm -rf .venv build

.venv/.runtime: requirements.lock
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/.development: requirements-dev.lock
	test -x .venv/bin/python || $(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch $@ .venv/.runtime
