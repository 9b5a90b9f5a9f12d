"""One kit on two machines: another zone, language, user, folder, host name and order of sets."""

import base64
import io
import os
import re
import subprocess
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path

import outputs
from faults import ROOT, here

MADE = ("build", "map", "flows", "positions", "pack", "brief", "tracks")
RUN = (
    "import locale, os, platform, socket, sys\n"
    "from pathlib import Path\n"
    "locale.setlocale(locale.LC_ALL, '')\n"
    "socket.gethostname = platform.node = lambda: os.environ['HOSTNAME']\n"
    "import outputs; from geo.cli import main\n"
    "folder = Path(sys.argv[1])\n"
    "outputs.make(folder)\n"
    "os.chdir(folder if sys.argv[2] == 'inside' else folder.parent)\n"
    "for name in sys.argv[3:]:\n"
    "    words = outputs.COMMANDS[name][0].split()\n"
    "    known = {one.name for one in folder.iterdir()} | {outputs.COMMANDS[name][1]}\n"
    "    away = [str(folder / w) if w.split('/')[0] in known and at else w\n"
    "            for at, w in enumerate(words)]\n"
    "    try: main(words if sys.argv[2] == 'inside' else away)\n"
    "    except SystemExit as ended: assert not ended.code, name\n"
)


@dataclass(frozen=True)
class World:
    """A machine: what it is called, whose it is, and what its settings are."""

    user: str
    zone: str
    language: str
    seed: str
    at: str = "inside"
    ascii_only: bool = False

    @property
    def words(self):
        """What tells whose machine it is."""
        return [f"zq{kind}{self.user}" for kind in ("user", "home", "host", "folder")]


WORLDS = (
    World("ann", "UTC", "C.UTF-8", "1"),
    World("bob", "Asia/Kathmandu", "C", "4242", "outside", ascii_only=True),
    World("cem", "America/St_Johns", "tr_TR.UTF-8", "7", "outside"),
    World("dov", "Pacific/Kiritimati", "de_DE.UTF-8", "random"),
)


def speaks(language, folder):
    """Variables that make a process speak a language; made from the system's sources if need be."""
    more = {"LC_ALL": language, "LANG": language}
    known = subprocess.run(["locale", "-a"], capture_output=True, text=True, check=True).stdout
    if language.replace("-", "").lower() in known.replace("-", "").lower().split():
        return more
    form, charset = language.split(".")
    subprocess.run(
        ["localedef", "-i", form, "-f", charset, str(folder / language)],
        check=True, capture_output=True,
    )  # fmt: skip
    return more | {"LOCPATH": str(folder)}


def live(world, folder, names=MADE):
    """Run the commands in a world; every file that they wrote, by command and path."""
    user, home, host, own = world.words
    place, house = folder / own / "inputs", folder / home
    place.mkdir(parents=True)
    house.mkdir()
    more = {"USER": user, "LOGNAME": user, "USERNAME": user, "HOME": str(house), "HOSTNAME": host}
    more |= {"TZ": world.zone} | speaks(world.language, house)
    more |= {"PYTHONHASHSEED": world.seed, "MPLCONFIGDIR": str(house / "mpl")}
    if world.ascii_only:
        more |= {"PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    environment = here() | more
    environment["PYTHONPATH"] += f"{os.pathsep}{ROOT / 'tests'}"
    command = [sys.executable, "-c", RUN, str(place), world.at, *names]
    done = subprocess.run(command, env=environment, cwd=house, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode("utf-8", "replace")
    return {
        f"{name}/{path}": file.read_bytes()
        for name in names
        for path, file in outputs.written(place, name).items()
    }


def layers(content):
    """A file's bytes, then what is packed in them: parts of zips, streams, base64 and escapes."""
    yield content
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for part in packed.infolist():
                yield part.filename.encode() + part.comment + part.extra
                yield from layers(packed.read(part))
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        yield inflated(found[1])
    plain = re.sub(rb"\\u[0-9a-f]{4}", b" ", content)  # signs of markup within JSON
    for found in re.finditer(rb"[A-Za-z0-9+/]{200,}={0,2}", plain):
        whole = base64.b64decode(found[0] + b"=" * (-len(found[0]) % 4))
        yield whole
        yield inflated(whole)
        yield inflated(whole, -15)


def inflated(data, window=15):
    """Data unpacked as far as it is packed so; nothing where it is not."""
    try:
        return zlib.decompressobj(window).decompress(data)
    except zlib.error:
        return b""


def traces(world, content):
    """Which words of a world stand in a file, in either encoding of text."""
    words = [*world.words, str(ROOT), sys.prefix, str(Path.home())]
    words = [word for word in words if len(word) > 5]
    return {
        word
        for layer in layers(content)
        for word in words
        for code in ("utf-8", "utf-16-be", "utf-16-le")
        if word.encode(code) in layer
    }
