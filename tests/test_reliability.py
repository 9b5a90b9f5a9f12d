"""The figures of docs/reliability.md are those of the corpora, and each promise has its tests."""

import re

import pytest
from conftest import ROOT
from files_corpus import invalid, valid
from fuzzing import READERS
from hostile import CLASSES, strings
from names import HOSTILE_NAMES
from outputs import COMMANDS
from worlds import MADE

TEXT = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
PROMISES = re.findall(r"\| ([^|]+) \| ([^|]+) \| `(tests/test_\w+\.py)` \|", TEXT)


def test_every_promise_names_tests_that_are_there():
    assert len(PROMISES) == 13
    for _, _, path in PROMISES:
        assert "def test_" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "figure",
    [
        f"{len(strings())} strings in {len(CLASSES)} classes",
        f"{len(invalid())} bad, {len(valid())} sound files",
        f"{len(invalid())} of {len(invalid())}",
        f"{len(valid())} of {len(valid())}",
        f"{len(READERS)} readers, damaged files",
        f"{len(HOSTILE_NAMES)} hostile names",
        f"{len(COMMANDS) - 1} commands, every file",
        f"{len(MADE)} commands on 3 machines, 4 in soak",
        f"{len(strings())} strings, from trees and saved files",
    ],
)
def test_the_figures_are_of_today(figure):
    assert figure in TEXT


def test_the_threats_are_in_four_classes():
    said = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| (\w[\w ]+): ", said) == [
        "code",
        "data theft",
        "denial",
        "unwanted network",
    ]
