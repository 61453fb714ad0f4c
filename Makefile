# Two commands matter: `make run` and `make test`. Each sets everything up first.
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

TEXT   := ../shared/training
EVAL   := ../shared/eval

.PHONY: run test setup check audit attacks format contract transcripts clients bench-answers train train-small torture concurrency overload workers milvus ray growth engines peers flames fuzz clean
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

audit: setup          ## say which locked packages have known vulnerabilities, if PyPI can be asked
	$(BIN)/python .ci/audit.py

attacks: setup        ## one tenant attacks another ten thousand times; planted documents, an answer
	$(BIN)/python -m tests.tenants
	$(BIN)/python -m benchmarks.poisoning --data $(EVAL)

format: setup         ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

contract: setup       ## write docs/openapi.json anew, unless that would break clients
	$(BIN)/python -m tests.api.contract

transcripts: setup    ## run the examples of docs/integrations, write below them what they print
	$(BIN)/python -m tests.integrations

clients: setup        ## ask with every real client, write docs/integrations/clients.md
	$(BIN)/python -m tests.integrations.clients $(SET_UP)

setup: $(VENV)/.installed   ## the locked environment, made anew when the lock changes

$(VENV)/.installed: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -m venv $(VENV) || \
	  { echo "The venv module is missing: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.txt
	@touch $@

bench-answers: setup  ## print how often answers are right, proved, refused, in which language
	$(BIN)/python -m benchmarks.attribution
	$(BIN)/python -m benchmarks.short_answers --data $(EVAL)
	$(BIN)/python -m benchmarks.language --data $(EVAL)
	$(BIN)/python -m benchmarks.follow_ups
	$(BIN)/python -m benchmarks.refusal --data $(EVAL)

# Started again, it goes on where it was. TEXT and EVAL name the folders of the data, TRAINING any
# other options of `python -m training`.
train: setup          ## train both encoders and the lexicon into training/work/whole/models
	nice -n 15 $(BIN)/python -m training --text $(TEXT) --data $(EVAL) $(TRAINING)

train-small: setup    ## all of that on a thousand lines of each source, in minutes: does it run?
	nice -n 15 $(BIN)/python -m training --small --text $(TEXT) --data $(EVAL) $(TRAINING)

# One SEED draws every choice; `make test` kills 25 times and tries every 61st operation.
KILLS := 200
SEED  := 1

torture: setup        ## kill the service 200 times, fail every operation on the disk, flip 1,000 bytes
	$(BIN)/python -m tests.torture.campaign --kills $(KILLS) --seed $(SEED)
	STEP=1 $(BIN)/python -m pytest tests/torture/test_kills.py -k operation
	$(BIN)/python -m tests.torture.flips --flips 1000 --seed $(SEED)

concurrency: setup    ## ask 50,000 questions while documents change; 2,000 orders of steps
	$(BIN)/python -m benchmarks.concurrency --questions 50000
	STATEFUL_EXAMPLES=2000 $(BIN)/python -m pytest tests/properties/test_whole_against_dict.py

overload: setup       ## five times the load, slow sockets, endless bodies, giant files, SIGTERM
	$(BIN)/python -m benchmarks.overload --json benchmarks/results/overload.json
	$(BIN)/python -m benchmarks.giants

STORES := var/benchmarks

workers: setup        ## one process against two that share one index; how connections come to them
	$(BIN)/python -m benchmarks.answering --folder $(STORES) --passages 3000 --questions 20 --json $(STORES)/answering.json
	$(BIN)/python -m benchmarks.workers --store $(STORES)/embedded-3000
	$(BIN)/python -m benchmarks.accepting

milvus: setup         ## the client of Milvus and a small engine; without them its tests are left out
	$(BIN)/python -m pip install --quiet --disable-pip-version-check pymilvus==3.0.2 milvus-lite==3.2.2

ray: setup            ## Ray, for bulk ingestion; without it its test is left out
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "ray[data]==2.60.0"

GROWN := /tmp/sourcier-growth

growth: setup         ## the embedded index at 20,000, 200,000 and a million passages: 10 GB in GROWN
	$(BIN)/python -m benchmarks.growth --folder $(GROWN) --text $(TEXT)/parallel.tsv.gz --data $(EVAL)

engines: milvus       ## three engines: the contract of indexes, the same hits, killed while written to
	$(BIN)/python -m benchmarks.engines --data $(EVAL)

peers: setup          ## beside Haystack, LlamaIndex, LangChain, txtai and Chroma, same encoder, in turns
	$(BIN)/python -m benchmarks.peers --data $(EVAL) --training $(TEXT)

FLAMES := benchmarks/.stores

flames: setup         ## flame graphs of a question and of taking in, into docs/
	$(BIN)/python -m benchmarks.answering --data $(EVAL) --training $(TEXT) --folder $(FLAMES)
	$(BIN)/python -m benchmarks.flames --data $(EVAL) --training $(TEXT) --folder $(FLAMES)

FUZZ_SECONDS := 450

fuzz: setup           ## thousands of requests from the OpenAPI document, an hour of mutated inputs
	$(BIN)/python -m benchmarks.fuzz_api
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)

clean:                ## remove the environment and what was generated, never your documents
	rm -rf $(VENV) .audit .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
