"""Where the time of track work goes: shares of one run, stage by stage, on one thread.

    python benchmarks/profile_tracks.py [--million 1] [--data FOLDER]

The positions are those of `tracks.py`. Events are found on one thread, so that shares add up.
Reading is the time until all positions are there, the rest are the stages of the pure function, by
the profiler of Python: it makes stages of many small steps, cleaning and stops, look larger than
they are. Seconds are those of the processor, which other work on the machine changes less. The last
line is the time of sentences of NMEA to that of the same messages decoded by pyais alone.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyais
from tracks import positions_file

from geo.tracks import definitions, engine, grouped, nmea, places, synthetic

STAGES = {  # function of geo.tracks: what it does
    ("engine.py", "_countable"): "count the positions of vessels",
    ("grouped.py", "_held"): "read and group",
    ("grouped.py", "_table"): "hand over whole vessels",
    ("process.py", "coded"): "columns as arrays",
    ("clean.py", "cleaned"): "clean: duplicates, ships of one number, spikes",
    ("process.py", "sailed"): "places and speeds of positions",
    ("process.py", "_calls"): "port calls",
    ("stays.py", "stops"): "stops",
    ("marks.py", "days"): "days to go on from",
    ("arrays.py", "continuous"): "longitudes over the antimeridian",
    ("process.py", "_shown"): "simplified lines: which positions",
    ("process.py", "_track_rows"): "tracks with their lines",
    ("process.py", "_voyage_rows"): "voyages with their lines",
    ("process.py", "_gap_rows"): "gaps",
    ("ships.py", "segments"): "runs without a gap",
    ("process.py", "_loiter_rows"): "loitering",
    ("process.py", "_slow"): "slow ships on a common clock",
    ("process.py", "_table"): "events as tables",
    ("process.py", "_vessels"): "counts of vessels",
    ("encounters.py", "find"): "encounters",
}
SENTENCES = 100_000


def stages(path: Path) -> Iterator[tuple[str, float]]:
    """Each stage and its seconds, the rest last, of one run on one thread."""
    where = places.from_frame(synthetic.invented_places())
    rules = definitions.load("gfw")
    profile = cProfile.Profile(time.process_time)
    began = time.process_time()
    profile.enable()
    with engine.connect(threads=1) as con:
        counts = engine._countable(engine._files(con, [str(path)]), [path])
        tables = grouped.tables([path], counts, rows=250_000, most=50_000_000)
        found = [engine.process(one, places=where, definitions=rules) for one in tables]
        engine.with_encounters(engine.joined(found), places=where, definitions=rules)
    profile.disable()
    whole = time.process_time() - began
    spent = {
        (Path(file).name, name): cumulative
        for (file, _, name), (_, _, _, cumulative, _) in pstats.Stats(profile).stats.items()  # type: ignore[attr-defined]
    }
    own = [(words, spent.get(key, 0.0)) for key, words in STAGES.items()]
    yield from own
    yield "the rest", whole - sum(seconds for _, seconds in own)


def sentences() -> tuple[float, float]:
    """Seconds a million sentences of position reports, ours and pyais alone."""
    body = "AIVDM,1,1,,A,147=e0@P001iEr0R1Cb00?v1P000,0"
    text = f"!{body}*{nmea.checksum(body)}"
    lines = [f"\\c:{1_748_736_000 + n}*00\\{text}" for n in range(SENTENCES)]
    began = time.process_time()
    read = sum(table.num_rows for table in nmea.read(lines, nmea.Log()))
    ours = time.process_time() - began
    began = time.process_time()
    for _ in range(read):
        pyais.decode(text).asdict()
    return ours / read * 1e6, (time.process_time() - began) / read * 1e6


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--million", type=float, default=1.0)
    parser.add_argument("--data", type=Path, help="a folder that keeps the positions")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        found = list(stages(positions_file(options.data or Path(name), options.million, 1)))
    whole = sum(seconds for _, seconds in found)
    for words, seconds in found:
        print(f"{seconds / whole:6.1%}  {words}")
    ours, alone = sentences()
    print(f"\nNMEA: {ours:.1f} s a million sentences, {ours / alone:.2f} of pyais alone")


if __name__ == "__main__":
    main()
