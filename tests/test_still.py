"""The still picture: the page's lines, widths, colours, dashes and legend, without a browser."""

import re
import struct
from dataclasses import replace
from xml.etree import ElementTree

import numpy as np
import pypdfium2
import pytest
from conftest import ROOT
from matplotlib.collections import LineCollection
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from geo import errors, still
from geo.output.still import camera, ground, labels, lines, scalebar, symbols, text
from geo.scene import strokes, style

PAGES = ["overview", "rail", "ferry", "tankers", "flows"]
LINES = ("edge", "casing", "core", "plain", "ornament", "over")
PERIODS = [("", ""), ("2015-01-01", "2015-12-31"), ("2017-01-01", "2017-12-31")]
PX = still.PX_PT


def artists(figure, *kinds):
    """(kind, line, width in px, dash in px, colour) of every drawn line."""
    for artist in figure.axes[0].collections:
        kind, _, name = (artist.get_gid() or "").partition(":")
        if kind in kinds and isinstance(artist, LineCollection):
            dash = artist.get_linestyle()[0][1]
            yield (
                kind,
                name,
                round(float(artist.get_linewidths()[0]) / PX, 2),
                tuple(round(d / PX, 2) for d in dash or ()),
                to_hex(artist.get_colors()[0]),
            )


# --- what the page draws -------------------------------------------------------------------------

DRAWN = """() => [...document.querySelectorAll('path[data-pipe]')].map(path => {
  const kind = [...path.classList].find(c => c.startsWith('tumen-')).slice(6);
  const own = getComputedStyle(path);
  return [kind, path.dataset.pipe, parseFloat(own.strokeWidth), own.stroke,
          path.getAttribute('stroke-dasharray') || ''];
})"""
LEGEND = """() => [...document.querySelectorAll('.tumen-legend li span')]
  .map(span => span.textContent.trim()).filter(word => word)"""
SAMPLES = """() => [...document.querySelectorAll('.tumen-legend [data-sample]')]
  .map(bar => Math.round(bar.getAttribute('height') * 100) / 100)"""


def rgb(colour):
    """'#dbe4ea', 'rgb(1, 2, 3)' or 'color(srgb 0.1 0.2 0.3)' as three numbers up to 255."""
    if colour.startswith("#"):
        return [int(colour[n : n + 2], 16) for n in (1, 3, 5)]
    scale = 255 if colour.startswith("color(") else 1
    return [float(v) * scale for v in re.findall(r"[\d.]+", colour)[:3]]


@pytest.fixture(scope="module")
def pages(built, browser):
    """An open page by name."""
    found = {}
    for name, path in built.items():
        context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True)
        found[name] = context.new_page()
        found[name].goto(path.as_uri())
        found[name].wait_for_selector('html[data-ready="1"]')
    yield found
    for page in found.values():
        page.context.close()


@pytest.mark.browser
@pytest.mark.parametrize("period", PERIODS, ids=lambda p: p[0][:4] or "opening")
@pytest.mark.parametrize("name", PAGES)
def test_page_and_picture_draw_the_same_lines(name, period, pages, scenes):
    page = pages[name]
    window = {"start": period[0], "end": period[1]} if period[0] else None
    page.evaluate("w => Object.values(window).find(v => v instanceof L.Map)"
                  "._tumenLines.setWindow(w)", window)  # fmt: skip
    drawn = sorted(
        (kind, pipe, round(width, 2), tuple(map(float, dash.split())), colour)
        for kind, pipe, width, colour, dash in page.evaluate(DRAWN)
        if kind in LINES
    )
    figure = still.figure(replace(scenes[name], packs=()), start=period[0], end=period[1])
    still_drawn = sorted(artists(figure, *LINES))
    assert [one[:4] for one in still_drawn] == [one[:4] for one in drawn]
    for mine, its in zip(still_drawn, drawn, strict=True):
        assert rgb(mine[4]) == pytest.approx(rgb(its[4]), abs=1.5), mine
    assert drawn


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_page_and_picture_have_the_same_legend(name, pages, scenes):
    page = pages[name]
    page.evaluate("Object.values(window).find(v => v instanceof L.Map)._tumenLines.setWindow(null)")
    figure = still.figure(replace(scenes[name], packs=()))
    texts = [t for t in figure.axes[0].texts if (t.get_gid() or "").startswith("legend:")]
    assert [t.get_text() for t in texts] == page.evaluate(LEGEND)
    bars = [p for p in figure.axes[0].patches if (p.get_gid() or "").startswith("sample:")]
    assert [round(bar.get_height(), 2) for bar in bars] == page.evaluate(SAMPLES)


# --- the sheet -----------------------------------------------------------------------------------


def size(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


@pytest.mark.parametrize(
    ("sheet", "inches"),
    [("slide", (13.333, 7.5)), ("a4", (11.7, 8.27)), ("a4-upright", (8.27, 11.7))],
)
def test_a_picture_has_the_size_of_its_sheet(scenes, sheet, inches):
    found = size(still.png(scenes["ferry"], dpi=60, sheet=sheet))
    assert found == pytest.approx((inches[0] * 60, inches[1] * 60), abs=2)


@pytest.mark.parametrize("options", [{"sheet": "letter"}, {"projection": "gnomonic"}])
def test_what_is_not_offered_is_refused_by_name(scenes, options):
    with pytest.raises(errors.GeoError, match="is not one of"):
        still.figure(scenes["rail"], **options)


@pytest.mark.parametrize("form", ["png", "svg", "pdf"])
def test_the_same_scene_gives_the_same_bytes(scenes, form):
    make = getattr(still, form)
    assert make(scenes["rail"]) == make(scenes["rail"])
    assert make(scenes["rail"]) != make(scenes["ferry"])


@pytest.mark.parametrize("sheet", still.SHEETS)
@pytest.mark.parametrize("name", PAGES)
def test_no_word_of_the_frame_leaves_the_sheet_or_lies_on_the_map(scenes, name, sheet):
    figure = still.figure(replace(scenes[name], packs=()), sheet=sheet)
    figure.canvas.draw()
    width, height = figure.bbox.width, figure.bbox.height
    plan = figure.axes[0].get_window_extent()
    for word in figure.axes[1].texts:
        box = word.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= width
        assert box.y0 >= 0
        assert box.y1 <= height
        assert not box.overlaps(plan), word.get_text()


def shares(drawn):
    """The part of a sheet that is map."""
    box = drawn.axes[0].get_position()
    return box.width * box.height


@pytest.mark.parametrize("sheet", ["slide", "a4", "a4-upright"])
@pytest.mark.parametrize("name", PAGES)
def test_most_of_a_sheet_is_map(scenes, name, sheet):
    assert shares(still.figure(replace(scenes[name], packs=()), sheet=sheet)) >= 0.7


@pytest.mark.parametrize("many", [12, 40, 400])
def test_many_sources_leave_room_for_the_map_and_are_counted(scenes, many):
    scene = scenes["rail"]
    (pipe,) = [p for p in scene.pipes if p.figures][:1]
    cites = tuple(range(1, many + 1))
    sources = tuple(
        replace(scene.sources[0], number=n, text=f"Office {n}, “A long title of a report”, 2024")
        for n in cites
    )
    figures = tuple(replace(one, cites=cites) for one in pipe.figures)
    scene = replace(scene, pipes=(replace(pipe, figures=figures),), sources=sources, packs=())
    drawn = still.figure(scene)
    foot = " ".join(t.get_text() for t in drawn.axes[1].texts)
    listed = len(re.findall(r"\[\d+\] Office", foot))
    left = re.search(r"and ([\d,]+) more sources", foot)
    assert listed + (int(left.group(1)) if left else 0) == many
    assert shares(drawn) >= (0.7 if many < 20 else 0.5)


def test_a_picture_without_a_frame_says_what_it_is_and_of_when(scenes):
    scene = scenes["rail"]
    drawn = still.figure(scene, sheet="picture", framed=False, start="2017", end="2018")
    (strip,) = [t.get_text() for t in drawn.axes[1].texts if t.get_text()]
    for words in (scene.title, "2017 to 2018", f"data of {scene.version}", "not authoritative"):
        assert words in strip
    cited = {n for one in still.said(scene, "2017", "2018") for n in still._cites(one)}
    assert cited
    assert all(f"[{n}]" in strip for n in cited)
    assert shares(drawn) >= 0.9


@pytest.mark.parametrize("name", PAGES)
def test_words_on_the_map_do_not_overlap(scenes, name):
    figure = still.figure(replace(scenes[name], packs=()))
    figure.canvas.draw()
    upright = [t for t in figure.axes[0].texts if t.get_rotation() == 0]
    boxes = [t.get_window_extent() for t in upright]
    for n, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[n + 1 :])


def test_every_figure_on_the_map_has_the_number_of_its_source(scenes):
    figure = still.figure(replace(scenes["flows"], packs=()))
    said = [t.get_text() for t in figure.axes[0].texts if (t.get_gid() or "").startswith("label:")]
    foot = " ".join(t.get_text() for t in figure.axes[1].texts)
    numbers = [re.findall(r"\[(\d+)\]", words) for words in said if words != "?"]
    assert len(numbers) >= 2
    assert all(numbers)
    for number in {n for found in numbers for n in found}:
        assert f"[{number}] " in foot


def test_names_are_written_in_the_language_asked_for(scenes):
    scene = replace(scenes["overview"], packs=())
    for lang in ("en", "ko", "ru"):
        said = {t.get_text() for t in still.figure(scene, lang=lang).axes[0].texts}
        own = {p.names.get(lang) or p.names["en"] for p in scene.places}
        assert len(said & own) >= 6


def test_words_of_the_data_are_never_read_as_formulas(scenes):
    """matplotlib takes text between dollar signs for mathematics."""
    words = "from 5 $_{ to 7 $"
    pipe = replace(scenes["rail"].pipes[-1], label=words)
    scene = replace(scenes["rail"], headline=words, title=words, pipes=(pipe,), packs=())
    place = replace(scene.places[0], names={"en": words})
    assert size(still.png(replace(scene, places=(place,)), dpi=40))


# --- formats -------------------------------------------------------------------------------------


def test_svg_holds_its_text_as_text_and_names_its_lines(scenes):
    root = ElementTree.fromstring(still.svg(scenes["flows"]))
    words = "".join("".join(node.itertext()) for node in root.findall(".//{*}text"))
    assert scenes["flows"].headline[:20] in words
    named = {node.get("id") for node in root.iter() if node.get("id")}
    looks = strokes.strokes(scenes["flows"])
    assert {f"casing:{k}" for k, own in looks.items() for one in own if one.casing_px} <= named


def test_pdf_has_vectors_and_its_fonts_inside(scenes):
    data = still.pdf(scenes["overview"], lang="ko")
    page = pypdfium2.PdfDocument(data)[0]
    kinds = {item.type for item in page.get_objects()}
    pictures = [i for i in page.get_objects() if i.type == pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]
    assert len(pictures) == 1  # the relief of a wide view
    assert pypdfium2.raw.FPDF_PAGEOBJ_PATH in kinds
    assert data.count(b"/FontFile") >= 2
    assert "FreeType" not in str(page)


# --- projections ---------------------------------------------------------------------------------


@pytest.mark.parametrize("projection", still.PROJECTIONS)
@pytest.mark.parametrize("view", [(120, 30, 140, 45), (-20, -10, 30, 20), (170, 50, 200, 70)])
def test_the_whole_view_lies_on_the_map_and_north_is_up(projection, view):
    found = camera.fit(view, 800, 500, projection)
    west, south, east, north = view
    corners = found.px([[west, south], [east, south], [west, north], [east, north]])
    assert (corners >= -1e-6).all()
    assert (corners <= (800 + 1e-6, 500 + 1e-6)).all()
    middle = found.px([[(west + east) / 2, south], [(west + east) / 2, north]])
    assert middle[0, 1] > middle[1, 1]


def test_behind_the_horizon_a_point_lies_on_the_limb():
    found = camera.fit((0, -80, 160, 80), 800, 800, "orthographic")
    centre, hidden = found.px([[80, 0], [-100, 10]])
    limb = found.px([[80, 89.999]])[0]
    assert np.hypot(*(hidden - centre)) == pytest.approx(np.hypot(*(limb - centre)), rel=1e-3)


@pytest.mark.parametrize("lat", [-90.0, 0.0, 90.0])
def test_the_projection_of_the_page_has_no_end_at_the_poles(lat):
    assert np.isfinite(camera.mercator([[0, lat]])).all()


def test_the_scale_is_true_in_the_middle():
    view = (130.0, 42.0, 132.0, 43.0)
    found = camera.fit(view, 800, 500, "mercator")
    a, b = found.px([[131.0, 42.45], [131.0, 42.55]])
    assert abs(a[1] - b[1]) * camera.km_per_px(found, view) == pytest.approx(11.1, rel=0.01)


# --- lines and words -----------------------------------------------------------------------------


def test_a_line_is_moved_to_the_right_of_travel():
    line = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])
    moved = lines.shifted(line, 5.0)
    assert moved == pytest.approx(np.array([[0, 5], [95, 5], [95, 100]]))


@pytest.mark.parametrize("symbol", style.SYMBOLS)
def test_a_symbol_of_the_page_is_a_marker_of_the_same_size(symbol):
    marker, size = symbols.marker(symbol)
    box = marker.get_extents()
    drawn = [float(x) - 6.5 for x in re.findall(r"[\d.]+", style.SYMBOLS[symbol]) if float(x) > 1]
    assert size == pytest.approx(2 * max(map(abs, (*box.min, *box.max))))
    assert 6 <= size <= 13
    assert max(box.max) <= max(drawn) + 1e-6


def test_an_unknown_kind_of_place_has_the_symbol_of_any_other():
    assert style.place_symbol("lighthouse") == style.place_symbol("station") == "circle"
    assert style.place_symbol("terminal") == "hexagon"


def test_a_line_without_figures_tells_its_mode_unless_nothing_runs(scenes):
    scene = replace(scenes["rail"], packs=())
    bare = {"casing_px": None, "core_px": None, "figures": (), "casings": (), "shown": ()}
    for mode, dash, drawn in (("pipeline", (), 1), ("pipeline", (5.0, 4.0), 0), ("sea", (), 0)):
        pipe = replace(scene.pipes[0], mode=mode, dash=dash, context=False, **bare)
        figure = still.figure(replace(scene, pipes=(pipe,)))
        assert len(list(artists(figure, "ornament"))) == drawn


def test_text_breaks_at_words_and_fits():
    words = "what moved against what could move, with who says so " * 3
    found = text.wrapped(words, 180, 12)
    assert " ".join(found) == " ".join(words.split())
    assert max(text.width(line, 12) for line in found) <= 180


def test_the_browser_and_python_name_the_same_constants():
    script = (ROOT / "geo" / "web" / "lines.js").read_text(encoding="utf-8")
    script += (ROOT / "geo" / "web" / "pipes.js").read_text(encoding="utf-8")
    for name, value in {
        "FAINT_PX": strokes.FAINT_PX, "SHORT": strokes.SHORT_PX, "EDGE": strokes.EDGE_PX,
        "MITRE": lines.MITRE,
    }.items():  # fmt: skip
        assert re.search(rf"const {name} = ([\d.]+);", script).group(1) == f"{value:g}"
    ground_script = (ROOT / "geo" / "web" / "basemap.js").read_text(encoding="utf-8")
    ticks = re.search(r"SLEEPER = \{ width: (\d+), dash: \[(\d+), (\d+)\]", ground_script)
    assert [float(n) for n in ticks.groups()] == [ground.SLEEPER_PX, *ground.SLEEPER_DASH]


def test_the_base_map_names_what_the_page_names_and_nothing_twice(scenes):
    scene = scenes["flows"]
    drawn = still.figure(scene, sheet="a4")
    named = [text for axes in drawn.axes for text in axes.texts if text.get_gid() == "base-name"]
    own = {name.lower() for place in scene.places for name in place.names.values()}
    assert named
    assert not {text.get_text().lower() for text in named} & own
    assert len({text.get_text() for text in named}) == len(named)


def test_the_scale_hides_no_symbol_where_one_of_its_corners_has_none():
    for x, left in ((40.0, False), (760.0, True), (400.0, True)):
        desk = labels.Desk(800.0, 500.0)
        desk.symbols.append(np.array([x, 480.0]))
        drawn = Figure().subplots()
        scalebar.draw(drawn, camera.fit((130, 42, 132, 43), 800, 500, "mercator"), 1.0, desk)
        (box,) = desk.taken
        assert (box[0] < 100) == left
        assert not box[0] < x < box[2]


def test_texts_break_where_measuring_each_longer_line_breaks_them():
    rng = np.random.default_rng(3)
    words = text._TIED.findall("AV To. AVATAR, 'T' WA Порт Ту далее 나진 of 1,200 — t CC BY 4.0 fi")

    def measured(said, room, size, bold):
        found = []
        for word in text._TIED.findall(said):
            longer = f"{found[-1]} {word}" if found else word
            if found and text.width(longer, size, bold=bold) <= room:
                found[-1] = longer
            else:
                found.append(word)
        return found

    for _ in range(60):
        own = words if rng.random() < 0.3 else [word for word in words if word != "나진"]
        said = " ".join(rng.choice(own, rng.integers(1, 30)))
        size, room, bold = rng.choice([8, 12, 21]), rng.uniform(20, 500), rng.random() < 0.5
        assert text.wrapped(said, room, size, bold=bold) == measured(said, room, size, bold)
