"""Raw AIS to events: ours against reading alone, DuckDB's SQL, MovingPandas and Dask, in one run.

    python benchmarks/tracks.py [--sizes 1 10 100] [--rounds 3] [--data FOLDER] [--json]

Sizes are millions of positions: synthetic ships on great circles between 200 places, 300 s between
positions, with labelled noise, in order of receipt and not by vessel, as archives are. Every
contender runs in a process of its own and they take turns; the median time of the rounds and the
largest memory count. Time runs from the file to the result; imports, the start of Dask's
processes and the digest are left out. Memory is the resident memory of the process and its
children together, looked at every 50 ms. The contenders:

- read and sort: DuckDB reads the six columns that events are made of, sorts by vessel and time,
  and hands out the batches; the MMSI as a number, in a third of the time that text takes.
- ours: everything, cleaning by several tracks included. With `--told` GB in a second run.
- ours on Dask: the same on two worker processes, at sizes up to 10.
- DuckDB SQL: duplicates, single spikes, lengths, gaps and port calls; no stops, segments,
  simplified lines or encounters.
- MovingPandas: outliers, gaps, stops, lengths and simplified lines, without calls, on the
  first 20,000 positions of that order; its time is counted a position.

Nothing is written but the positions, into a temporary folder or the one named.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil

from geo.tracks import synthetic

GB = 1e9
SAMPLE_S = 0.05
PEER_POSITIONS = 20_000
DASK_UP_TO = 10
THREADS = 2
# SQL and MovingPandas are asked for the same things, by these measures.
MAX_KN, GAP_HOURS, RADIUS_KM, STOP_M, TOLERANCE_M = 60.0, 12.0, 3.0, 500.0, 200.0

READ = "SELECT vessel::INTEGER vessel, time_utc, lon, lat, speed_kn, draught_m FROM read_parquet(?)"
SORTED = f"{READ} ORDER BY 1, 2"
FIRST = f"{READ} WHERE abs(lat) <= 90 ORDER BY 1, 2 LIMIT {PEER_POSITIONS}"
# Haversine on the mean sphere, km.
KM = """CREATE MACRO km(x1, y1, x2, y2) AS 12742.0176 * asin(sqrt(least(1.0,
  pow(sin(radians(y2 - y1) / 2), 2)
  + cos(radians(y1)) * cos(radians(y2)) * pow(sin(radians(x2 - x1) / 2), 2))))"""
SQL = f"""
CREATE TEMP TABLE steps AS
WITH one AS (
  SELECT vessel, time_utc, min(lon) lon, arg_min(lat, lon) lat FROM read_parquet(?)
  WHERE lat BETWEEN -90 AND 90 AND lon BETWEEN -180 AND 180 GROUP BY ALL),
step AS (
  SELECT *, km(lag(lon) OVER w, lag(lat) OVER w, lon, lat) km,
    epoch(time_utc - lag(time_utc) OVER w) s FROM one
  WINDOW w AS (PARTITION BY vessel ORDER BY time_utc)),
fast AS (SELECT *, km / 1.852 * 3600 / s > {MAX_KN} too_fast FROM step),
kept AS (
  SELECT vessel, time_utc, lon, lat FROM fast
  QUALIFY NOT (coalesce(too_fast, false)
    AND coalesce(lead(too_fast) OVER (PARTITION BY vessel ORDER BY time_utc), false)))
SELECT *, km(lag(lon) OVER w, lag(lat) OVER w, lon, lat) km,
  epoch(time_utc - lag(time_utc) OVER w) s FROM kept
WINDOW w AS (PARTITION BY vessel ORDER BY time_utc)"""
TRACKS = "SELECT vessel, count(*), sum(km), min(time_utc), max(time_utc) FROM steps GROUP BY vessel"
GAPS = f"SELECT vessel, time_utc, s / 3600, km FROM steps WHERE s >= {GAP_HOURS * 3600}"
CALLS = f"""
WITH cell AS (
  SELECT place, p.lon, p.lat, floor(p.lon * 10 + i) cx, floor(p.lat * 10 + j) cy
  FROM places p, range(-1, 2) a(i), range(-1, 2) b(j)),
near AS (
  SELECT vessel, time_utc, min(place) place FROM steps s
  JOIN cell c ON floor(s.lon * 10) = c.cx AND floor(s.lat * 10) = c.cy
  WHERE km(s.lon, s.lat, c.lon, c.lat) <= {RADIUS_KM} GROUP BY ALL),
turn AS (
  SELECT s.vessel, s.time_utc, place,
    place IS DISTINCT FROM lag(place) OVER (PARTITION BY s.vessel ORDER BY s.time_utc) turns
  FROM steps s LEFT JOIN near n ON s.vessel = n.vessel AND s.time_utc = n.time_utc),
run AS (
  SELECT *, sum(turns::INT) OVER (PARTITION BY vessel ORDER BY time_utc) run FROM turn)
SELECT vessel, place, min(time_utc), max(time_utc) FROM run WHERE place IS NOT NULL
GROUP BY vessel, place, run HAVING max(time_utc) - min(time_utc) >= INTERVAL 1 HOUR"""


# --- contenders: each returns what it found, and what to count it by -----------------------------


def read_and_sort(path: str, _: float | None) -> dict[str, Any]:
    """What nobody can do without."""
    batches = _duck().sql(SORTED, params=[path]).to_arrow_reader(500_000)
    return {"positions": sum(len(batch) for batch in batches)}


def ours(path: str, told: float | None) -> dict[str, Any]:
    """Every operation, on threads of one process."""
    memory = f"{told:g}GB" if told else None
    began, spent = time.perf_counter(), time.process_time()
    found = _run(path, memory=memory, threads=THREADS)
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - spent}
    return {**took, **_facts(found)}


def ours_on_dask(path: str, _: float | None) -> dict[str, Any]:
    """The same on worker processes."""
    from dask.distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, memory_limit=0
    )
    with cluster, Client(cluster) as client:
        client.run(importlib.import_module, "geo.tracks.engine")
        began = time.perf_counter()
        found = _run(path, executor=client.get_executor(retries=3, pure=False))
        return {"seconds": time.perf_counter() - began, **_facts(found)}


def duckdb_sql(path: str, _: float | None) -> dict[str, Any]:
    """Part of the work as SQL."""
    con = _duck()
    places = synthetic.invented_places()
    known = [places["place"].tolist(), places.geometry.x.tolist(), places.geometry.y.tolist()]
    con.execute(KM)
    con.execute(
        "CREATE TABLE places AS SELECT unnest(?) place, unnest(?) lon, unnest(?) lat", known
    )
    con.execute(SQL, [path])
    found = {"tracks": TRACKS, "gaps": GAPS, "calls": CALLS}
    return {kind: con.sql(query).to_arrow_table().num_rows for kind, query in found.items()}


def movingpandas(path: str, _: float | None) -> dict[str, Any]:
    """The peer, on whole ships of so many positions as it can finish."""
    import geopandas as gpd
    import movingpandas as mpd
    import pandas as pd

    frame = _duck().sql(FIRST, params=[path]).df()
    frame["time_utc"] = frame["time_utc"].dt.tz_convert(None)
    began = time.perf_counter()
    once = frame.drop_duplicates(["vessel", "time_utc"])
    points = gpd.points_from_xy(once["lon"], once["lat"], crs="EPSG:4326")
    ships = gpd.GeoDataFrame(once, geometry=points)
    tracks = mpd.TrajectoryCollection(ships, "vessel", t="time_utc")
    tracks = mpd.OutlierCleaner(tracks).clean(v_max=MAX_KN * 1.852, units=("km", "h"))
    tracks = mpd.ObservationGapSplitter(tracks).split(gap=pd.Timedelta(hours=GAP_HOURS))
    stops = mpd.TrajectoryStopDetector(tracks).get_stop_segments(
        max_diameter=STOP_M, min_duration=pd.Timedelta(hours=1)
    )
    length_km = sum(track.get_length(units="km") for track in tracks)
    lines = mpd.DouglasPeuckerGeneralizer(tracks).generalize(tolerance=TOLERANCE_M / 111_195)
    found = {"positions": len(frame), "tracks": len(lines.trajectories), "length_km": length_km}
    return found | {"seconds": time.perf_counter() - began, "stops": len(stops.trajectories)}


CONTENDERS: dict[str, Callable[[str, float | None], dict[str, Any]]] = {
    "read and sort": read_and_sort,
    "ours": ours,
    "ours on Dask": ours_on_dask,
    "DuckDB SQL": duckdb_sql,
    "MovingPandas": movingpandas,
}


def _duck() -> Any:
    from geo.tracks import duck

    return duck.connect(memory=None, threads=THREADS, spill=Path(tempfile.gettempdir()))


def _run(path: str, **options: Any) -> Any:
    from geo.tracks import definitions, engine, places

    return engine.run(
        [path],
        places=places.from_frame(synthetic.invented_places()),
        definitions=definitions.load("gfw"),
        **options,
    )


def _facts(found: Any) -> dict[str, Any]:
    from geo.tracks import engine

    counts = {kind: table.num_rows for kind, table in found.events.items()}
    return {"digest": engine.digest(found), **counts}


# --- measuring -----------------------------------------------------------------------------------


def contend(name: str, path: str, told: float | None) -> None:
    """Run one contender in this process and print what it found and how long it took."""
    _import(name)
    began, spent = time.perf_counter(), time.process_time()
    found = CONTENDERS[name](path, told)
    took = {"seconds": time.perf_counter() - began, "processor": time.process_time() - spent}
    print(json.dumps(took | found))


def _import(name: str) -> None:
    """Import ahead what the contender imports, so that its time is the work."""
    import duckdb  # noqa: F401

    if name == "MovingPandas":
        import movingpandas  # noqa: F401
    if name.startswith("ours"):
        from geo.tracks import engine  # noqa: F401


def measure(name: str, path: Path, told: float | None = None) -> dict[str, Any]:
    """Run one contender in a process of its own: seconds, peak_gb and what it found."""
    command = [sys.executable, __file__, "--contend", name, "--file", str(path)]
    command += ["--told", str(told)] if told else []
    child = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8", env=_environment())
    peak = 0
    while child.poll() is None:
        peak = max(peak, _resident(child.pid))
        time.sleep(SAMPLE_S)
    said = child.stdout.read() if child.stdout else ""
    if child.returncode:
        raise SystemExit(f"{name} ended with code {child.returncode} on {path.name}")
    return {**json.loads(said.splitlines()[-1]), "peak_gb": peak / GB}


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONWARNINGS": "ignore"}


def _resident(pid: int) -> int:
    try:
        parent = psutil.Process(pid)
        return sum(_rss(one) for one in [parent, *parent.children(recursive=True)])
    except psutil.NoSuchProcess:
        return 0


def _rss(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def rounds_of(path: Path, million: float, *, rounds: int, told: float) -> dict[str, Any]:
    """Let all take turns; the median time and the largest memory of each."""
    turns = [(name, None) for name in CONTENDERS if name != "ours on Dask" or million <= DASK_UP_TO]
    turns += [(TOLD, told)]
    runs: dict[str, list[dict[str, Any]]] = {name: [] for name, _ in turns}
    for _ in range(rounds):
        for name, memory in turns:
            runs[name].append(measure("ours" if memory else name, path, memory))
    return {
        name: {
            **found[-1],
            "seconds": statistics.median(run["seconds"] for run in found),
            "processor": min(run["processor"] for run in found),
            "peak_gb": max(run["peak_gb"] for run in found),
        }
        for name, found in runs.items()
    }


TOLD = "ours, told"


# --- reporting -----------------------------------------------------------------------------------


def us_each(found: dict[str, Any], name: str) -> float:
    """Microseconds a position."""
    count = found[name].get("positions", found["read and sort"]["positions"])
    return float(found[name]["seconds"] / count * 1e6)


def report(million: float, found: dict[str, Any]) -> Iterator[str]:
    """A table of one size; ratios of the time a position."""
    yield f"{found['read and sort']['positions']:,} positions"
    yield f"  {'':16}{'seconds':>10}{'µs each':>10}{'÷ read':>9}{'÷ ours':>9}{'peak GB':>9}"
    for name, run in found.items():
        each = us_each(found, name)
        read, mine = us_each(found, "read and sort"), us_each(found, "ours")
        yield (
            f"  {name:16}{run['seconds']:10.2f}{each:10.2f}{each / read:9.2f}{each / mine:9.2f}"
            f"{run['peak_gb']:9.2f}"
        )
    yield f"  found at {million:g} million: " + ", ".join(
        f"{count:,} {kind}" for kind, count in found["ours"].items() if isinstance(count, int)
    )


def limits(results: dict[float, dict[str, Any]]) -> Iterator[tuple[str, float, str, float]]:
    """What was promised: words, the value, at most or at least, the limit."""
    for million, found in results.items():
        peer = us_each(found, "MovingPandas") / us_each(found, "ours")
        yield f"{million:g}: MovingPandas ÷ ours, a position", peer, "at least", 500
    if 10 in results:
        found = results[10]
        seconds = {name: run["seconds"] for name, run in found.items()}
        spent = {name: run["processor"] for name, run in found.items()}
        yield "10: ours ÷ read and sort, processor", _ratio(spent), "at most", 2
        yield "10: GB of ours", found["ours"]["peak_gb"], "at most", 1
        dask = seconds["ours on Dask"] / seconds["ours"]
        yield "10: ours on Dask ÷ ours", dask, "at most", 2
    if 100 in results:
        yield "100: GB of ours", results[100]["ours"]["peak_gb"], "at most", 5
        yield "100: GB of ours when told", results[100][TOLD]["peak_gb"], "at most", 2.5
    if {10, 100} <= results.keys():
        spent = [results[million]["ours"]["processor"] for million in (100, 10)]
        yield "processor time from 10 to 100", spent[0] / spent[1], "at most", 11
    seconds, alone = importlib.import_module("profile_tracks").sentences()
    yield "NMEA: seconds a million sentences", seconds, "at most", 5
    yield "NMEA: ours ÷ pyais alone", seconds / alone, "at most", 1.2


def _ratio(spent: dict[str, float]) -> float:
    return spent["ours"] / spent["read and sort"]


def differing(results: dict[float, dict[str, Any]]) -> list[str]:
    """Sizes and runs of ours whose digest is not that of the plain run."""
    return [
        f"{million:g}: {name}"
        for million, found in results.items()
        for name, run in found.items()
        if run.get("digest", found["ours"]["digest"]) != found["ours"]["digest"]
    ]


def verdicts(results: dict[float, dict[str, Any]]) -> Iterator[str]:
    """A line for each promise."""
    for words, value, sense, limit in limits(results):
        held = value >= limit if sense == "at least" else value <= limit
        yield f"  {words:42}{value:9.2f}  {sense} {limit:g}: {'held' if held else 'NOT HELD'}"
    wrong = differing(results)
    yield f"  {'digests of all runs of ours':42}" + (f" differ: {wrong}" if wrong else "    equal")


def positions_file(folder: Path, million: float, seed: int) -> Path:
    """Write the positions, unless the folder has them."""
    path = folder / f"synthetic-{million:g}-million-{seed}.parquet"
    if not path.exists():
        synthetic.positions(round(million * 1e6), path, seed)
    return path


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=float, nargs="+", default=[1, 10, 100], help="millions")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--told", type=float, default=None, help="GB that ours may use, 2 if not")
    parser.add_argument("--data", type=Path, help="a folder that keeps the positions")
    parser.add_argument("--json", action="store_true", help="print JSON for a program to read")
    parser.add_argument("--contend", choices=CONTENDERS, help=argparse.SUPPRESS)
    parser.add_argument("--file", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.contend:
        contend(options.contend, options.file, options.told)
        return
    with tempfile.TemporaryDirectory() as name:
        results = {}
        for million in options.sizes:
            path = positions_file(options.data or Path(name), million, options.seed)
            told = options.told or 2.0
            results[million] = rounds_of(path, million, rounds=options.rounds, told=told)
            if not options.json:
                print("\n".join(report(million, results[million])), end="\n\n", flush=True)
    print(json.dumps(results, indent=2) if options.json else "\n".join(verdicts(results)))


if __name__ == "__main__":
    main()
