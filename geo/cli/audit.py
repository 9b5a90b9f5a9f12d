"""`geo audit`: where every number of an output comes from."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from geo.cli import options
from geo.cli.console import out, plain

if TYPE_CHECKING:
    from geo.output.audit import Number


def audit(
    output: Annotated[list[Path], typer.Argument(help="Pages, decks, documents, pictures.")],
    folder: Annotated[Path, typer.Option(help="The data folder.")] = Path("data"),
    as_json: options.Json = False,
    data: Annotated[Path | None, typer.Option(hidden=True)] = None,  # the former name of --folder
) -> None:
    """List every number a reader sees, with the rows and the arithmetic it comes from."""
    from geo.folder import package
    from geo.output import audit

    ledger = audit.Ledger.of(package.load(data or folder))
    numbers = {path: audit.audit(path, ledger) for path in output}
    open_ = {path: audit.faults(own) for path, own in numbers.items()}
    if as_json:
        print(json.dumps({str(path): [asdict(n) for n in own] for path, own in numbers.items()}))
    else:
        for path, own in numbers.items():
            _print_numbers(path, own, open_[path])
    if any(open_.values()):
        raise SystemExit(1)


def _print_numbers(path: Path, numbers: Sequence[Number], open_: Sequence[Number]) -> None:
    counts: Mapping[str, int] = Counter(n.kind for n in numbers)
    kinds = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    out.print(f"{plain(path)}  {len(numbers)} numbers, {len(open_)} open ({kinds})")
    for n in open_:
        how = f" ({n.how})" if n.how else ""
        out.print(f"  {plain(n.place)}: {plain(n.text)}: {plain(n.fault)}{plain(how)}")
