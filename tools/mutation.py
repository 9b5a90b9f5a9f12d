"""Write docs/mutation.md: what `make mutation` found, and why each change no test notices is left.

The reasons stand in tools/mutation.toml by function and line, not by number: numbers move. A change
that nobody argued, or a reason for a change that tests notice, fails.

    python tools/mutation.py           # docs/mutation.md anew
    python tools/mutation.py --draft   # what is not argued yet, as entries for mutation.toml
"""

from __future__ import annotations

import ast
import difflib
import json
import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODULE = Path("geo/checking/check.py")
REASONS = ROOT / "tools" / "mutation.toml"
PAGE = ROOT / "docs" / "mutation.md"
# mutmut's exit codes: those of pytest, and its own for a mutant that ran too long.
NOTICED = dict.fromkeys((1, 3), "a test fails") | dict.fromkeys(
    (36, 24, -24, 152, 255), "the tests do not end"
)
LEFT, UNTRIED = 0, None


@dataclass(frozen=True, order=True)
class Change:
    """One small change: the function, its line and what became of it."""

    function: str
    was: str
    now: str


def outcomes(root: Path) -> dict[str, int | None]:
    """Exit code of every mutant of the module, by its name."""
    meta = root / "mutants" / f"{MODULE}.meta"
    if not meta.is_file():
        sys.exit(f"{meta}: no such file; run make mutation")
    found: dict[str, int | None] = json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]
    return found


def function_of(mutant: str) -> str:
    """'_typed' of 'geo.check.x__typed__mutmut_3', 'Table.fault' of a method's."""
    name = mutant.rsplit(".", 1)[1].rsplit("__mutmut_", 1)[0]
    return name.removeprefix("xǁ").replace("ǁ", ".") if name.startswith("xǁ") else name[2:]


def bodies(root: Path) -> dict[str, list[str]]:
    """The lines of every function of the changed module, by name."""
    text = (root / "mutants" / MODULE).read_text(encoding="utf-8")
    lines = text.splitlines()
    return {
        node.name: [line.strip() for line in lines[node.lineno : node.end_lineno]]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef)
    }


def change(mutant: str, code: dict[str, list[str]]) -> Change:
    """What a mutant changes: lines that differ from the function as it is."""
    name = mutant.rsplit(".", 1)[1]
    was = code[f"{name.rsplit('__mutmut_', 1)[0]}__mutmut_orig"]
    told = list(difflib.ndiff(was, code[name]))
    old, new = ([x[2:] for x in told if x.startswith(sign)] for sign in ("- ", "+ "))
    return Change(function_of(mutant), " ".join(old), " ".join(new))


def argued(path: Path) -> dict[Change, str]:
    """The reason for every change that is left, by the change."""
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        Change(function, was, now): told["reasons"][key]
        for key, left in told["left"].items()
        for function, was, now in left
    }


def draft(changes: list[Change]) -> str:
    """Entries for mutation.toml."""
    rows = [f"    {json.dumps([c.function, c.was, c.now], ensure_ascii=False)}," for c in changes]
    return "\n".join(["new = [", *rows, "]"])


def page(tried: dict[str, int | None], reasons: dict[Change, str]) -> str:
    """docs/mutation.md as text."""
    said = Counter(_said(code) for code in tried.values())
    waiting = Counter(function_of(m) for m, code in tried.items() if code is UNTRIED)
    functions = {function_of(mutant) for mutant in tried}
    by_reason: dict[str, list[Change]] = {}
    for one in sorted(reasons):
        by_reason.setdefault(reasons[one], []).append(one)
    parts = [
        f"# Small changes to `{MODULE}` that no test notices",
        "",
        "Made by `make mutation`: mutmut changes one operator, name, number or text of one",
        "function at a time and runs the tests of `check` on it. `tools/mutation.py` writes this",
        "page; the reasons stand in `tools/mutation.toml`. Functions and methods are changed;",
        "those with a decorator (`Table.fields`, `Table.frame`, `Report.sound`) and values outside",
        "them are not.",
        "",
        "| | changes |",
        "|---|---|",
        f"| made, in {len(functions)} functions | {len(tried)} |",
        *(f"| {what} | {said[what]} |" for what in dict.fromkeys([*NOTICED.values()])),
        f"| not tried | {said['not tried']} |",
        f"| no test notices: below, each with its reason | {said['no test notices']} |",
    ]
    if waiting:
        names = ", ".join(f"`{name}` {count}" for name, count in sorted(waiting.items()))
        parts += ["", f"Not tried, the run was cut short: {names}."]
    for reason, left in by_reason.items():
        parts += ["", f"## {reason}", "", "| function | was | became |", "|---|---|---|"]
        parts += [f"| `{c.function}` | {_code(c.was)} | {_code(c.now)} |" for c in left]
    return "\n".join(parts) + "\n"


def _said(code: int | None) -> str:
    if code is UNTRIED:
        return "not tried"
    return NOTICED.get(code, "no test notices")


def _code(text: str) -> str:
    return f"`` {text} ``".replace("|", "\\|") if text else "nothing"


def main(root: Path, *options: str) -> int:
    """Write the page, or print what is not argued yet; 1 where changes lack a reason or a trial."""
    tried, code = outcomes(root), bodies(root)
    waiting = [mutant for mutant, result in tried.items() if result is UNTRIED]
    known = {LEFT, UNTRIED, *NOTICED}
    odd = sorted(mutant for mutant, result in tried.items() if result not in known)
    left = {change(mutant, code) for mutant, result in tried.items() if result == LEFT}
    reasons = argued(REASONS)
    fresh = sorted(left - reasons.keys())
    if "--draft" in options:
        print(draft(fresh))
        return 0
    for one in fresh:
        print(f"not argued: {one.function}: {one.was} -> {one.now}")
    for one in sorted(reasons.keys() - left):
        print(f"argued, and a test notices it: {one.function}: {one.was} -> {one.now}")
    for mutant in odd:
        print(f"ended in another way: {mutant} ({tried[mutant]})")
    if fresh or odd or reasons.keys() - left:
        return 1
    PAGE.write_text(page(tried, reasons), encoding="utf-8")
    print(f"{PAGE.name}: {len(tried)} changes, {len(left)} left with a reason")
    if waiting:
        print(f"{len(waiting)} were not tried: run `mutmut run` and this again")
    return bool(waiting)


if __name__ == "__main__":
    sys.exit(main(ROOT, *sys.argv[1:]))
