"""Values of a scene as JSON values: what a page holds of a dataclass."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import Any

_NAMES: dict[type, tuple[str, ...]] = {}


def plain(value: Any) -> dict[str, Any]:
    """A dataclass as a mapping of its fields, dataclasses in it likewise.

    As `dataclasses.asdict`, but what nobody can change is not copied: a page has a hundred thousand
    numbers and texts.
    """
    kind = type(value)
    if kind not in _NAMES:
        _NAMES[kind] = tuple(one.name for one in fields(kind))
    return {name: _inner(getattr(value, name)) for name in _NAMES[kind]}


def _inner(value: Any) -> Any:
    """A value of a field: a tuple is of dataclasses only, or of none."""
    if isinstance(value, tuple):
        return tuple(map(plain, value)) if value and is_dataclass(value[0]) else value
    if isinstance(value, dict):
        return {name: _inner(one) for name, one in value.items()}
    return plain(value) if is_dataclass(value) and not isinstance(value, type) else value
