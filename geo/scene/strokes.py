"""What each line looks like in pixels for a period. `geo/web/lines.js` makes the same strokes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from geo.scene import state
from geo.scene.model import Figure, Pipe, Scene
from geo.scene.state import State

LEAST_PX = 1.0
ROOM_PX = 3.0  # between lines that share a way
FAINT_PX = 1.5
EDGE_PX = 1.5  # of a casing, on each side
SHORT_PX = 9.0  # an arrowhead stops this far before its place


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
    bare = {key: _strokes(pipes[key], states[key], scene.scale, start, end) for key in pipes}
    wide = {key: sum(one.width_px + 2 for one in own) - 2 for key, own in bare.items()}
    return {key: _aside(own, pipes[key].beside, wide) for key, own in bare.items()}


def shown(pipe: Pipe, start: str, end: str) -> State:
    """The state of a line; nothing where it was not in being."""
    return state.state(pipe, start, end) if _active(pipe, start, end) else State((), None, ())


def _active(pipe: Pipe, start: str, end: str) -> bool:
    early, late = pipe.since and pipe.since > end, pipe.until and pipe.until < start
    return not start or not (early or late)


def _strokes(
    pipe: Pipe, own: State, scale: Mapping[str, float], start: str, end: str
) -> tuple[Stroke, ...]:
    made = tuple(_stroke(pipe, figure, scale.get(figure.kind, 0.0)) for figure in own.cores)
    if not made and own.casing and not pipe.context:
        casing = own.casing.capacity * scale.get(own.casing.kind, 0.0)
        made = (Stroke(casing_px=casing),) if casing > 0 else ()
    if not made:
        faint = not _active(pipe, start, end)
        made = (Stroke(plain_px=FAINT_PX if faint else pipe.width_px, faint=faint),)
    if len(made) > 1:
        made = tuple(replace(one, shift_px=one.width_px / 2 + 1) for one in made)
    return made


def _stroke(pipe: Pipe, figure: Figure, px: float) -> Stroke:
    rate, capacity = figure.rate or 0.0, figure.capacity
    core = max(LEAST_PX, rate * px)
    return Stroke(
        casing_px=None if capacity is None else capacity * px,
        core_px=core,
        lanes=_lanes(pipe, figure, core, px),
        dash=figure.dash,
        reverse=figure.direction < 0,
        arrow=figure.direction != 0,
        over=capacity is not None and rate > capacity * (1 + 1e-9),
    )


def _lanes(pipe: Pipe, figure: Figure, core: float, px: float) -> tuple[Lane, ...]:
    """A lane for each cargo, none under a pixel; the first takes what the others leave."""
    if len(figure.lanes) < 2:
        colour = figure.lanes[0].colour if figure.lanes else ""
        return (Lane(core, colour or pipe.colour),)
    thin = [Lane(max(LEAST_PX, lane.rate * px), lane.colour) for lane in figure.lanes]
    rest = sum(lane.px for lane in thin[1:])
    return (Lane(max(LEAST_PX, core - rest), thin[0].colour), *thin[1:])


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
