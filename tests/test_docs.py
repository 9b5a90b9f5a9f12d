"""The documentation: a site that opens from disk and asks for nothing; what it says runs."""

import re
import shlex
from pathlib import Path

import make_docs
import pytest
from conftest import ROOT
from typer.main import get_command

import geo
from geo import cli

AXE = ROOT / "tests" / "web" / "node_modules" / "axe-core" / "axe.min.js"
PAGES = sorted([*(ROOT / "docs").glob("*.md"), ROOT / "README.md"])
BLOCK = re.compile(r"^```([a-z]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
# Pages whose commands run, one after another, in an empty folder.
RUN = ("start.md", "share.md")
LOOKED_AT = ("index", "docs/start", "docs/commands", "reference/page", "notebooks/01-rail")


def commands(path):
    """Every line of a page that begins with the command, without what stands behind it."""
    blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
    lines = [line for kind, block in blocks if kind in ("", "sh") for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("geo ")]


# --- what it says ---------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_command_of_a_page_has_the_verb_and_the_options_it_names(path):
    verbs = get_command(cli.app).commands
    for _, verb, *words in commands(path):
        assert verb in verbs, f"{path.name}: geo {verb}"
        known = {name for one in options(verbs[verb]) for name in (*one.opts, *one.secondary_opts)}
        named = {w.split("=")[0] for w in words if re.match(r"--?[a-z]", w)}
        assert named <= known | {"--help"}, f"{path.name}: geo {verb} {' '.join(words)}"


def options(verb):
    """Options of a verb, and of the verbs below it."""
    below = getattr(verb, "commands", {}).values()
    return [*verb.params, *(one for command in below for one in options(command))]


@pytest.mark.parametrize("name", RUN)
def test_commands_run_as_they_stand_in_an_empty_folder(name, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    if name == "share.md":
        keep = [c for c in commands(ROOT / "docs" / name) if c[1] != "embed"]
    else:
        keep = commands(ROOT / "docs" / name)
    assert keep[0] == ["geo", "example", "corridors"]
    for _, *arguments in keep:
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == 0, capsys.readouterr().err
    assert (tmp_path / "maps" / "overview.html").is_file()


def test_the_snippets_of_the_share_page_are_printed(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "maps").mkdir()
    data = geo.package.load(ROOT / "data")
    geo.page.save(geo.scene.legs_page(data, "rail"), "maps/rail.html")
    found = [c for c in commands(ROOT / "docs" / "share.md") if c[1] == "embed"]
    assert len(found) == 3
    for _, *arguments in found:
        with pytest.raises(SystemExit) as stopped:
            cli.main(arguments)
        assert stopped.value.code == 0
        assert 'sandbox="allow-scripts"' in capsys.readouterr().out


def test_python_of_the_page_from_python_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").symlink_to(ROOT / "data")
    text = (ROOT / "docs" / "python.md").read_text(encoding="utf-8")
    ((_, block),) = [one for one in BLOCK.findall(text) if one[0] == "python"]
    exec(compile(block, "docs/python.md", "exec"), {})
    assert (tmp_path / "maps" / "rail.html").is_file()


def test_every_verb_is_in_the_list_of_commands():
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    assert set(re.findall(r"`geo ([a-z]+)", text)) == set(get_command(cli.app).commands)


# --- the site -------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The site with the notebooks as they are kept: a link that leads nowhere fails it."""
    out = tmp_path_factory.mktemp("site")
    assert make_docs.main(["--as-kept", "--out", str(out)]) == 0
    return out


def test_the_site_has_every_page_notebook_and_public_module(site):
    made = {path.relative_to(site).as_posix() for path in site.rglob("*.html")}
    pages = {f"docs/{path.stem}.html" for path in (ROOT / "docs").glob("*.md")}
    books = {f"notebooks/{path.stem}.html" for path in (ROOT / "notebooks").glob("*.ipynb")}
    modules = {f"reference/{name}.html" for name in make_docs.MODULES}
    assert pages | books | modules | {"index.html", "CHANGELOG.html", "SECURITY.html"} <= made


def test_every_link_within_the_site_leads_somewhere(site):
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        for link in re.findall(r'(?:href|src)="([^"#?:]+)(?:[#?][^"]*)?"', text):
            assert (path.parent / link).exists(), f"{path.relative_to(site)}: {link}"


def test_the_reference_has_types_and_units(site):
    text = (site / "reference" / "page.html").read_text(encoding="utf-8")
    plain = re.sub(r"<[^>]+>", "", text)
    assert "height_px: int = 640" in plain
    verbs = re.sub(r"<[^>]+>", "", (site / "reference" / "verbs.html").read_text("utf-8"))
    assert all(f"{name}(" in verbs for name in make_docs.VERBS)


@pytest.mark.browser
def test_the_site_opens_from_disk_is_searched_and_asks_for_nothing(site, browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_offline(True)
    page = context.new_page()
    asked, wrong = [], []
    page.on("request", lambda one: asked.append(one.url))
    page.on("pageerror", lambda one: wrong.append(str(one)))
    for name in LOOKED_AT:
        page.goto((site / f"{name}.html").as_uri())
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run().then(r => r.violations.map(v => v.id))")
        assert found == [], name
    page.goto((site / "index.html").as_uri())
    page.get_by_placeholder("Search").fill("embed")
    page.keyboard.press("Enter")
    page.locator("#search-results li").first.wait_for(timeout=10_000)
    assert page.locator("#search-results li a", has_text="Share offline").count() > 0
    context.close()
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert wrong == []


def test_a_page_that_is_new_stands_in_the_site_and_one_that_is_not_there_does_not(
    tmp_path, monkeypatch
):
    (tmp_path / "docs").mkdir()
    listed = (ROOT / "docs" / "site.toml").read_text(encoding="utf-8")
    (tmp_path / "docs" / "site.toml").write_text(listed, encoding="utf-8")
    (tmp_path / "docs" / "new.md").write_text("# New\n", encoding="utf-8")
    monkeypatch.setattr(make_docs, "ROOT", Path(tmp_path))
    parts = dict(make_docs.ordered())
    assert parts["How to"] == ["docs/new.md"]
    assert parts["Begin"] == []


def test_a_link_to_nothing_fails_the_site(tmp_path):
    source = tmp_path / "source"
    (source / "theme").mkdir(parents=True)
    (source / "index.md").write_text("# One\n\n[two](two.md)\n", encoding="utf-8")
    assert make_docs.sphinx(source, tmp_path / "out") == 1
