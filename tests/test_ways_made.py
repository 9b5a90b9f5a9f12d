"""The coast and the network of ways that are shipped are those that the script made."""

import json
from pathlib import Path

import make_ways

ROOT = Path(__file__).resolve().parent.parent


def test_what_is_shipped_is_what_was_made_with_these_passages():
    # `python tools/make_ways.py geo/assets --check` makes all of it anew, in some twenty minutes.
    held = json.loads(make_ways.RECORD.read_text())
    now = make_ways.record(ROOT / "geo" / "assets")
    assert held["sha256"] == now["sha256"]
    assert held["passages"] == now["passages"], "make the ways anew: an axis or a gate has changed"
