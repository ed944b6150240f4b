.PHONY: help run test check lint lint-types lint-style lint-state faults bench conformance
.DEFAULT_GOAL := help
PY := .venv/bin/python
# Hundreds of processes start in a run of the tests: none of them reads the sources of Django anew.
unexport PYTHONDONTWRITEBYTECODE
# One more than there are cores: tests wait for browsers and workers of their own.
JOBS := $(shell n=$$(( $$(getconf _NPROCESSORS_ONLN) + 1 )); echo $$(( n < 4 ? n : 4 )))

help: ## This list
	@grep -E '^[a-z]+:.*## ' Makefile | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

run: ## The whole product on this machine, with a demo institution, at http://localhost:8000
	@scripts/bootstrap run
	@$(PY) manage.py dev

test: ## All tests, on engines of their own, with Chromium
	@scripts/bootstrap test
	@$(PY) -m pytest -n $(JOBS) --dist loadgroup

check: lint test ## What CI runs: lint, types, import contracts, templates, migrations, deployment, then the tests

lint: ## Everything of `check` but the tests
	@scripts/bootstrap test
	@$(MAKE) --no-print-directory --output-sync=target -j$(JOBS) lint-types lint-style lint-state

lint-types:
	$(PY) -m mypy .

lint-style:
	$(PY) -m ruff check .
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet

lint-state:
	@scripts/with-engines $(PY) manage.py makemigrations --check --dry-run
	@scripts/with-engines $(PY) scripts/check_migrations.py
	@scripts/with-engines $(PY) scripts/check_deploy.py

faults: ## 50 kills in a batch of 2,000, no broker, restarts of the database, a full disk, deadly rows; then count. 20 minutes
	@scripts/bootstrap test
	LAUREL_FAULTS=full $(PY) -m pytest tests/faults tests/recipients/api/test_fuzz.py -p no:randomly -rA --durations=0

bench: ## Speed against naive baselines, as ratios within one run; writes bench/results.json
	@scripts/bootstrap test
	@scripts/with-engines $(PY) -m bench

conformance: ## Official schemas, the standards' vectors, and two other implementations, which accept ours and refuse altered copies
	@scripts/bootstrap test
	$(PY) -m pytest tests/conformance tests/verification/foreign tests/verification/vc_api -v
