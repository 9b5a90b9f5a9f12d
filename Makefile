# A fresh clone, Python 3.11 or newer with venv, and make: nothing else is needed.
# Everything is installed in .venv/, anew only when pyproject.toml has changed.

PYTHON ?= python3
VENV := .venv
WEB := tests/web
FLIGHTS := examples/flights
PY := $(VENV)/bin/python
# Tests run on every core, those of a file one after the other.
CORES := -n auto --maxprocesses 4 --dist loadfile
# What holds check, package and page to every line and branch, without a browser.
COVERING := tests/test_check.py tests/test_check_said.py tests/test_package.py tests/test_page.py
# What runs for every small change.
QUICK := $(shell sed 's|^|tests/|' tests/quick.txt)
COVERED := $(PY) -m pytest $(CORES) --cov --cov-report=term-missing:skip-covered --cov-fail-under=100 $(COVERING)
# Sources of the languages in which the same bytes are made; systems other than Debian bring them.
LOCALES := test -d /usr/share/i18n/locales || ! command -v apt-get > /dev/null || \
	apt-get install --yes --no-install-recommends locales
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --editable

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help maps quick test test-spark test-office soak reckoning mistakes layouts fuzz coverage mutation bench docs release-check clean

help:  ## this list
	@$(PYTHON) tools/list_targets.py $(MAKEFILE_LIST)

maps: $(VENV)/maps.stamp $(FLIGHTS)/node_modules/stamp  ## run every notebook, build every page of data/ and examples/ into maps/
	@$(PY) tools/make_maps.py

quick: $(VENV)/test.stamp  ## style, types and the quick tests, no browser: for every small change
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo --no-cache
	$(PY) -m pytest $(CORES) -m "not browser" $(QUICK)

test: $(VENV)/test.stamp $(WEB)/node_modules/stamp $(FLIGHTS)/node_modules/stamp  ## style, types and all tests, a real browser included
	@$(PY) tools/find_browser.py --install
	@$(LOCALES)
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports --no-logo --no-cache
	$(COVERED)
	$(PY) -m pytest $(CORES) $(addprefix --ignore=,$(COVERING))

test-spark: $(VENV)/spark.stamp  ## the track engine on Spark; installs it, and Java where there is none
	$(PY) -m pytest tests/spark

test-office: $(VENV)/test.stamp  ## slides and document in LibreOffice; installs it where there is none
	@command -v soffice || { apt-get update -q && apt-get install --yes --no-install-recommends libreoffice-impress libreoffice-writer fonts-noto-core fonts-noto-cjk; }
	$(PY) -m pytest tests/office

soak: $(VENV)/test.stamp  ## the long loops: hundreds of kills, files of gigabytes; takes minutes and memory
	@$(LOCALES)
	$(PY) -m pytest tests/soak

reckoning: $(VENV)/test.stamp  ## 3,000 made folders against the independent reckoning, 300 written out, 200 opened, 500 audited
	TUMEN_RECKONINGS=3000 TUMEN_OPENED=200 TUMEN_AUDITED=500 $(PY) -m pytest tests/test_account.py tests/test_outputs_reckoned.py tests/test_audit.py

mistakes: $(VENV)/test.stamp  ## break one rule of the account at a time: what no test notices; takes minutes
	$(PY) tools/mutate_account.py

layouts: $(VENV)/test.stamp  ## positions in 2,000 generated layouts, read by two commands; never wrong
	TUMEN_LAYOUTS=1000 $(PY) -m pytest tests/test_tracks_layouts.py

fuzz: $(VENV)/fuzz.stamp  ## damaged files for every reader, ten minutes each; MINUTES=1 for less
	$(PY) tools/fuzz.py --minutes $(or $(MINUTES),10)

coverage: $(VENV)/test.stamp  ## lines and branches of check, package and page: fails below 100 %
	$(COVERED)

mutation: $(VENV)/mutation.stamp  ## change check in small ways: what no test notices; takes minutes
	rm -rf mutants
	$(VENV)/bin/mutmut run
	$(PY) tools/mutation.py

bench: $(VENV)/bench.stamp $(WEB)/node_modules/stamp  ## ratios against named peers and the physical limit; takes minutes, wants a quiet machine
	@$(PY) tools/find_browser.py --install
	$(PY) benchmarks/start.py
	$(PY) benchmarks/folder.py
	$(PY) benchmarks/pan.py
	$(PY) benchmarks/still.py
	$(PY) benchmarks/page.py
	$(PY) benchmarks/tracks.py
	$(PY) benchmarks/ways.py

docs: $(VENV)/docs.stamp  ## the documentation as a site in site/, which opens from disk
	$(PY) tools/make_docs.py

release-check: $(VENV)/release.stamp  ## wheel and sdist, tried on each Python with lowest and newest dependencies
	$(PY) tools/release_check.py

clean:  ## remove .venv/, maps/ and what the tools leave behind
	rm -rf $(VENV) $(WEB)/node_modules $(FLIGHTS)/node_modules maps site build dist mutants .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --clear: an environment that was cut short, moved or made by another Python starts anew.
$(PY):
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/maps.stamp: pyproject.toml $(PY)
	$(INSTALL) '.[notebook,brief,tracks,rail,examples]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(PY)
	$(INSTALL) '.[test,notebook,basemap,brief,docs,ground,tracks,ports,rail,release,ways]'
	@touch $@ $(VENV)/maps.stamp

$(VENV)/docs.stamp: $(VENV)/maps.stamp
	$(INSTALL) '.[docs]'
	@touch $@

$(VENV)/release.stamp: pyproject.toml $(PY)
	$(INSTALL) '.[release]'
	@touch $@

$(VENV)/spark.stamp: $(VENV)/test.stamp
	@command -v java || apt-get install --yes --no-install-recommends default-jre-headless
	$(INSTALL) '.[spark]'
	@touch $@

$(VENV)/mutation.stamp: $(VENV)/test.stamp
	$(INSTALL) '.[mutation]'
	@touch $@

$(VENV)/fuzz.stamp: $(VENV)/test.stamp
	$(INSTALL) '.[fuzz]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	$(INSTALL) '.[bench,dask]'
	@touch $@

# What checks the browser code, by a Node that pip brings; anew only when the lock file has changed.
$(WEB)/node_modules/stamp: $(WEB)/package-lock.json | $(VENV)/test.stamp
	cd $(WEB) && "$(CURDIR)/$(VENV)/bin/npm" ci --loglevel=error
	@touch $@

# The table of an example, as npm carries it; pip brings npm, with what its targets ask for before.
$(FLIGHTS)/node_modules/stamp: $(FLIGHTS)/package-lock.json
	cd $(FLIGHTS) && "$(CURDIR)/$(VENV)/bin/npm" ci --loglevel=error
	@touch $@
