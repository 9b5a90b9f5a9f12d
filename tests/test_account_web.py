"""The browser's part of the account replays what Python shows: scenes × periods, strokes too."""

import json
import re

import folders
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from test_account import Page
from test_web import WEB, node

from geo import still
from geo.scene import now, strokes
from geo.scene.model import Scene

SCENES, PERIODS = 420, 5
OPENING = ("", "")
WINDOWS = [(a, b) for a, b in folders.PERIODS if a and b]  # and longer ones
WINDOWS += [("2018-01-01", "2022-12-31"), ("2019-01-01", "2021-12-31")]


def generated(count):
    found = []

    @settings(
        max_examples=count, suppress_health_check=list(HealthCheck), deadline=None, database=None,
        derandomize=True, phases=[Phase.generate],
    )  # fmt: skip
    @given(folders.tables(), st.lists(st.sampled_from(WINDOWS), min_size=PERIODS, max_size=PERIODS))
    def keep(tables, asked):
        found.append((tables, [OPENING, *asked]))

    keep()
    return found


def scene_of(tables):
    page = Page(tables)
    return Scene(
        id="made", title="", headline="", deck="", view=(0, 0, 1, 1), extent=None, places=(),
        pipes=tuple(page.pipes.values()), legend=(), samples={}, rows=(), sources=(), notes=(),
        licence="", version="", totals=tuple(page.totals.values()), scale=page.lines.scale,
    )  # fmt: skip


def figure(f):
    return [f.id, f.label, f.moved, f.could, f.share, f.period, f.basis, f.added, f.cites, f.at]


def stroke(one):
    return {
        "casing": one.casing_px, "core": one.core_px, "plain": one.plain_px,
        "shift": one.shift_px, "rim": one.rim_px,
        "flags": [one.arrow, one.reverse, one.over, one.hollow],
        "lanes": [lane.px for lane in one.lanes],
    }  # fmt: skip


def case(scene, start, end):
    looks = strokes.strokes(scene, start=start, end=end)
    pipes = {}
    for pipe in scene.pipes:
        state = strokes.shown(pipe, start, end)
        pipes[pipe.id] = {
            "cores": [figure(f) for f in state.cores],
            "said": [figure(f) for f in state.said],
            "listed": [f.id for f in state.listed],
            "casing": state.casing.could if state.casing else None,
            "strokes": [stroke(one) for one in looks[pipe.id]],
        }
    return {
        "start": start, "end": end, "pipes": pipes,
        "written": sorted(f.id for f in still.said(scene, start, end)),
        "spoken": sorted(strokes.spoken(scene, start, end)),
        "headline": now.headline(scene, start, end) if start else "",
    }  # fmt: skip


def test_the_browser_shows_what_python_shows(tmp_path):
    made = []
    for tables, asked in generated(SCENES):
        scene = scene_of(tables)
        drawing = scene.drawing()
        cases = [case(scene, *period) for period in asked]
        made.append({"drawing": drawing, "asked": cases})
    least = sum(len(one["asked"]) for one in made)
    assert least >= 2000
    path = tmp_path / "account.json"
    path.write_text(json.dumps({"scenes": made, "least": least}), encoding="utf-8")
    file = WEB / "account.test.js"
    code, said = node("--test", "--test-reporter=tap", file, TUMEN_ACCOUNT=str(path))
    assert code == 0, said[-6000:]
    assert re.search(r"^# pass 1$", said, re.MULTILINE)
