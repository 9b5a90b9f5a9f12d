"""The shape of the two JSON files that describe a folder, judged by pydantic."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StrictStr, TypeAdapter

Box = tuple[float, float, float, float]
Kind = Literal["string", "number", "integer", "year", "date", "boolean"]


One = str | Annotated[list[str], Field(min_length=1, max_length=1)]  # a key is one column here


class _Reference(BaseModel):
    resource: str | list[str]
    fields: One


class _Key(BaseModel):
    fields: One
    reference: _Reference


class _Column(BaseModel):
    name: StrictStr
    type: Kind = "string"
    constraints: dict[str, Any] = {}


class _Schema(BaseModel):
    fields: list[_Column] = Field(min_length=1)
    foreign_keys: list[_Key] = Field(default=[], alias="foreignKeys")
    own_keys: list[_Key] = Field(default=[], alias="tumen:foreignKeys")


class _Resource(BaseModel):
    name: StrictStr
    path: StrictStr
    title: StrictStr = ""
    role: StrictStr = Field(default="", alias="tumen:role")
    attribution: StrictStr = Field(default="", alias="tumen:attribution")
    licenses: list[dict[str, Any]] = []
    table: _Schema | None = Field(default=None, alias="schema")


class Descriptor(BaseModel):
    """datapackage.json as the kit reads it; what it does not read is left to other tools."""

    resources: list[_Resource]
    title: StrictStr = ""
    description: StrictStr = ""
    licenses: list[dict[str, Any]] = []
    extent: Box | None = Field(default=None, alias="tumen:extent")
    bounds: Box | None = Field(default=None, alias="tumen:bounds")
    view: Box | None = Field(default=None, alias="tumen:view")


class _Date(BaseModel):
    parts: list[list[int]] = Field(default=[], alias="date-parts")


class _Source(BaseModel):
    id: StrictStr = Field(min_length=1)
    type: StrictStr = Field(min_length=1)
    title: StrictStr = Field(min_length=1)
    issued: _Date | None = None
    accessed: _Date | None = None


SOURCES = TypeAdapter(list[_Source])

ROLES = ("corridors", "places", "legs", "flows", "sources")
# What pages need of a table, where it is there; a package without one of ROLES cannot be drawn.
NEEDED = {
    "corridors": ("corridor", "name_en", "layout", "role"),
    "places": ("place", "name_en", "kind", "accuracy_m", "note", "source"),
    "legs": ("leg", "corridor", "mode", "origin", "destination", "status", "geometry_basis",
             "note", "source"),
    "flows": ("flow", "corridor", "leg", "origin", "destination", "period_start", "period_end",
              "commodity", "quantity", "quantity_low", "quantity_high", "unit", "basis", "rank",
              "note", "source"),
    "capacities": ("capacity", "corridor", "leg", "quantity", "unit", "per", "kind", "rank",
                   "note", "source"),
    "claims": ("claim", "text", "verdict", "rows_for", "rows_against", "note", "source"),
    "sources": (),
}  # fmt: skip

DRAWN = ("places", "legs")  # roles whose rows have a geometry
# Columns that are calculated with, and the type that takes.
TYPES = {
    **dict.fromkeys(("quantity", "quantity_low", "quantity_high", "value", "low", "high",
                     "accuracy_m", "rank"), "number"),
    **dict.fromkeys(("period_start", "period_end", "valid_from", "valid_to"), "date"),
}  # fmt: skip
