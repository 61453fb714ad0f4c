# Two commands matter: `make run` and `make test`. Each sets everything up first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

TEXT   := ../shared/training
EVAL   := ../shared/eval
MADE   := training/work/models

.PHONY: run test setup check format bench-answers train clean
.DEFAULT_GOAL := run

run: setup            ## index the bundled sample (once) and serve on 127.0.0.1:8000
	@$(BIN)/python -m rag ingest --sample
	@$(BIN)/python -m api

test: setup           ## run every test
	$(BIN)/python -m pytest

check: setup          ## style, types and the direction of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup         ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

setup: $(VENV)/.installed   ## the locked environment, made anew when the lock changes

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

# Started again, each step goes on where it was; TEXT and EVAL name the folders of the data.
bench-answers: setup  ## print how often answers are right, proved, refused, in which language
	$(BIN)/python -m benchmarks.attribution
	$(BIN)/python -m benchmarks.short_answers --data $(EVAL)
	$(BIN)/python -m benchmarks.language --data $(EVAL)
	$(BIN)/python -m benchmarks.follow_ups
	$(BIN)/python -m benchmarks.refusal --data $(EVAL)

train: setup          ## train both encoders and the lexicon into training/work/models
	nice -n 15 $(BIN)/python -m training.static --out $(MADE)/embedded-static $(DATA)
	nice -n 15 $(BIN)/python -m training.lexicon --out $(MADE)/lexicon $(PAIRS)
	nice -n 15 $(BIN)/python -m training.transformer --out training/work/transformer $(DATA)
	$(BIN)/python -m training.transformer_export --out $(MADE)/embedded
	$(BIN)/python -m training.measure $(MADE)/embedded --exact training/work/transformer --data $(EVAL)
	$(BIN)/python -m training.card $(MADE)/embedded --parallel $(TEXT)/parallel.tsv.gz --data $(EVAL)
	$(BIN)/python -m training.card $(MADE)/embedded-static --parallel $(TEXT)/parallel.tsv.gz --data $(EVAL)

PAIRS = --parallel $(TEXT)/parallel.tsv.gz --dictionary $(TEXT)/dictionary.tsv.gz
DATA  = $(PAIRS) --questions $(TEXT)/questions-en.jsonl.gz

clean:                ## remove the environment and what was generated, never your documents
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
