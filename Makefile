# make run – set up, build the index if needed, start the assistant. make test – set up and test.
PYTHON ?= python3
BIN := .venv/bin
TEXTS := $(wildcard ../shared/corpus)

.PHONY: run setup test test-slow check eval bench clean

run: setup
	@$(BIN)/anwen chat

setup: .venv/ready

.venv/ready: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@echo "安装依赖，第一次要几分钟……"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[dev]'
	@$(BIN)/python -m compileall -q .venv/lib anwen bot evals ingest retrieval || true
	@touch $@

test: setup
	@$(BIN)/python -m pytest

test-slow: setup
	@$(BIN)/python -m pytest -m slow

check: setup
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/anwen corpus check $(if $(TEXTS),--against $(TEXTS))

eval: setup
	@for split in test blind; do $(BIN)/anwen eval --split $$split || exit 1; done
	@$(if $(TEXTS),for split in test blind; do $(BIN)/anwen eval --split $$split --texts $(TEXTS) || exit 1; done)

bench: setup
	@$(BIN)/anwen bench $(if $(TEXTS),--texts $(TEXTS))

clean:
	rm -rf .venv .anwen
