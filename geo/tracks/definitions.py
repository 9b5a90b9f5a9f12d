"""What counts as a gap, a stop, a call, an encounter: parameters by name, or one's own.

Presets are data with their source. Every result carries the definitions it was made by.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from typing import Any

from geo.errors import GeoError
from geo.tracks import dialects

__all__ = ["Definitions", "Meeting", "kinds", "load", "names", "said", "words"]

_MEETING = {"encounter_m": "distance_m", "encounter_hours": "hours"}

NOTE = "An AIS gap proves nothing: receivers and satellites miss positions, transmitters fail."


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """Two vessels are together when they stay within a distance for so long."""

    distance_m: float
    hours: float


@dataclass(frozen=True, kw_only=True)
class Definitions:
    """The parameters of every event; change some by `dataclasses.replace`.

    Distances are geodesic. Cleaning: `max_speed_kn` and `slack_m` say what one ship can have
    sailed between two positions; a track with fewer than `least_positions` that lies within the
    time of another is noise, and so is one `isolated_hours` from all others. A track takes no
    position after `close_hours`, or `young_hours` while it is that short.
    """

    name: str = "own"
    source: str = ""
    kind: str = "ship"  # of what moves
    # cleaning; speed, slack and closing of tracks after Global Fishing Watch's segmenter
    max_speed_kn: float = 60.0
    slack_m: float = 250.0
    close_hours: float = 24.0
    young_hours: float = 3.0
    least_positions: int = 10
    isolated_hours: float = 168.0
    open_tracks: int = 8
    # gaps
    gap_hours: float = 12.0
    # stops: stay-points round an anchor position
    stop_radius_m: float = 500.0
    stop_hours: float = 1.0
    # port calls; `slow_kn` once at least, or silence, tells a call from passing by
    call_radius_m: float = 3000.0
    call_hours: float = 1.0
    call_merge_hours: float = 3.0
    # slow sailing, encounters and loitering; `off_km` from every place given
    slow_kn: float = 2.0
    encounters: tuple[Meeting, ...] = (Meeting(distance_m=500.0, hours=2.0),)
    encounter_off_km: float = 10.0
    encounter_step_min: float = 10.0
    encounter_merge_min: float = 30.0
    loiter_off_km: float = 37.04
    loiter_hours: float = 4.0
    # lines
    tolerance_m: float = 200.0

    def changed(self, **values: Any) -> Definitions:
        """Return the definitions with other values, and a name that says which they are.

        encounter_m and encounter_hours change the least distance and time of every encounter.
        GeoError for a value that is not above zero.
        """
        if not values:
            return self
        above = {"gap_hours", "encounter_m"}
        wrong = [
            f"{name} {value:g}"
            for name, value in values.items()
            if not value >= 0 or (name in above and value == 0)
        ]
        if wrong:
            raise GeoError(f"{', '.join(wrong)}: give a number above zero")
        plain = {name: float(v) for name, v in values.items() if name not in _MEETING}
        asked = {_MEETING[name]: float(v) for name, v in values.items() if name in _MEETING}
        if asked:
            met = [Meeting(**{**asdict(one), **asked}) for one in self.encounters]
            plain["encounters"] = tuple(dict.fromkeys(met))  # type: ignore[assignment]
        said = ", ".join(f"{name} {value:g}" for name, value in sorted(values.items()))
        return replace(self, name=f"{self.name} with {said}", **plain)  # type: ignore[arg-type]

    def as_json(self) -> dict[str, Any]:
        """Return the parameters as JSON values, with the sentence on gaps."""
        values = asdict(self)
        return values | {"encounters": list(values["encounters"]), "note": NOTE}


def _presets() -> dict[str, Any]:
    text = (files("geo.tracks") / "assets" / "definitions.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def names() -> list[str]:
    """Return the names of the presets."""
    return sorted(_presets())


def kinds() -> list[str]:
    """Return the kinds of what moves."""
    return list(dialects.data("kinds"))


def words(kind: str) -> dict[str, Any]:
    """Return what things are called for a kind of what moves. GeoError if there is none."""
    if kind not in dialects.data("kinds"):
        raise GeoError(f"--kind {kind!r}: known are {', '.join(kinds())}")
    return dict(dialects.data("kinds")[kind])


def said(text: str, kind: str) -> str:
    """The kit's own words about ships in those of another kind of what moves."""
    for ours, theirs in words(kind)["words"]:
        text = text.replace(ours, theirs)
    return text


def load(name: str, *, kind: str = "ship") -> Definitions:
    """Return a preset by its name, with the limits of a kind of what moves.

    GeoError if there is none of that name.
    """
    presets = _presets()
    if name not in presets:
        raise GeoError(f"no definitions {name!r}; known are {', '.join(sorted(presets))}")
    values = presets[name]
    values["encounters"] = tuple(Meeting(**one) for one in values["encounters"])
    if kind != "ship":
        name, values["source"] = f"{name}, limits for {kind}", "limits of this kit's own"
    return Definitions(name=name, kind=kind, **(values | words(kind)["definitions"]))
