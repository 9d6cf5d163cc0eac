# From a bare checkout: `make run` opens the window (on MODEL=file.tflite, else on a sample), `make test` runs the tests.
# PYTHON=/path/to/python names the Python to use.

PY := .venv/bin/python
# Tests are typed where that helps, and checked all the same; an unexpected None fails them by itself.
LOOSELY := --allow-untyped-defs --allow-incomplete-defs --allow-untyped-calls --allow-untyped-decorators --allow-any-generics --no-warn-return-any --disable-error-code=union-attr
BOOTSTRAP = python="$$(sh packaging/find_python.sh)" && "$$python" packaging/bootstrap.py

.PHONY: run test test-slow test-gpu bench pictures lint format types layers check dev clean

run:
	@$(BOOTSTRAP) run "$${MODEL:-}"

test: dev
	$(PY) -m pytest

test-slow: dev
	$(PY) -m pytest -m slow || [ $$? -eq 5 ]  # 5: no slow test is there

test-gpu: dev  # on whatever Vulkan driver there is; they skip without
	$(PY) -m pytest -m "slow or not slow" tests/test_runtime_gpu.py tests/test_proving_gpu.py tests/test_engines.py

pictures: dev
	$(PY) packaging/make_pictures.py

bench: dev
	$(PY) -m pytest tests/benchmarks

lint: dev
	$(PY) -m ruff check .
	$(PY) -m ruff format --check .

format: dev
	$(PY) -m ruff check --fix .
	$(PY) -m ruff format .

types: dev
	$(PY) -m mypy
	$(PY) -m mypy packaging/*.py
	$(PY) -m mypy --follow-imports=silent $(LOOSELY) tests

layers: dev
	.venv/bin/lint-imports

check: lint types layers test

dev:
	@$(BOOTSTRAP) install --dev

clean:
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis .benchmarks
