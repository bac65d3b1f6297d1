# Every target does its own set-up: a Python (3.11 or newer) with pip is all that it needs.
# `make help` lists the targets.

.DEFAULT_GOAL := help
.PHONY: help demo test browser lint notebooks calibrate tables matrix differential mutation coverage flaky precision soak trust bench sample pictures lock site clean fuzz licences sbom

BIN := .venv/bin
READY := .venv/.ready
LOCK := $(BIN)/pip-compile --quiet --strip-extras --allow-unsafe --no-emit-index-url --no-emit-find-links \
	--no-header --extra dask --extra dev --extra docs --extra excel --extra gallery --extra warehouse --output-file requirements.lock pyproject.toml

# One thread each: the tests and the placebo runs spread over processes, not over BLAS threads.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# Modules are compiled once, not by every process anew.
unexport PYTHONDONTWRITEBYTECODE

help:  ## what can be made
	@sed -n 's/^\([a-z]*\):.*##  *\(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-12s  %s\n' "$$name" "$$what"; done

demo: $(READY)  ## evaluate the sample claims and a real case, write the briefs into demo/
	@$(BIN)/innoeval demo -o demo

# Neighbours stay together, so that they share what they evaluate; who is done first takes from the other.
test: $(READY)  ## run the tests and the examples in the documentation
	@$(BIN)/pytest -q -n auto --dist=worksteal -m "not slow and not browser"

# By itself, as it times clicks; npm brings Playwright and axe-core, no browser.
browser: $(READY)  ## use the pages in Chromium, examine and time them (needs Chromium and Node.js)
	@npm ci --prefix tests/browser --no-audit --no-fund --silent
	@$(BIN)/pytest -q -n 0 -s -rs -m browser tests/browser

lint: $(READY)  ## style, types and the import contract
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/lint-imports
	@$(BIN)/mypy

notebooks: $(READY)  ## execute the notebooks
	@$(BIN)/pytest -q -o addopts= --nbmake --nbmake-timeout=600 notebooks

calibrate: $(READY)  ## hold the false alarms and hits of designs and checks (slow)
	@$(BIN)/pytest -q -n auto -m slow tests

# Some write their pages; the others print them, and a page is put in place only when it is whole.
tables: $(READY)  ## measure them anew and print them into docs (hours)
	@for name in its rates synthetic staggered staggered_claims inference sensitivity; do \
		$(BIN)/python -m tests.calibration.$$name >/dev/null || exit 1; done
	@for made in "tests.calibration.metric docs/calibration/metric.md" "tests.calibration.portfolio docs/calibration/portfolio.md" \
		"tests.calibration.checks docs/calibration/checks.md" "tests.calibration.gallery docs/gallery.md" \
		"tests.calibration.plan docs/calibration/plan.md" "innoeval.checks.page docs/methods/checks.md"; do \
		set -- $$made; $(BIN)/python -m $$1 >$$2.part && mv $$2.part $$2 || exit 1; done

matrix: $(READY)  ## hold verdicts against each other over versions and machines (slow)
	@$(BIN)/python scripts/version_matrix.py

differential: $(READY)  ## ask other libraries about 2,000 random panels (needs R; slow)
	@$(BIN)/python -m tests.differential --panels 2000 >docs/trust/differential.md.part \
		&& mv docs/trust/differential.md.part docs/trust/differential.md

fuzz: $(READY)  ## a million odd files for every reader (hours)
	@rm -f docs/trust/fuzzing.jsonl
	@$(BIN)/python -m tests.fuzz --inputs 1000000 --record docs/trust/fuzzing.jsonl --page docs/trust/fuzzing.md

mutation: $(READY)  ## put faults into the code that decides, and see which ones tests miss (hours)
	@$(BIN)/python -m tests.mutation --collect
	@$(BIN)/python -m tests.mutation --sample 200 --seed 1
	@$(BIN)/python -m tests.mutation --page >docs/trust/mutation.md.part && mv docs/trust/mutation.md.part docs/trust/mutation.md

coverage: $(READY)  ## lines and branches that the fast suite runs; too few branches fail
	@$(BIN)/coverage erase && $(BIN)/coverage run -m pytest -q -n auto -m "not slow and not browser" && $(BIN)/coverage combine -q
	@$(BIN)/coverage json -q -o .coverage.json && $(BIN)/python scripts/coverage_page.py <.coverage.json >docs/trust/coverage.md.part
	@mv docs/trust/coverage.md.part docs/trust/coverage.md

soak: $(READY)  ## batch upon batch, and what is left of memory and files (a quarter of an hour)
	@$(BIN)/python -m tests.soak --minutes 15 --claims 24 >docs/trust/soak.md.part && mv docs/trust/soak.md.part docs/trust/soak.md

# One after the other, each with its page; what was measured is gathered at the end.
trust: $(READY)  ## run everything again that "How this is tested" quotes (many hours)
	@for target in test browser lint differential fuzz mutation coverage soak matrix calibrate tables licences sbom; do \
		$(MAKE) $$target || exit 1; done
	@$(BIN)/python -m tests.numerics.precision >docs/trust/numerics.md.part && mv docs/trust/numerics.md.part docs/trust/numerics.md
	@$(BIN)/python -m tests.trust >docs/trust/how-this-is-tested.md.part \
		&& mv docs/trust/how-this-is-tested.md.part docs/trust/how-this-is-tested.md

licences: $(READY)  ## every package is pinned, and its licence is allowed
	@$(BIN)/python scripts/check_licences.py

# In an environment of its own, so that what is listed is what innoeval is made with.
sbom: $(READY)  ## a list of all that innoeval is made with (CycloneDX, validated), into dist/
	@test -x .venv/sbom/bin/cyclonedx-py || { $(BIN)/python -m venv .venv/sbom && .venv/sbom/bin/pip install -qq cyclonedx-bom==7.5.0; }
	@mkdir -p dist
	@.venv/sbom/bin/cyclonedx-py environment --pyproject pyproject.toml --mc-type library --output-reproducible \
		--validate -o dist/sbom.json $(BIN)/python

flaky: $(READY)  ## the fast suite twenty times over, spread differently each time (an hour)
	@for run in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do \
		PYTHONHASHSEED=$$run $(BIN)/pytest -q -n $$((run % 3 + 2)) --dist=worksteal -m "not slow and not browser" \
		|| { echo "run $$run of 20 failed"; exit 1; }; done; echo "20 runs, none failed"

precision: $(READY)  ## core formulas beside the same in 50 digits
	@$(BIN)/python -m tests.numerics.precision >docs/trust/numerics.md.part \
		&& mv docs/trust/numerics.md.part docs/trust/numerics.md

bench: $(READY)  ## time and memory beside other libraries, as tables (slow)
	@$(BIN)/python -m benchmarks

site: $(READY)  ## the documentation as a web site in docs/_build, with the notebooks as they run
	@INNOEVAL_NOTEBOOKS=$${INNOEVAL_NOTEBOOKS:-cache} $(BIN)/sphinx-build -q -W --keep-going -b html docs docs/_build/html

sample: $(READY)  ## rewrite data/sample and its page, byte for byte
	@$(BIN)/python -m innoeval.simulate data/sample --page docs/sample.md

pictures: $(READY)  ## redraw the pictures of docs/figures.md and of the README (these need pdftoppm and Chromium)
	@$(BIN)/python scripts/draw_figures.py
	@$(BIN)/python scripts/make_pictures.py
	@$(BIN)/python scripts/record_terminal.py

lock: $(READY)  ## pin the newest versions that pyproject.toml allows
	@$(LOCK) --upgrade

clean:  ## remove the environment, caches and outputs
	@rm -rf .venv demo dist htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# Made again when a dependency changes; otherwise a second run starts at once.
$(READY): pyproject.toml requirements.lock
	@python=$$(sh scripts/find_python.sh $(PYTHON)) || exit 1; \
	$(BIN)/python -c '' 2>/dev/null || { \
		echo "Setting up .venv with $$("$$python" --version); this takes a minute or two, once."; \
		"$$python" -m venv --clear .venv; }
	@$(BIN)/python -m pip install -qq -r requirements.lock
	@$(BIN)/python -m pip install -qq --no-deps --no-build-isolation -e .
	@touch $@
