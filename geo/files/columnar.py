"""What Parquet would take in memory, before it is unpacked: a small file may hold very much.

Runs of equal values and dictionaries pack ten thousand to one, so neither the size of the file nor
the unpacked size that it states says how much its rows take.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import DataError, Fault, wording
from geo.errors.extras import bring
from geo.files import intake

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

# Bytes at the peak, as `tools/measure_memory.py` finds them, with a tenth more: of a row that
# becomes a feature or a record, of each of its cells, and of each byte of text or geometry.
ROW, CELL, BYTE = 700, 100, 5
# Of a row and a cell of a table that stays a table.
TABLE_ROW, TABLE_CELL = 16, 32
_BATCH = 1 << 14
DEEPEST = 500  # collections in one geometry, next to or inside each other
# The head of a collection as WKB has it: of either byte order, with heights, measures, a system.
_COLLECTION = re.compile(
    rb"\x01(?:\x07\x00\x00[\x00\x20\x40\x60\x80\xa0\xc0\xe0]|(?:\xef\x03|\xd7\x07|\xbf\x0b)\x00\x00)"
    rb"|\x00(?:[\x00\x20\x40\x60\x80\xa0\xc0\xe0]\x00\x00\x07|\x00\x00(?:\x03\xef|\x07\xd7|\x0b\xbf))"
)
_TEXTS = ("BYTE_ARRAY", "FIXED_LEN_BYTE_ARRAY")


def parquet() -> Any:
    """The library that reads Parquet. Raises AssetError without the extra `tumen[formats]`."""
    return bring("pyarrow.parquet", "formats")


def allow(content: bytes, path: Path, *, table: bool = False, memory_bytes: int) -> None:
    """Refuse Parquet that needs more memory than is allowed; `table` for one that stays a table.

    Raises GeoError, and what pyarrow raises for content that is no Parquet.
    """
    file = parquet().ParquetFile(io.BytesIO(content))
    row, cell = (TABLE_ROW, TABLE_CELL) if table else (ROW, CELL)
    values = _values(file.metadata)
    need = len(content) + file.metadata.num_rows * row + sum(values.values()) * cell
    intake.judge(path, len(content), need, memory_bytes)
    for size in _text_bytes(content, file, values):
        need += size * BYTE
        intake.judge(path, len(content), need, memory_bytes)


def shallow(content: bytes, path: Path, columns: Sequence[str]) -> None:
    """Refuse geometries of collections inside collections without end: reading them ends Python."""
    file = parquet().ParquetFile(io.BytesIO(content))
    known = [name for name in columns if name in file.schema_arrow.names]
    row = 0
    for batch in file.iter_batches(batch_size=_BATCH, columns=known) if known else ():
        for column in batch.columns:
            for number, blob in enumerate(column.to_pylist(), row + 1):
                if isinstance(blob, bytes) and len(_COLLECTION.findall(blob)) > DEEPEST:
                    said = wording("geometry.nests-without-end")
                    fault = Fault(path.name, f"row {number}", "", "", *said)
                    raise DataError(f"{path}: not GeoParquet", faults=[fault])
        row += batch.num_rows


def _values(said: pq.FileMetaData) -> dict[int, int]:
    """How many values each column holds, those inside lists counted one by one."""
    groups = [said.row_group(n) for n in range(said.num_row_groups)]
    return {n: sum(g.column(n).num_values for g in groups) for n in range(said.num_columns)}


def _text_bytes(content: bytes, file: pq.ParquetFile, values: dict[int, int]) -> Iterator[int]:
    """Bytes of texts and geometries, a batch at a time, none of them unpacked from dictionaries."""
    columns = [file.schema.column(n) for n in values]
    texts = [c for c in columns if c.physical_type in _TEXTS]
    flat = [c.path for c in texts if c.max_repetition_level == 0 and "." not in c.path]
    plain = parquet().ParquetFile(io.BytesIO(content), read_dictionary=flat)
    for batch in plain.iter_batches(batch_size=_BATCH, columns=flat):
        yield sum(map(_length, batch.columns))
    for n, column in enumerate(columns):
        if column in texts and column.path not in flat:
            yield values[n] * max(_longest(file.metadata, n))


def _length(column: pa.Array) -> int:
    """Bytes of the texts of a column."""
    arrow, compute = bring("pyarrow", "formats"), bring("pyarrow.compute", "formats")
    if not isinstance(column, arrow.DictionaryArray):
        return int(column.nbytes)
    lengths = compute.binary_length(column.dictionary)
    return int(compute.sum(lengths.take(column.indices)).as_py() or 0)


def _longest(said: pq.FileMetaData, n: int) -> Iterator[int]:
    """The most bytes that one text inside a list can have: all of a row group's."""
    for number in range(said.num_row_groups):
        yield int(said.row_group(number).column(n).total_uncompressed_size)
