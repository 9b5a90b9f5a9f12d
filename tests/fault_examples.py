"""The examples of the list of faults, made as files and run as a reader would run them."""

import contextlib
import functools
import io
import re
import shlex
import shutil
import warnings
from pathlib import Path

from geo import scaffold
from geo.cli import main
from geo.errors import DataError, faultlist

CODE = re.compile(r" \[([a-z0-9]+\.[a-z0-9-]+)\]$")  # at the end of a fault as it is printed


@functools.cache
def template(parent):
    """A folder as `geo new` writes it, made once."""
    folder = Path(parent) / faultlist.FOLDER
    scaffold.new(folder)
    return folder


def make(example, folder, parent):
    """Write the files of an example into a folder."""
    for name, text in example.get("files", {}).items():
        (folder / name).write_text(text.removeprefix("\n"), encoding="utf-8")
    if "changes" in example:
        shutil.copytree(template(parent), folder / faultlist.FOLDER)
    for name, old, new in example.get("changes", ()):
        path = folder / faultlist.FOLDER / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{name} of a new folder has no {old}"
        path.write_text(text.replace(old, new, 1) if old else text + new, encoding="utf-8")


def run(example, folder):
    """(line, code) of every fault that an example prints, in their order."""
    said = []
    with contextlib.chdir(folder), warnings.catch_warnings(action="ignore"):
        try:
            exec(example.get("python", ""), {})
        except DataError as error:
            said += str(error).splitlines()
    command = faultlist.command(example)
    said += printed(shlex.split(command)[1:], folder).splitlines() if command else []
    matched = [(line.removeprefix("note: "), CODE.search(line)) for line in said]
    return [(line, match[1]) for line, match in matched if match]


def printed(words, folder):
    """What a command prints, on either stream."""
    streams = io.StringIO()
    caught = contextlib.redirect_stdout(streams), contextlib.redirect_stderr(streams)
    with contextlib.chdir(folder), caught[0], caught[1], contextlib.suppress(SystemExit):
        main(words)
    return streams.getvalue()
