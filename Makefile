# A fresh clone, Python 3.11 or newer with venv, and make: nothing else is needed.
# Everything is installed in .venv/, anew only when pyproject.toml has changed.

PYTHON ?= python3
VENV := .venv
WEB := tests/web
PY := $(VENV)/bin/python
INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check --editable

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help maps test test-spark bench clean

help:  ## this list
	@$(PYTHON) tools/list_targets.py $(MAKEFILE_LIST)

maps: $(VENV)/maps.stamp  ## run every notebook on data/, build every page into maps/
	@$(PY) tools/make_maps.py

test: $(VENV)/test.stamp $(WEB)/node_modules/stamp  ## style, types and all tests, a real browser included
	@$(PY) tools/find_browser.py --install
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(PY) -m pytest

test-spark: $(VENV)/spark.stamp  ## the track engine on Spark; installs it, and Java where there is none
	$(PY) -m pytest tests/spark

bench: $(VENV)/bench.stamp  ## ratios against named peers and the physical limit; takes minutes, wants a quiet machine
	@$(PY) tools/find_browser.py --install
	$(PY) benchmarks/pan.py
	$(PY) benchmarks/page.py
	$(PY) benchmarks/tracks.py

clean:  ## remove .venv/, maps/ and what the tools leave behind
	rm -rf $(VENV) $(WEB)/node_modules maps build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis

# --clear: an environment that was cut short, moved or made by another Python starts anew.
$(PY):
	@$(PYTHON) tools/check_python.py
	$(PYTHON) -m venv --clear $(VENV)

$(VENV)/maps.stamp: pyproject.toml $(PY)
	$(INSTALL) '.[notebook,tracks]'
	@touch $@

$(VENV)/test.stamp: pyproject.toml $(PY)
	$(INSTALL) '.[test,notebook,basemap,brief,tracks]'
	@touch $@ $(VENV)/maps.stamp

$(VENV)/spark.stamp: $(VENV)/test.stamp
	@command -v java || apt-get install --yes --no-install-recommends default-jre-headless
	$(INSTALL) '.[spark]'
	@touch $@

$(VENV)/bench.stamp: $(VENV)/test.stamp
	$(INSTALL) '.[bench,dask]'
	@touch $@

# What checks the browser code, by a Node that pip brings; anew only when the lock file has changed.
$(WEB)/node_modules/stamp: $(WEB)/package-lock.json | $(VENV)/test.stamp
	cd $(WEB) && "$(CURDIR)/$(VENV)/bin/npm" ci --loglevel=error
	@touch $@
