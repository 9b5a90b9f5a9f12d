"""A short replay of `make fuzz`: what once broke a reader, and some damaged files of each kind."""

import warnings

import fuzzing
import pytest

TIMES = {"folium": 25, "gpkg": 40, "xlsx": 60}


@pytest.mark.parametrize("name", fuzzing.READERS)
def test_finds_and_damaged_files_are_read_or_refused(name):
    with warnings.catch_warnings(action="ignore"):
        found = fuzzing.replay(name, seed=5, times=TIMES.get(name, 120))
    assert found["read"]
    assert found["refused"]
