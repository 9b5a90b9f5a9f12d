"""What holds of a big file, whatever its size: the tests and the soak ask the same."""

import re

import big

BASE_BYTES = 450_000_000  # what the kit and its libraries take before they read anything


def drawn(done, page, open_page, word, *, most=12_000_000):
    """The page is there, says what was done, and is drawn by a browser that stays alive."""
    assert done.code == 0, done.said
    assert re.search(word, done.said), done.said
    assert page.stat().st_size < most
    opened = open_page(page, ready=False)
    opened.page.wait_for_selector('html[data-ready="1"]', timeout=120_000)
    assert opened.complaints == []
    said = opened.page.locator("body").text_content()
    return opened, said


def features(folder, open_page, count, *, memory="4GB", ceiling=4_000_000_000):
    """Features beyond what a browser draws are left out evenly."""
    path = big.features(folder / "many.geojson", count)
    page = folder / "page.html"
    done = big.run("map", path, "-o", page, "--memory", memory)
    path.unlink()
    word = f"20,000 of {count:,} features are drawn, evenly"
    opened, said = drawn(done, page, open_page, word)
    assert word in said
    assert opened.page.locator("path.tumen-feature").count() == 20_000
    assert done.peak_bytes < ceiling
    return done


def line(folder, open_page, count, *, memory="4GB", ceiling=4_000_000_000):
    """A line of many points is drawn as a track: packed, on one canvas."""
    path = big.line(folder / "long.geojson", count)
    page = folder / "page.html"
    done = big.run("map", path, "-o", page, "--memory", memory)
    path.unlink()
    drawn(done, page, open_page, rf"long: {count:,} vertices of 1 track", most=6 * count + 10**6)
    assert done.peak_bytes < ceiling
    return done


def heavy(folder, open_page, size, *, ceiling=4_000_000_000):
    """A text too long for a popup is cut, and its whole length said."""
    path = big.heavy(folder / "heavy.geojson", size)
    page = folder / "page.html"
    done = big.run("map", path, "-o", page)
    path.unlink()
    opened, _ = drawn(done, page, open_page, "1 feature")
    opened.page.locator("path.tumen-feature").dispatch_event("click")
    shown = opened.page.locator(".tumen-popup td").text_content()
    assert shown == "x" * 2000 + f"… ({size:,} characters in all)"
    assert done.peak_bytes < ceiling
    return done


def refused(folder, size, *, memory="4GB"):
    """A file beyond the ceiling is refused before it is read, with what would allow it."""
    path = big.blank(folder / "blank.geojson", size)
    done = big.run("check", path, "--memory", memory)
    path.unlink()
    assert done.code == 2
    assert re.search(r"blank\.geojson: .* of memory; .* are allowed.*--memory [0-9]+GB", done.said)
    assert done.peak_bytes < BASE_BYTES
    return done


def positions(folder, size, *, memory, ceiling):
    """A table of positions larger than the memory is read within it, every row counted."""
    path = big.positions(folder / "ships.csv", size)
    with path.open("rb") as file:
        rows = sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 24), b"")) - 1
    done = big.run("tracks", "ingest", path, "-o", folder / "store", "--memory", memory)
    path.unlink()
    assert done.code == 0, done.said
    assert f"1 of 1 file(s) new, {rows:,} positions" in done.said
    assert done.peak_bytes < ceiling
    return done
