"""Executors by their name: threads, processes, or a cluster of Dask."""

from __future__ import annotations

import contextlib
import importlib
import multiprocessing
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import Any

from geo.errors import GeoError
from geo.errors.extras import missing

__all__ = ["pool"]


@contextlib.contextmanager
def pool(engine_: str, *, workers: int | None = None) -> Iterator[Executor | None]:
    """The executor by its name: `threads`, `processes`, or `dask://host:port` of a scheduler.

    With threads the buckets go one after another, each on all threads of DuckDB and the engine.
    A Dask worker must reach the store under the same path or address. GeoError if the name is
    unknown, the scheduler does not answer, or Dask is not installed.
    """
    if engine_ == "threads":
        yield None
    elif engine_ == "processes":
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(workers or os.cpu_count(), mp_context=context) as executor:
            yield executor
    elif engine_.startswith("dask://"):
        with _dask(engine_.removeprefix("dask://")) as client:
            yield client.get_executor(retries=3, pure=False)
    else:
        raise GeoError(f"no engine {engine_!r}; known are threads, processes and dask://host:port")


def _dask(address: str) -> Any:
    try:
        distributed = importlib.import_module("distributed")
    except ImportError:
        raise missing("distributed", "dask") from None
    try:
        return distributed.Client(f"tcp://{address}", timeout=10)
    except (OSError, ValueError) as error:
        raise GeoError(f"dask://{address}: no scheduler answers: {error}") from error
