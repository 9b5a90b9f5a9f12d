"""How long functions and modules get, how imports run: this kit beside other Python packages.

    python tools/measure_code.py geo ../other/src/package

A line for each: functions (count, median, 90th percentile and longest in lines), modules (count,
longest, how many over 400 lines), entries at the top, `Any` in annotations, imports in a circle.
Docstrings and comments count as lines; nested functions count on their own as well.
"""

from __future__ import annotations

import argparse
import ast
import statistics
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
LONG_MODULE = 400


@dataclass(frozen=True)
class Package:
    """The modules of a package, each with its text and its tree."""

    root: Path
    modules: dict[str, tuple[str, ast.Module]]

    @classmethod
    def read(cls, root: Path) -> Package:
        """Read every module below a folder."""
        texts = {
            _module(root, p): p.read_text(encoding="utf-8") for p in sorted(root.rglob("*.py"))
        }
        return cls(root, {name: (text, ast.parse(text)) for name, text in texts.items()})

    def functions(self) -> list[tuple[int, str]]:
        """(lines, place) of every function, shortest first."""
        return sorted(
            (node.end_lineno - node.lineno + 1, f"{name}.{node.name}")
            for name, (_, tree) in self.modules.items()
            for node in ast.walk(tree)
            if isinstance(node, FUNCTIONS) and node.end_lineno
        )

    def lengths(self) -> list[tuple[int, str]]:
        """(lines, name) of every module, shortest first."""
        return sorted((text.count("\n"), name) for name, (text, _) in self.modules.items())

    def imports(self, name: str) -> set[str]:
        """The modules of the package that a module imports when it is loaded."""
        tree = self.modules[name][1]
        full = {f for node in tree.body for f in _imported(node)}
        return {own for f in full if (own := self._own(f))} - {name}

    def _own(self, full: str) -> str:
        parts = full.split(".")
        longer = (".".join(parts[:n]) for n in range(len(parts), 0, -1))
        return next((name for name in longer if name in self.modules), "")

    def circles(self) -> int:
        """How many modules reach themselves through what they import."""
        direct = {name: self.imports(name) for name in self.modules}
        return sum(name in _reached(direct, name) for name in direct)

    def anys(self) -> int:
        """How often `Any` stands in a module."""
        trees = (tree for _, tree in self.modules.values())
        names = (node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Name))
        return sum(node.id == "Any" for node in names)


def _module(root: Path, path: Path) -> str:
    parts = path.relative_to(root.parent).with_suffix("").parts
    return ".".join(p for p in parts if p != "__init__")


def _imported(node: ast.stmt) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and not node.level:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _reached(direct: dict[str, set[str]], start: str) -> set[str]:
    seen: set[str] = set()
    ahead = set(direct[start])
    while ahead:
        seen |= ahead
        ahead = {far for near in ahead for far in direct[near]} - seen
    return seen


def line(package: Package) -> str:
    """The measures of a package in one line."""
    functions, modules = package.functions(), package.lengths()
    lines = [n for n, _ in functions]
    entries = sum(p.name != "__pycache__" for p in package.root.iterdir())
    return (
        f"{package.root.name}: {len(lines)} functions, median {statistics.median(lines):g}, "
        f"90th percentile {lines[int(len(lines) * 0.9)]}, longest {lines[-1]} "
        f"({functions[-1][1]}), {sum(n > 40 for n in lines)} over 40; {len(modules)} modules, "
        f"longest {modules[-1][0]} ({modules[-1][1]}), "
        f"{sum(n > LONG_MODULE for n, _ in modules)} over {LONG_MODULE}; {entries} entries; "
        f"{package.anys()} Any; {package.circles()} in a circle"
    )


def main() -> None:
    """Print a line for each package that is named."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("packages", nargs="*", type=Path, default=[Path("geo")])
    for root in parser.parse_args().packages:
        print(line(Package.read(root.resolve())))


if __name__ == "__main__":
    main()
