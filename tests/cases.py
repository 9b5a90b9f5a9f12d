"""Small data folders to break, and what a browser would read in a page."""

import base64
import csv
import hashlib
import io
import json
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from geo import scaffold
from geo.files import intake

# A course for the leg of the example folder, over water and across the antimeridian.
GIVEN = {
    "type": "LineString",
    "coordinates": [[178.4, -18.2], [179, -19.2], [181, -19.2], [184.8, -21.1]],
}
# Resources of the example folder that its pages do without.
SPARE = frozenset({"factors", "limits", "events", "vessels", "attributes"})
DATA = Path(__file__).resolve().parent.parent / "data"


class Folder:
    """A data folder whose files a test changes by row and column."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def new(cls, path: Path, **ends: str) -> "Folder":
        """The example folder of `geo new`."""
        scaffold.new(path, **ends, languages=("ko", "ru"))
        return cls(path)

    @classmethod
    def drawn(cls, path: Path, *, without: Collection[str] = ()) -> "Folder":
        """The example folder with a course given: quick to load, nothing is routed."""
        made = cls.new(path).less(without)
        made.feature("legs.geojson", "port_a_port_b", lambda f: f.update(geometry=GIVEN))
        return made

    @classmethod
    def copy(cls, path: Path) -> "Folder":
        """A copy of the shipped data."""
        shutil.copytree(DATA, path)
        return cls(path)

    def less(self, names: Collection[str]) -> "Folder":
        """Leave out resources by name: what is not listed is not read."""
        self.descriptor(
            lambda d: d.update(resources=[r for r in d["resources"] if r["name"] not in names])
        )
        return self

    def text(self, name: str) -> str:
        return (self.path / name).read_text(encoding="utf-8")

    def write(self, name: str, text: str | bytes) -> None:
        data = text.encode("utf-8") if isinstance(text, str) else text
        (self.path / name).write_bytes(data)

    # --- tables -----------------------------------------------------------------------------------

    def table(self, name: str) -> list[list[str]]:
        return list(csv.reader(io.StringIO(self.text(name), newline="")))

    def put(self, name: str, table: list[list[str]]) -> None:
        made = io.StringIO()
        csv.writer(made, lineterminator="\n").writerows(table)
        self.write(name, made.getvalue())

    def cell(self, name: str, key: str, **values: str) -> int:
        """Set cells of the row whose first cell is `key`; its row number in the file."""
        table = self.table(name)
        row = next(n for n, cells in enumerate(table) if cells[0] == key)
        for column, value in values.items():
            table[row][table[0].index(column)] = value
        self.put(name, table)
        return row + 1

    def add(self, name: str, **values: str) -> int:
        """Add a row; its row number in the file."""
        table = self.table(name)
        table.append([values.get(column, "") for column in table[0]])
        self.put(name, table)
        return len(table)

    def rows(self, name: str, *rows: Mapping[str, str]) -> None:
        """Replace every row."""
        header = self.table(name)[0]
        self.put(name, [header, *([row.get(column, "") for column in header] for row in rows)])

    # --- JSON -------------------------------------------------------------------------------------

    def change(self, name: str, how: Callable[[Any], Any]) -> None:
        """Change a JSON file in place; a value returned replaces the whole."""
        document = json.loads(self.text(name))
        changed = how(document)
        self.write(
            name, json.dumps(document if changed is None else changed, ensure_ascii=False, indent=1)
        )

    def feature(self, name: str, key: str, how: Callable[[Any], Any]) -> str:
        """Change one feature of a GeoJSON file; how a fault names it."""
        features = json.loads(self.text(name))["features"]
        number = next(n for n, f in enumerate(features) if f.get("id") == key)
        self.change(name, lambda document: _none(how(document["features"][number])))
        return f"feature {number + 1} ({key})"

    def descriptor(self, how: Callable[[Any], Any]) -> None:
        self.change("datapackage.json", how)

    def resource(self, name: str, how: Callable[[Any], Any]) -> None:
        def found(document: Any) -> None:
            how(next(r for r in document["resources"] if r["name"] == name))

        self.descriptor(found)


def _none(_: Any) -> None:
    """What a change that works in place gives back."""


def digest(folder: Path) -> dict[str, str]:
    """Every file of a folder with the hash of its bytes."""
    return {
        str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file()
    }


# --- a page, as a browser reads it ---------------------------------------------------------------


PACKED = ("application/gzip", "application/json")


def unpacked(kind: str | None, text: str) -> str:
    """The text of a block, of gzip in base64 what it holds."""
    return intake.unpacked(text) if kind == PACKED[0] else text


class Parsed(HTMLParser):
    """Tags with their attributes in order, and the text of scripts and styles."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self._raw: list[tuple[str, dict[str, str | None], str]] = []
        self._inside = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in {"script", "style"}:
            self._inside = tag
            self._raw.append((tag, dict(attrs), ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside:
            tag, attributes, text = self._raw[-1]
            self._raw[-1] = (tag, attributes, text + data)
        else:
            self.words.append(data)

    @property
    def shape(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every tag with the names of its attributes."""
        return [(tag, tuple(sorted(attributes))) for tag, attributes in self.tags]

    @property
    def scripts(self) -> list[str]:
        """Scripts that run: those that stand plainly, and those that the first unpacks."""
        plain = [text for tag, at, text in self._raw if tag == "script" and "type" not in at]
        packed = [text for _, at, text in self._raw if at.get("class") == "packed"]
        return [*plain, *map(intake.unpacked, packed)]

    @property
    def blocks(self) -> dict[str, str]:
        """Scripts that no browser runs, by their type and id; packed JSON as JSON."""
        return {
            f"{at['type']} {at.get('id', '')}".strip().replace(*PACKED): unpacked(at["type"], text)
            for tag, at, text in self._raw
            if tag == "script" and "type" in at and "class" not in at
        }

    @property
    def styles(self) -> list[str]:
        return [text for tag, _, text in self._raw if tag == "style"]

    @property
    def policy(self) -> dict[str, list[str]]:
        """The page's Content-Security-Policy by directive."""
        metas = (at for tag, at in self.tags if tag == "meta")
        text = next(
            str(at["content"]) for at in metas if at.get("http-equiv") == "Content-Security-Policy"
        )
        return {part.split()[0]: part.split()[1:] for part in text.split(";")}

    def count(self, tag: str) -> int:
        return Counter(name for name, _ in self.tags)[tag]


def csp_hash(text: str) -> str:
    """A hash source as a policy writes it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
