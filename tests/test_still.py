"""The still picture: the scene's lines at the scene's widths."""

import struct
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex

from geo import still


def lines(scene):
    """Every drawn line without the base map: (width in points, colour, number of parts)."""
    axes = still.figure(replace(scene, packs=())).axes[0]
    drawn = [c for c in axes.collections if isinstance(c, LineCollection)]
    return [
        (round(float(c.get_linewidths()[0]), 3), to_hex(c.get_colors()[0]), len(c.get_segments()))
        for c in drawn
    ]


def expected(scene):
    for pipe in scene.pipes:
        parts = len(pipe.parts)
        if pipe.casing_px is not None:
            yield pipe.casing_px + 3, pipe.colour, parts
            yield pipe.casing_px, pipe.tint, parts
        if pipe.core_px is not None:
            yield pipe.core_px, pipe.colour, parts
        if pipe.casing_px is None and pipe.core_px is None:
            yield pipe.width_px, pipe.colour, parts


@pytest.mark.parametrize("name", ["overview", "rail", "ferry", "tankers", "flows"])
def test_every_line_is_drawn_at_its_width(scenes, name):
    scene = scenes[name]
    wanted = [(round(w * 0.75, 3), c.lower(), n) for w, c, n in expected(scene)]
    assert Counter(lines(scene)) == Counter(wanted)


def test_a_line_unknown_in_flow_and_capacity_is_plain(scenes):
    pipe = replace(scenes["rail"].pipes[0], casing_px=None, core_px=None, width_px=3.0)
    assert [width for width, _, _ in lines(replace(scenes["rail"], pipes=(pipe,)))] == [2.25]


def size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize("dpi", [40, 90])
def test_a_picture_has_the_size_it_was_asked_for(scenes, dpi):
    assert size(still.png(scenes["ferry"], dpi=dpi)) == (10 * dpi, round(6.6 * dpi))


def test_the_same_scene_gives_the_same_bytes(scenes):
    assert still.png(scenes["rail"], dpi=50) == still.png(scenes["rail"], dpi=50)


def test_another_scene_gives_another_picture(scenes):
    assert still.png(scenes["rail"], dpi=50) != still.png(scenes["ferry"], dpi=50)


def test_the_whole_view_lies_in_the_window_undistorted(scenes):
    for scene in scenes.values():
        axes = still.figure(replace(scene, packs=())).axes[0]
        west, south, east, north = scene.view
        corners = still._mercator([[west, south], [east, north]])
        (x0, x1), (y0, y1) = axes.get_xlim(), axes.get_ylim()
        assert x0 <= corners[0, 0]
        assert corners[1, 0] <= x1
        assert y0 <= corners[0, 1]
        assert corners[1, 1] <= y1
        assert axes.get_aspect() == 1


def test_headline_and_labels_stand_on_the_picture(scenes):
    scene = scenes["rail"]
    figure = still.figure(replace(scene, packs=()))
    assert scene.headline in [text.get_text() for text in figure.texts]
    said = [text.get_text() for text in figure.axes[0].texts]
    for pipe in scene.pipes:
        assert (pipe.label in said) is (pipe.label not in ("", "?"))


def test_words_of_the_data_are_never_read_as_formulas(scenes):
    """matplotlib takes text between dollar signs for mathematics."""
    text = "from 5 $_{ to 7 $"
    pipe = replace(scenes["rail"].pipes[-1], label=text)
    scene = replace(scenes["rail"], headline=text, title=text, pipes=(pipe,), packs=())
    place = replace(scene.places[0], names={"en": text})
    assert size(still.png(replace(scene, places=(place,)), dpi=40))


@pytest.mark.parametrize("lat", [-90.0, 0.0, 90.0])
def test_the_projection_has_no_end_at_the_poles(lat):
    assert np.isfinite(still._mercator([[0, lat]])).all()
