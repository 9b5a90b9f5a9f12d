"""What each line looks like in pixels for a period. `geo/web/lines.js` makes the same strokes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from geo.account import periods, units
from geo.account.periods import State
from geo.scene.model import Figure, Pipe, Scene

LEAST_PX: float = units.RULES["least_core_px"]
LEAST_LANE_PX: float = units.RULES["least_lane_px"]
ROOM_PX = 3.0  # between lines that share a way
FAINT_PX = 1.5
EDGE_PX = 1.5  # of a casing, on each side
SHORT_PX = 9.0  # an arrowhead stops this far before its place
OVER = 1 + 1e-9


@dataclass(frozen=True)
class Lane:
    """One commodity's part of a core."""

    px: float
    colour: str


@dataclass(frozen=True)
class Stroke:
    """One way of a line: casing, core and its lanes, or a plain line; widths in pixels.

    None is "not drawn". `shift_px` lies to the right of the line's own direction; `reverse` says
    that the core runs against it; `over` that more moved than could.
    """

    casing_px: float | None = None
    core_px: float | None = None
    plain_px: float | None = None
    lanes: tuple[Lane, ...] = ()
    dash: tuple[float, ...] = ()
    reverse: bool = False
    arrow: bool = False
    over: bool = False
    faint: bool = False
    shift_px: float = 0.0

    @property
    def width_px(self) -> float:
        """The whole width, without edges."""
        return max(self.casing_px or 0.0, self.core_px or 0.0, self.plain_px or 0.0)


def strokes(scene: Scene, *, start: str = "", end: str = "") -> dict[str, tuple[Stroke, ...]]:
    """The strokes of every line of a scene by its id, for a period or as the page opens."""
    pipes = {pipe.id: pipe for pipe in scene.pipes}
    states = {key: shown(pipe, start, end) for key, pipe in pipes.items()}
    bare = {
        key: _strokes(pipe, states[key], scene.scale)
        if is_active(pipe, start, end)
        else (Stroke(plain_px=FAINT_PX, faint=True),)
        for key, pipe in pipes.items()
    }
    wide = {key: sum(one.width_px + 2 for one in own) - 2 for key, own in bare.items()}
    return {key: _aside(own, pipes[key].beside, wide) for key, own in bare.items()}


def state(pipe: Pipe, start: str = "", end: str = "") -> State:
    """What a line shows for a period, or as the page opens."""
    return periods.state(pipe.figures, pipe.casings, pipe.shown, start=start, end=end)


def shown(pipe: Pipe, start: str, end: str) -> State:
    """The state of a line; nothing where it was not in being."""
    return state(pipe, start, end) if is_active(pipe, start, end) else State((), None, ())


def is_active(pipe: Pipe, start: str, end: str) -> bool:
    """Whether a line was in being at some time of a period; without a period it is."""
    early, late = pipe.since and pipe.since > end, pipe.until and pipe.until < start
    return not start or not (early or late)


def spoken(scene: Scene, start: str = "", end: str = "") -> dict[str, tuple[Figure, ...]]:
    """The figures that lines say beside themselves, by id; () where nothing is known.

    Of the lines of one corridor that would say the same, only the longest is here.
    """
    said = [p for p in scene.pipes if p.label and is_active(p, start, end)]
    told = {p.id: _told(p, start, end) for p in said}
    longest: dict[tuple[str, ...], Pipe] = {}
    for pipe in said:
        key = _saying(pipe, told[pipe.id])
        if key not in longest or pipe.length_km > longest[key].length_km:
            longest[key] = pipe
    return {pipe.id: told[pipe.id] for pipe in longest.values()}


def _told(pipe: Pipe, start: str, end: str) -> tuple[Figure, ...]:
    own = shown(pipe, start, end)
    return own.cores or own.said


def _saying(pipe: Pipe, told: Iterable[Figure]) -> tuple[str, ...]:
    """What tells two sayings apart: lines in a row say one figure once, alternatives each."""
    return (pipe.corridor, "" if pipe.series else pipe.id, *(f.id for f in told))


def _strokes(pipe: Pipe, own: State, scale: Mapping[str, float]) -> tuple[Stroke, ...]:
    ways: dict[int, list[Figure]] = {}
    for figure in own.cores:
        ways.setdefault(figure.direction, []).append(figure)
    made = tuple(_stroke(pipe, told, scale.get(told[0].kind, 0.0)) for told in ways.values())
    if not made and own.casing and not pipe.context:
        casing = own.casing.capacity * scale.get(own.casing.kind, 0.0)
        made = (Stroke(casing_px=casing),) if casing > 0 else ()
    if not made:
        made = (Stroke(plain_px=pipe.width_px),)
    if len(made) > 1:
        made = tuple(replace(one, shift_px=one.width_px / 2 + 1) for one in made)
    return made


def _stroke(pipe: Pipe, told: Sequence[Figure], px: float) -> Stroke:
    """The figures of one way as one core: a lane for each cargo."""
    first = told[0]
    rate = sum(f.rate or 0.0 for f in told)
    core = max(LEAST_PX, rate * px) if rate > 0 else 0.0
    casings = [f.capacity for f in told if f.capacity is not None]
    return Stroke(
        casing_px=max(casings) * px if casings else None,
        core_px=core or None,
        plain_px=None if core or casings else pipe.width_px,
        lanes=_lanes(pipe, told, core, px) if core else (),
        dash=first.dash,
        reverse=first.direction < 0,
        arrow=bool(core) and first.direction != 0,
        over=any(_is_over(f) for f in told),
    )


def _is_over(figure: Figure) -> bool:
    return bool(figure.full) and (figure.quantity or 0.0) > (figure.full or 0.0) * OVER


def _lanes(pipe: Pipe, told: Sequence[Figure], core: float, px: float) -> tuple[Lane, ...]:
    """A lane for each cargo of a pixel or more; what is thinner is left to the largest."""
    rates = [(lane.rate, lane.colour or pipe.colour) for f in told for lane in f.lanes]
    if not rates:
        return (Lane(core, pipe.colour),)
    largest = max(range(len(rates)), key=lambda n: rates[n][0])
    thin = [
        (n, Lane(rate * px, colour))
        for n, (rate, colour) in enumerate(rates)
        if n != largest and rate * px >= LEAST_LANE_PX
    ]
    rest = core - sum(lane.px for _, lane in thin)
    every = sorted([(largest, Lane(rest, rates[largest][1])), *thin], key=lambda item: item[0])
    return tuple(lane for _, lane in every)


def _aside(
    made: tuple[Stroke, ...], beside: Sequence[str], wide: Mapping[str, float]
) -> tuple[Stroke, ...]:
    """Room for the lines this one lies beside: to the right of travel."""
    if not beside:
        return made
    px = sum(one.width_px for one in made) / 2
    for n, other in enumerate(beside):
        room = wide.get(other, 0.0)
        px += (room if n else room / 2) + ROOM_PX
    return tuple(replace(one, shift_px=one.shift_px + (-px if one.reverse else px)) for one in made)
