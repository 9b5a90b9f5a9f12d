"""Still picture, Markdown and the opened page, read off and held against the reckoning."""

import os
import re
from datetime import date
from functools import partial

import folders
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from matplotlib.collections import LineCollection
from matplotlib.patches import Polygon
from tellings import MOST_SAID, Telling, bare
from test_account import COLUMNS, EXAMPLES, made

import geo
from geo import scene, still
from geo.account import words
from geo.output.brief import markdown
from geo.output.brief.story import story
from geo.scene.build import NO_AMOUNTS

WRITTEN = max(10, EXAMPLES // 10)
OPENED = int(os.environ.get("TUMEN_OPENED", "6"))  # `make reckoning` opens 200
PX_PT = still.PX_PT
TITLES = {"commodities": "commodity", "capacities": "capacity"}
PERCENT = re.compile(r"(?:over |under )?[\d.,]+(?:–[\d.,]+)? %")
CITED = re.compile(r"\[\^?(\d+)\]")


def asked(tables, period):
    """The period, or where none was drawn the page as it opens."""
    own = ["", ""] if period is None else (folders.told(tables) or [("", "")])[0]
    return tuple(own if period != "any" else ("2019-01-01", "2021-12-31"))


PERIOD = st.sampled_from([None, None, "own", "any"])
many = partial(settings, deadline=None, suppress_health_check=list(HealthCheck))


def sources_in(text, names):
    """The ids of the sources that a text cites, in its order."""
    return tuple(dict.fromkeys(names[int(n)] for n in CITED.findall(text)))


def source_ids(listed):
    """The id of each source by its number, from a list of numbers and titles."""
    return {int(n): "s" + re.search(r"“Report (\d+)”", title)[1] for n, title in listed}


def nothing_of_the_keeper(text, tables):
    """No id, rank or name of a column stands in what readers see."""
    ids = {row[TITLES.get(t, t.removesuffix("s"))] for t, rows in tables.items() for row in rows}
    ids -= {row["name_en"] for rows in tables.values() for row in rows if "name_en" in row}
    columns = {c for names in COLUMNS.values() for c in names.split() if "_" in c}
    units = {row.get("unit") for rows in tables.values() for row in rows}
    hidden = sorted({*ids, *columns, *folders.SOURCES} - units - {""})
    found = re.search(rf"\b(?:{'|'.join(map(re.escape, hidden))}|ranks? \d)\b", text)
    assert not found, text[max(0, found.start() - 80) : found.end() + 80]


def without_cites(text):
    return bare(re.sub(r"\s*(\[\^?\d+\])+", "", text))


def same_widths(found, expected):
    assert found[0] == [pytest.approx(px) for px in expected[0]]
    assert found[1] == [pytest.approx(px) for px in expected[1]]
    assert found[2] == expected[2]


# --- still picture --------------------------------------------------------------------------------


def drawn(figure):
    """{kind: {line: [artists]}} of a picture, and where its places are."""
    found, places = {}, {}
    for artist in figure.findobj(lambda a: ":" in (a.get_gid() or "")):
        kind, name = artist.get_gid().split(":", 1)
        found.setdefault(kind, {}).setdefault(name, []).append(artist)
        if kind == "place":
            places[name] = (artist.get_xdata()[0], artist.get_ydata()[0])
    return found, places


def widths(artists):
    return [float(x.get_linewidth()[0]) / PX_PT for x in artists if isinstance(x, LineCollection)]


def compare_lines(telling, found, places):
    for line in telling.lines:
        own = {kind: by_line.get(line, []) for kind, by_line in found.items()}
        casings, cores, plain, directions = telling.widths(line)
        read = [widths(own.get(kind, [])) for kind in ("casing", "core", "plain")]
        same_widths((*read[:2], len(read[2])), (casings, cores, plain))
        arrows = [a for a in own.get("arrow", []) if isinstance(a, Polygon)]
        assert len(arrows) == len(directions), line
        for arrow, direction in zip(arrows, directions, strict=True):
            ends = [places.get(p) for p in telling.ends(line)]
            if None not in ends:  # a place beyond the sheet has no symbol
                points_to(arrow.get_xy()[1], ends[::direction])


def points_to(tip, ends):
    """An arrow's tip is nearer to where the flow goes than to where it comes from."""
    here, there = (sum((a - b) ** 2 for a, b in zip(tip, end, strict=True)) for end in ends)
    assert there < here


def compare_labels(telling, found, names):
    for line, (label,) in found.get("label", {}).items():
        told = telling.told(line)
        words = " · ".join(f["label"] for f in told)
        unknown = "" if not told or told[0]["known"] else ", amount unknown"
        text = label.get_text()
        assert without_cites(text) == (words + unknown or "?")
        assert sources_in(text, names) == unique(s for f in told for s in f["sources"])


def unique(values):
    return tuple(dict.fromkeys(values))


def headline_in(text, telling):
    """A headline of a period: its pieces, how many, and how many more."""
    pieces = telling.pieces()
    known = [f for f in telling.entries() if f["known"]]
    said, _, rest = text.partition(": ")
    parts = rest.split("; ")
    assert said == words.period(*map(date.fromisoformat, telling.period))
    if not known:
        assert parts == ["no amount is known"]
        return
    more = len(known) - MOST_SAID
    last = [f"{more} more figure{'s' if more > 1 else ''} below"] if more > 0 else []
    assert parts[MOST_SAID:] == last
    assert len(parts[:MOST_SAID]) == min(MOST_SAID, len(known))
    assert set(map(bare, parts[:MOST_SAID])) <= pieces, (parts, pieces)


@many(max_examples=WRITTEN)
@given(folders.tables(), PERIOD)
def test_a_still_picture_draws_and_says_what_the_reckoning_says(tables, period):
    start, end = asked(tables, period)
    page, telling = scene.flows(made(tables)), Telling(tables, start, end)
    figure = still.figure(page, start=start, end=end)
    found, places = drawn(figure)
    compare_lines(telling, found, places)
    compare_labels(telling, found, {s.number: s.id for s in page.sources})
    text = " ".join(t.get_text() for t in figure.axes[1].texts)
    nothing_of_the_keeper(" ".join(t.get_text() for a in figure.axes for t in a.texts), tables)
    if start:
        headline = geo.scene.now.headline(page, start, end)
        assert headline in text
        headline_in(headline, telling)
    else:
        assert bare(page.headline) in bare(text)
        same_finding(page, page.headline, telling)


def few(told):
    """The first of some findings, and how many more there are."""
    more = len(told) - MOST_SAID
    rest = [f"{more} more corridor{'s' if more > 1 else ''} below"] if more > 0 else []
    return "; ".join([*told[:MOST_SAID], *rest])


def same_finding(page, text, telling):
    """Headline and deck as a page opens, in full; a page without a figure says its title."""
    headline, deck = telling.reckoned.opening()
    assert text == (headline or page.title if page.id != "flows" else headline or "Made")
    assert bare(page.deck).removesuffix(NO_AMOUNTS).removesuffix(". ") == bare(deck)


# --- Markdown -------------------------------------------------------------------------------------


def plain(text):
    return re.sub(r"\\([\\`*_{}\[\]<>#|~$^!&@])", r"\1", text)


def sections(text):
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return {"": parts[0], **dict(zip(parts[1::2], parts[2::2], strict=True))}


def bold(text):
    return plain(re.search(r"^\*\*(.+)\*\*$", text, re.MULTILINE)[1])


def cells(section, caption):
    """The rows of the table with a caption, as lists of cells."""
    for table in re.findall(r"((?:^\|.*\|\n)+)\n: (.+)", section, re.MULTILINE):
        if table[1].startswith(caption):
            rows = [re.split(r" ?(?<!\\)\| ?", line)[1:-1] for line in table[0].splitlines()[2:]]
            return [[plain(cell) for cell in row] for row in rows]
    return []


def cited(telling, corridor):
    """The finding of a corridor as a text with its sources: 'words {s1 s2}; words {s3}'."""
    name = telling.reckoned.headline(corridor).split(": ")[0]
    told = [f"{words} {{{' '.join(s)}}}" for words, s in telling.reckoned.findings(corridor)]
    return f"{name}: {'; '.join(told)}" if told else ""


def named(text, names):
    """A text with its numbers of sources as their ids: '… {s1 s2}'."""

    def ids(match):
        return " {" + " ".join(names[int(n)] for n in CITED.findall(match[0])) + "}"

    return bare(re.sub(r" ?(?:\[\^?\d+\] ?)+(?=;|$)", ids, text))


@many(max_examples=WRITTEN)
@given(folders.tables(), PERIOD)
def test_markdown_says_what_the_reckoning_says(tables, period):
    start, end = asked(tables, period)
    telling, whole = Telling(tables, start, end), Telling(tables)
    text = markdown.write(story(made(tables), start=start, end=end))
    nothing_of_the_keeper(plain(re.sub(r"\(\w+\.png\)", "", text)), tables)
    found = sections(text)
    names = source_ids(re.findall(r"^\[\^(\d+)\]: (.+)$", text, re.MULTILINE))
    findings = [x for c in whole.reckoned.main if (x := cited(whole, c))]
    assert named(bold(found[""]), names) == (findings or ["Made"])[0]
    assert named(bold(found["Legs"]), names) == ("; ".join(findings) or "Legs")
    read = cells(found["Legs"], "What moved")
    rows = [(r[0], bare(r[2]), r[3], r[4], r[5], *sources_in(r[6], names)) for r in read]
    assert sorted(rows) == telling.rows(context=True)
    shown = re.search(r"^Figures on the map: (.*)$", found["Legs"], re.MULTILINE)[1]
    drawn = {s for f in telling.on_map() for s in f["sources"]}
    assert set(sources_in(shown, names)) == drawn
    if "Flows against capacities" in found:
        said = named(bold(found["Flows against capacities"]), names)
        full = [f"{words} {{{' '.join(s)}}}" for words, s in whole.fullness()]
        assert said == (few(full) or (findings or ["Made"])[0])


# --- the page in a browser ------------------------------------------------------------------------

READ = """places => {
  const map = Object.values(window).find(value => value instanceof L.Map);
  const every = (selector, node) => Array.from((node || document).querySelectorAll(selector));
  const text = node => node ? node.textContent.trim() : '';
  const cites = node => every('a.cite', node).map(a => a.textContent).join('');
  const kind = path => Array.from(path.classList).map(c => c.replace('tumen-', '')).find(c =>
    ['casing', 'core', 'plain', 'arrow'].includes(c));
  return {
    h1: text(document.querySelector('.briefing h1')), seen: document.body.innerText,
    heard: every('[aria-label], [title], [alt]').map(node => ['aria-label', 'title', 'alt']
      .map(name => node.getAttribute(name) || '').join(' ')).join(' '),
    paths: every('.leaflet-tumen-lines-pane path[data-pipe]').map(path => ({
      line: path.dataset.pipe, kind: kind(path), px: Number(path.getAttribute('stroke-width')),
      tip: (path.getAttribute('d').match(/L(-?[\\d.]+) (-?[\\d.]+)/) || []).slice(1).map(Number),
    })),
    places: places.map(at => map.latLngToLayerPoint(at)).map(p => [p.x, p.y]),
    labels: every('.label-flow').map(text),
    entries: every('.ranking tbody').map(row => ({
      title: text(row.querySelector('th')), full: text(row.querySelector('td.full')),
      amount: text(row.querySelector('td.told strong')), told: text(row.querySelector('td.told')),
      basis: text(row.querySelector('.basis')), cites: cites(row),
    })),
    rows: every('table.figures tbody tr').map(row => {
      const cells = every('td', row).map(text);
      return [cells[0], cells[2], text(row.querySelector('.figure .said')), cells[4], cells[5],
        cells[6], cites(row)];
    }),
    sources: every('[id^="source-"]').map(item => [item.id.slice(7), text(item)]),
  };
}"""
CHOOSE = """([start, end]) => {
  const map = Object.values(window).find(value => value instanceof L.Map);
  map._tumenPipes.setWindow(start ? { start: start, end: end } : null);
}"""
HOLD = """([corridor, rate, kind]) => {
  const map = Object.values(window).find(value => value instanceof L.Map);
  map._tumenPipes.setCapacity(corridor, rate, kind, false);
}"""


def generated(count):
    """Tables made at random, the same each time, and whether their periods are their own."""
    found = []

    @many(max_examples=count, database=None, derandomize=True, phases=[Phase.generate])
    @given(folders.tables(), PERIOD)
    def keep(tables, period):
        found.append((tables, period))

    keep()
    return found


def compare_drawn(telling, read, places):
    at = dict(zip(places, read["places"], strict=True))
    for line in telling.lines:
        own = [p for p in read["paths"] if p["line"] == line]
        casings, cores, plain, directions = telling.widths(line)
        px = {
            kind: [p["px"] for p in own if p["kind"] == kind]
            for kind in ("casing", "core", "plain")
        }
        same_widths((px["casing"], px["core"], len(px["plain"])), (casings, cores, plain))
        arrows = [p for p in own if p["kind"] == "arrow"]
        assert len(arrows) == len(directions)
        for arrow, direction in zip(arrows, directions, strict=True):
            points_to(arrow["tip"], [at[p] for p in telling.ends(line)][::direction])


def compare_entries(telling, read, names):
    """The key figures beside the map, each once, the fullest first."""
    expected = {(f["title"], f["amount"], f["when"]): f for f in telling.entries()}
    found = [e for e in read["entries"] if e["amount"]]
    assert len(found) == len(telling.entries())
    order = []
    for entry in found:
        key = next(k for k in expected if k[:2] == (entry["title"], bare(entry["amount"]))
                   and k[2] in entry["told"])  # fmt: skip
        f = expected[key]
        assert entry["full"] == (f["share"] or "–")
        assert entry["basis"] == f["basis"]
        assert sources_in(entry["cites"], names) == tuple(f["sources"])
        assert f["at"].strip() in entry["told"]
        order.append(f["full"])
    assert order == pytest.approx(sorted(order, reverse=True))


def compare_what_if(tab, telling, at, page):
    """Another capacity changes map, key figures and headline together, or none of them."""
    figures = [f for x in telling.lines for f in telling.reckoned.shown(x, *telling.period)]
    if not figures:
        return
    corridor, kind, rate = figures[0].row["corridor"], figures[0].kind, figures[0].pace * 5 / 4
    if not rate:
        return
    tab.evaluate(HOLD, [corridor, float(rate), kind])
    read, held = tab.evaluate(READ, at), telling.what_if(corridor, kind, rate)
    compare_drawn(held, read, [place.id for place in page.places])
    compare_entries(held, read, source_ids(read["sources"]))
    labels = {"; ".join(f["label"] for f in held.told(line)) for line in held.lines}
    assert {bare(text.removesuffix(", amount unknown")) for text in read["labels"]} <= labels
    assert read["h1"].startswith("What if. ")
    told = {f["share"].removesuffix(" of limit") for f in held.entries() if f["share"]}
    assert set(PERCENT.findall(read["h1"])) <= told
    rows = [(r[1], bare(r[2]), r[3], r[4]) for r in read["rows"] if r[3].endswith(", what if")]
    assert sorted(rows) == held.rows_what_if()
    tab.evaluate(HOLD, [corridor, None, kind])


def compare_page(telling, read, page):
    names = source_ids(read["sources"])
    compare_drawn(telling, read, [place.id for place in page.places])
    compare_entries(telling, read, names)
    labels = {"; ".join(f["label"] for f in telling.told(line)) for line in telling.lines}
    unknown = {f"{text}, amount unknown" for text in labels}
    assert {bare(text) for text in read["labels"]} <= labels | unknown
    rows = [(*row[1:4], row[4], row[5], *sources_in(row[6], names))
            for row in read["rows"] if row[0] == "moved"]  # fmt: skip
    every = telling.rows(every=True, context=page.id != "flows")
    known = [(*row[:3], row[3] or "unknown", *row[4:]) for row in every]
    assert sorted((r[0], bare(r[1]), *r[2:]) for r in rows) == sorted(known)
    if telling.period[0]:
        headline_in(read["h1"], telling)
    else:
        assert read["h1"] == page.headline
        same_finding(page, read["h1"], telling)


@pytest.mark.browser
def test_the_opened_page_draws_and_says_what_the_reckoning_says(browser, tmp_path):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, offline=True)
    tab = context.new_page()
    for n, (tables, period) in enumerate(generated(OPENED)):
        package = made(tables)
        page = scene.flows(package) if n % 2 else scene.legs_page(package, "legs")
        tab.goto(geo.page.save(page, tmp_path / "made.html").as_uri())
        tab.wait_for_selector('html[data-ready="1"]', timeout=20_000)
        at = [[place.lat, place.lon] for place in page.places]
        periods = [("", ""), *([asked(tables, period)] if page.clock else [])]
        for start, end in dict.fromkeys(periods):
            tab.evaluate(CHOOSE, [start, end])
            read = tab.evaluate(READ, at)
            compare_page(Telling(tables, start, end), read, page)
            nothing_of_the_keeper(f"{read['seen']} {read['heard']}", tables)
            compare_what_if(tab, Telling(tables, start, end), at, page)
    context.close()
