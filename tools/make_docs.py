"""Build the documentation as a site that opens from disk: `python tools/make_docs.py [--out site]`.

Pages are the Markdown of the project, where it lies; docs/site.toml says their order. The gallery
is made of the notebooks, run here; the reference, of the docstrings of the public modules. A link
that leads nowhere fails the build.
"""

from __future__ import annotations

import argparse
import inspect
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType

import nbformat
import papermill
from make_maps import QUIET_KERNEL
from nbconvert import MarkdownExporter

import geo

ROOT = Path(__file__).resolve().parents[1]
GALLERY = "docs/gallery.md"
LINK = re.compile(r"(?<!!)\[([^\]]+)\]\(([^)#:\s]+)(?:#[^)\s]*)?\)")
MODULES = [name for name in geo.__all__ if name not in geo._VERBS]
VERBS = [name for name in geo.__all__ if name in geo._VERBS]


def main(arguments: list[str] | None = None) -> int:
    """Build the site; 1 where anything is wrong with it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ROOT / "site")
    parser.add_argument("--as-kept", action="store_true", help="do not run the notebooks")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source"
        parts = ordered()
        stage(source, [page for _, pages in parts for page in pages])
        references(source)
        runs = gallery(source, run=not given.as_kept)
        (source / "index.md").write_text(front(parts), encoding="utf-8")
        for page in [*source.rglob("*.md")]:
            page.write_text(relinked(page, source), encoding="utf-8")
        code = sphinx(source, given.out)
        for path in runs.rglob("*") if runs.exists() else ():
            if path.is_file():
                there = given.out / "maps" / path.relative_to(runs)
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, there)
    return code


def ordered() -> list[tuple[str, list[str]]]:
    """(title, pages) of each part of the site; pages that are not there yet are left out."""
    listed = tomllib.loads((ROOT / "docs" / "site.toml").read_text(encoding="utf-8"))["part"]
    named = {page for part in listed for page in part["pages"]}
    own = sorted(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))
    parts = []
    for part in listed:
        more = [page for page in own if page not in named] if part["title"] == "How to" else []
        there = [p for p in part["pages"] if p.startswith("reference/") or (ROOT / p).is_file()]
        parts.append((part["title"], [*there, *more]))
    return parts


def stage(source: Path, pages: list[str]) -> None:
    """Copy the pages and their pictures to where the site is built, each where it lies."""
    for name in pages:
        if name.startswith("reference/"):
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    (source / "docs").mkdir(exist_ok=True)
    shutil.copy(ROOT / "docs" / "picture.png", source / "docs" / "picture.png")
    shutil.copytree(ROOT / "docs" / "theme", source / "theme")


def front(parts: list[tuple[str, list[str]]]) -> str:
    """The first page: the README to its first heading, and the parts of the site."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8").split("\n## ")[0]
    begin = "[Start in five minutes](docs/start.md), or look at the [gallery](docs/gallery.md)."
    trees = [
        f"```{{toctree}}\n:caption: {title}\n:maxdepth: 1\n\n" + "\n".join(pages) + "\n```\n"
        for title, pages in parts
    ]
    return "\n".join([readme.strip(), "", begin, "", *trees])


def relinked(page: Path, source: Path) -> str:
    """The text of a page; of a link to what is no page of the site only the words stay."""
    text = page.read_text(encoding="utf-8").replace(".ipynb)", ".md)")

    def put(found: re.Match[str]) -> str:
        target = (page.parent / found[2]).resolve()
        if target.is_file() and target.is_relative_to(source.resolve()):
            return found[0]
        wanted = (ROOT / page.relative_to(source)).parent / found[2]
        return found[1] if target.is_dir() or wanted.exists() else found[0]

    return LINK.sub(put, text)


def references(source: Path) -> None:
    """A page for each public module, and one for the verbs of frames."""
    folder = source / "reference"
    folder.mkdir(parents=True)
    first = ["# The Python interface", "", "What `import geo` gives.", ""]
    first += ["```{toctree}", ":maxdepth: 1", "", "verbs", *MODULES, "```", ""]
    (folder / "index.md").write_text("\n".join(first), encoding="utf-8")
    said = [f".. autofunction:: geo.{name}" for name in VERBS]
    _reference(folder / "verbs.md", "From a frame", said)
    for name in MODULES:
        module = getattr(geo, name)
        own = [f".. automodule:: {module.__name__}"]
        own += [_directive(module, one) for one in listed(module)]
        _reference(folder / f"{name}.md", f"geo.{name}", own)


def listed(module: ModuleType) -> list[str]:
    """The public names of a module that are no modules of their own."""
    every = getattr(module, "__all__", [])
    return [name for name in every if type(getattr(module, name)).__name__ != "module"]


def _directive(module: ModuleType, name: str) -> str:
    value = getattr(module, name)
    if inspect.isclass(value):
        return f".. autoclass:: {value.__module__}.{name}\n   :members:"
    if inspect.isfunction(value):
        return f".. autofunction:: {value.__module__}.{name}"
    kind = type(value).__name__
    return f".. py:data:: {module.__name__}.{name}\n   :type: {kind}"


def _reference(path: Path, title: str, said: list[str]) -> None:
    body = "\n\n".join(said)
    path.write_text(f"# {title}\n\n```{{eval-rst}}\n{body}\n```\n", encoding="utf-8")


def gallery(source: Path, *, run: bool) -> Path:
    """Notebooks as pages, run or as they are kept; returns the folder of the pages they wrote."""
    folder = source / "notebooks"
    folder.mkdir()
    made = source.parent / "maps"
    names, cards = [], []
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        print(f"notebooks/{path.name}", flush=True)
        picture = _notebook(path, folder, made, run=run)
        title = nbformat.read(path, 4).cells[0].source.splitlines()[0].removeprefix("# ")
        names.append(f"../notebooks/{path.stem}")
        if picture:
            cards.append(f"[![{title}](../notebooks/{picture})](../notebooks/{path.stem}.md)\n")
    text = (source / GALLERY).read_text(encoding="utf-8")
    tree = "\n".join(["```{toctree}", ":hidden:", "", *names, "```", ""])
    (source / GALLERY).write_text(f"{text}\n{''.join(cards)}\n{tree}", encoding="utf-8")
    return made


def _notebook(path: Path, folder: Path, made: Path, *, run: bool) -> str:
    """Write a notebook as a page with its pictures; returns the name of its first one."""
    notebook = nbformat.read(path, 4)
    if run:
        tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", [])]
        notebook = papermill.execute_notebook(
            path, None, parameters={"maps": str(made)} if tagged else {}, cwd=path.parent,
            kernel_name="python3", progress_bar=False, extra_arguments=QUIET_KERNEL,
        )  # fmt: skip
        notebook.cells = [
            c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])
        ]
    exporter = MarkdownExporter()
    exporter.register_filter("strip_ansi", lambda text: text)
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = type(output.data)(_shown(output.data))
    text, more = exporter.from_notebook_node(
        notebook, resources={"unique_key": path.stem, "output_files_dir": path.stem}
    )
    text = text.replace(str(made), "maps").replace(str(ROOT) + "/", "")
    text = re.sub(r"!\[png\]", f"![what {path.stem} shows]", text)
    for name, content in more["outputs"].items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)
    (folder / f"{path.stem}.md").write_text(text, encoding="utf-8")
    return next((n for n in more["outputs"] if n.endswith(".png")), "")


def _shown(data: Mapping[str, str]) -> dict[str, str]:
    """The one form of an output that a page shows: its picture, its table, else its text."""
    if "image/png" in data:
        return {"image/png": data["image/png"]}
    table = re.search(r"<table\b.*</table>", data.get("text/html", ""), re.DOTALL)
    if table:
        plain = re.sub(r' (?:id|class|style)="[^"]*"', "", table[0])
        return {"text/markdown": re.sub(r"<th *>(?:&nbsp;)?</th>", "<td></td>", plain)}
    return {"text/plain": data.get("text/plain", "")}


def sphinx(source: Path, out: Path) -> int:
    """Build the site with Sphinx; every warning, a link to nothing among them, is an error."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copy(ROOT / "docs" / "conf.py", source / "conf.py")
    command = [
        sys.executable, "-m", "sphinx", "--builder", "html", "--quiet", "--fail-on-warning",
        "--keep-going", "--doctree-dir", str(source.parent / "trees"), str(source), str(out),
    ]  # fmt: skip
    code = subprocess.run(command).returncode
    for page in out.rglob("*.html"):
        page.write_text(reachable(page.read_text(encoding="utf-8")), encoding="utf-8")
    print(f"{out}/index.html" if not code else "failed: see the warnings above", flush=True)
    return code


# What the theme leaves out for keyboards and screen readers.
REACHABLE = {
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<aside class="sidebar-drawer">': '<aside class="sidebar-drawer" aria-label="Pages">',
    '<aside class="toc-drawer">': '<aside class="toc-drawer" aria-label="On this page">',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': '<div tabindex="0" class="table-wrapper',
}


def reachable(text: str) -> str:
    """A page of the site with a level for each heading and a name for each side."""
    for bare, whole in REACHABLE.items():
        text = text.replace(bare, whole)
    return text


if __name__ == "__main__":
    sys.exit(main())
