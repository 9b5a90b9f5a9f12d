"""Files of tiles made from nothing but their formats: vector tiles, PMTiles, MBTiles, pictures."""

import contextlib
import gzip
import io
import json
import math
import sqlite3
import struct

from PIL import Image, ImageDraw
from pmtiles.tile import Compression, TileType, zxy_to_tileid
from pmtiles.writer import Writer

CITY = (24.70, 59.42, 24.80, 59.46)
SIZE = 4096
MOVE, LINE, CLOSE = 1, 2, 7


def spot(lon, lat, zoom):
    """Where a position lies in tiles, from the formula of the OpenStreetMap wiki."""
    n, phi = 2**zoom, math.radians(lat)
    return (lon + 180) / 360 * n, (
        1 - math.log(math.tan(phi) + 1 / math.cos(phi)) / math.pi
    ) / 2 * n


def over(extent, zoom):
    (x0, y0), (x1, y1) = spot(extent[0], extent[3], zoom), spot(extent[2], extent[1], zoom)
    for x in range(int(x0), int(x1) + 1):
        for y in range(int(y0), int(y1) + 1):
            yield zoom, x, y


# --- vector tiles: Mapbox Vector Tile 2.1, by its protobuf ---------------------------------------


def varint(value):
    made = bytearray()
    while value > 127:
        made.append(value & 127 | 128)
        value >>= 7
    return bytes([*made, value])


def field(number, payload):
    if isinstance(payload, int):
        return varint(number << 3) + varint(payload)
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def turned(points, at):
    for x, y in points:
        yield from ((x - at[0]) << 1 ^ (x - at[0]) >> 63, (y - at[1]) << 1 ^ (y - at[1]) >> 63)
        at[:] = (x, y)


def commands(kind, points):
    at = [0, 0]
    if kind == 1:
        return [MOVE | len(points) << 3, *turned(points, at)]
    own = points[:-1] if kind == 3 else points
    made = [MOVE | 1 << 3, *turned(own[:1], at), LINE | len(own) - 1 << 3, *turned(own[1:], at)]
    return [*made, CLOSE | 1 << 3] if kind == 3 else made


def encoded(layers):
    """layers: {name: [(kind 1 point, 2 line, 3 area, points, properties)]} in units of the tile."""
    whole = b""
    for name, features in layers.items():
        keys, values, told = [], [], b""
        for kind, points, properties in features:
            tags = b""
            for key, value in properties.items():
                for seen, one in ((keys, key), (values, value)):
                    if one not in seen:
                        seen.append(one)
                tags += varint(keys.index(key)) + varint(values.index(value))
            drawn = b"".join(map(varint, commands(kind, points)))
            told += field(2, field(2, tags) + field(3, kind) + field(4, drawn))
        told = field(15, 2) + field(1, name.encode()) + told
        told += b"".join(field(3, key.encode()) for key in keys)
        for value in values:
            one = field(1, value.encode()) if isinstance(value, str) else field(4, value)
            told += field(4, one)
        whole += field(3, told + field(5, SIZE))
    return whole


def batches(words):
    own = words.split()[1:]
    return zip(own[::2], own[1::2], strict=True)


ROLES = ("road", "street", "water", "green", "building", "place")
# By scheme: the column of the kind, then the layer and the kind of each role.
SCHEMES = {
    "openmaptiles": "class transportation primary transportation minor water ocean "
    "landcover wood building yes place suburb",
    "protomaps": "kind roads major_road roads minor_road water ocean "
    "landuse park buildings building places locality",
    "shortbread": "kind streets primary streets residential ocean ocean "
    "land forest buildings yes place_labels suburb",
    "own": "kind pipes x pipes y basins b zones g plants p labels l",
}
NAMES = {
    scheme: dict(
        zip(
            ROLES,
            ((layer, words.split()[0], kind) for layer, kind in batches(words)),
            strict=True,
        )
    )
    for scheme, words in SCHEMES.items()
}


def city(extent=CITY, streets=32):
    """Things of a made-up city by role, in degrees: a sea in the north, a grid, blocks, a park."""
    west, south, east, north = extent
    dx, dy = (east - west) / streets, (north - south) / streets
    shore = north - 5 * dy
    box = lambda a, b, c, d: [(a, b), (c, b), (c, d), (a, d), (a, b)]  # noqa: E731
    yield "water", 3, box(west - 1, shore, east + 1, north + 1), {}
    yield "green", 3, box(west + 8 * dx, south + 8 * dy, west + 14 * dx, south + 14 * dy), {}
    for n in range(streets + 1):
        role = "street" if n % 8 else "road"
        yield role, 2, [(west + n * dx, south), (west + n * dx, shore)], {"name": f"{n} Street"}
        if south + n * dy < shore:
            yield role, 2, [(west, south + n * dy), (east, south + n * dy)], {"name": f"{n} Avenue"}
    for x in range(streets):
        for y in range(streets - 5):
            if not (8 <= x < 14 and 8 <= y < 14):
                a, b = west + x * dx, south + y * dy
                yield "building", 3, box(a + 0.2 * dx, b + 0.2 * dy, a + 0.8 * dx, b + 0.7 * dy), {}
    yield (
        "place",
        1,
        [((west + east) / 2, (south + north) / 2)],
        {"name": "Kesklinn", "population": 9000},
    )


def vector_tiles(scheme="openmaptiles", extent=CITY, zooms=(10, 14)):
    """Tiles by (z, x, y), each thing cut by nobody: its points may lie outside of its tile."""
    names, things = NAMES[scheme], list(city(extent))
    for zoom in range(zooms[0], zooms[1] + 1):
        for tile in over(extent, zoom):
            layers = {}
            for role, kind, points, properties in things:
                own = [spot(*point, zoom) for point in points]
                own = [(round((x - tile[1]) * SIZE), round((y - tile[2]) * SIZE)) for x, y in own]
                columns, rows = zip(*own, strict=True)
                if max(columns) < 0 or min(columns) > SIZE or max(rows) < 0 or min(rows) > SIZE:
                    continue
                layer, column, value = names[role]
                layers.setdefault(layer, []).append((kind, own, {column: value, **properties}))
            if layers:
                yield tile, gzip.compress(encoded(layers), mtime=0)


def described(scheme="openmaptiles"):
    """What vector tiles say of their layers, as TileJSON has it."""
    ids = dict.fromkeys(layer for layer, _, _ in NAMES[scheme].values())
    fields = {"class": "String", "kind": "String", "name": "String", "population": "Number"}
    return [{"id": one, "fields": fields} for one in ids]


# --- pictures -------------------------------------------------------------------------------------


def picture(zoom, x, y, kind="PNG", side=256):
    """A tile in a colour of its own, with a line along its edge."""
    colour = (150 + 40 * (x % 3), 190 - 30 * (y % 3), 120 + 6 * (zoom % 16))
    made = Image.new("RGB", (side, side), colour)
    ImageDraw.Draw(made).rectangle([0, 0, side - 1, side - 1], outline=(90, 90, 90))
    text = io.BytesIO()
    made.save(text, kind)
    return text.getvalue()


def raster_tiles(extent=CITY, zooms=(10, 14), kind="PNG"):
    for zoom in range(zooms[0], zooms[1] + 1):
        for tile in over(extent, zoom):
            yield tile, picture(*tile, kind=kind)


# --- files ----------------------------------------------------------------------------------------


def mbtiles(path, tiles, *, kind="png", layers=None, credit="© Made up", extent=CITY):
    said = {"name": "made", "format": kind, "bounds": ",".join(map(str, extent))}
    said |= {"attribution": credit} if credit else {}
    said |= {"json": json.dumps({"vector_layers": layers})} if layers else {}
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        base.execute("CREATE TABLE metadata (name text, value text)")
        base.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, "
                     "tile_row integer, tile_data blob)")  # fmt: skip
        base.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
        rows = [(z, x, 2**z - 1 - y, data) for (z, x, y), data in tiles]
        base.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    return path


def pmtiles(path, tiles, *, kind=TileType.PNG, layers=None, credit="© Made up", extent=CITY):
    tiles = sorted(tiles, key=lambda one: zxy_to_tileid(*one[0]))
    with path.open("wb") as target:
        writer = Writer(target)
        for tile, data in tiles:
            writer.write_tile(zxy_to_tileid(*tile), data)
        edges = dict(zip(("min_lon_e7", "min_lat_e7", "max_lon_e7", "max_lat_e7"),
                         (round(e * 1e7) for e in extent), strict=True))  # fmt: skip
        packed = Compression.GZIP if kind == TileType.MVT else Compression.NONE
        head = {"tile_type": kind, "tile_compression": packed, **edges,
                "center_zoom": 0, "center_lon_e7": 0, "center_lat_e7": 0}  # fmt: skip
        said = {"attribution": credit} if credit else {}
        writer.finalize(head, said | ({"vector_layers": layers} if layers else {}))
    return path


def geotiff(
    path, extent, *, side=128, bands=3, dtype="uint8", crs="EPSG:4326", credit="", nodata=None
):
    """A slope of values from the north-west to the south-east."""
    import numpy as np
    import rasterio
    from rasterio.transform import from_bounds

    ramp = np.add.outer(np.arange(side), np.arange(side)) / (2 * side - 2)
    top = 255 if dtype == "uint8" else 3000
    values = np.stack([(ramp * top).astype(dtype)] * bands)
    if nodata is not None:
        values[:, : side // 2] = nodata
    shape = {"width": side, "height": side, "count": bands, "dtype": dtype, "crs": crs}
    place = from_bounds(*extent, side, side)
    with rasterio.open(path, "w", driver="GTiff", transform=place, nodata=nodata, **shape) as made:
        made.write(values)
        if credit:
            made.update_tags(TIFFTAG_COPYRIGHT=credit)
    return path


def flipped(data, at):
    return data[:at] + struct.pack("B", data[at] ^ 0x55) + data[at + 1 :]
