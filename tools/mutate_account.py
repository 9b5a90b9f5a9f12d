"""Break one rule of the account at a time: does a test notice? Prints what none does.

    python tools/mutate_account.py [--examples 250] [--only TEXT …]

Every mistake is made in a copy of the repository, which is thrown away. The copy must pass first.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
TESTS = ("tests/test_only_what_rows_say.py", "tests/test_account.py")
LEFT_OUT = (".git", ".venv", "node_modules", "maps", ".hypothesis", "data", "notebooks", "examples")
# (module, what stands there, the mistake)
MISTAKES: tuple[tuple[str, str, str], ...] = (
    ("rows", "ROUNDING * (1 + 1e-9)", "ROUNDING * 0.5"),
    ("rows", 'OUTSIDE = ("others", "context")', 'OUTSIDE = ("others",)'),
    ("rows", "if self.quantity is not None and (self.low is None or self.high is None):",
     "if False:"),
    ("rows", "return self.low, self.high\n        return (self.low",
     "return self.low, self.low\n        return (self.low"),
    ("rows", "math.fsum(self.stated) / len(self.stated)", "max(self.stated)"),
    ("rows", "(a is None) != (b is None)\n            or ", ""),
    ("rows", "str(self.both_ways), self.commodity, self.kind", "self.commodity, self.kind"),
    ("rows", "return (*self.series, str(self.start), str(self.end))",
     "return (*self.series, str(self.start))"),
    ("rows", "not self.is_count and long", "long"),
    ("answers", "if rows[0].rank == 1:", "if rows[0].rank >= 1:"),
    ("answers", "units.evidence_order(f.basis), f.at", "f.at, f.at"),
    ("answers", "one.rank == rows[0].rank]", "one.rank <= 2]"),
    ("answers", "Amount(None, min(numbers), max(numbers))",
     "Amount(None, numbers[0], max(numbers))"),
    ("ceilings", "one.start <= start) and (one.end is None or end <= one.end)",
     "one.start <= end) and (one.end is None or start <= one.end)"),
    ("ceilings", "if flow.days < units.LEAST_SHARE_DAYS:", "if flow.days < 1:"),
    ("ceilings", "and one.form != PLANNED\n", "\n"),
    ("ceilings", "or one.commodity in general)", "or not one.commodity)"),
    ("ceilings", "if not own and not parallel:", "if not own:"),
    ("ceilings", "(c.rank, c.commodity != flow.commodity, c.at)", "(c.rank, c.at)"),
    ("ceilings", "(c.rank, c.commodity != flow.commodity, c.at)",
     "(c.commodity != flow.commodity, c.rank, c.at)"),
    ("ceilings", "and one.question == first.question", ""),
    ("ceilings", "(known[leg].size, known[leg].most, order.index(leg))",
     "(-known[leg].size, order.index(leg))"),
    ("ceilings", "== 1 and len(known) == len(at)", "== 1"),
    ("ceilings", "full=known[narrow].amount.times(flow.years)", "full=known[narrow].amount"),
    ("ceilings", "if flow.years is None or flow.years > 1:", "if flow.years is None:"),
    ("ceilings", "(one.start or date.min, one.at), default=None", "-one.at, default=None"),
    ("ceilings", "return _ratio(amount[0], full[1]), _ratio(amount[1], full[0])",
     "return _ratio(amount[0], full[0]), _ratio(amount[1], full[1])"),
    ("ways", "return self.status != PLANNED and not late", "return not late"),
    ("ways", "Step(s.leg, 0) if flow.both_ways else s for", "s for"),
    ("ways", "if len(near) == 1 else []", "if near else []"),
    ("ways", "and flow.origin != flow.destination and len(found) == 1",
     "and flow.origin != flow.destination and found"),
    ("ways", "if own.id in path and _path([x for x in legs if x is not own], start, end) is None:",
     "if own.id in path:"),
    ("ways", "outward if flow.origin else -outward", "outward"),
    ("periods", 'f.basis != "claimed" and (f.quantity or 0) > 0]', "(f.quantity or 0) > 0]"),
    ("periods", "        figure.full is None,\n", ""),
    ("periods", "        not units.is_full_year(days(figure.start, figure.end)),\n", ""),
    ("periods", "if f.rank == 1][-1:])", "][-1:])"),
    ("periods", "{*f.part_of}.intersection(first.flows) or ", ""),
    ("periods", "f.what != first.what and ", ""),
    ("periods", "if any(f.capacity is None for f in found):", "if False:"),
    ("periods", "    if len(found) <= NAMED:", "    if len(found) < NAMED:"),
    ("periods", "        figure.knowledge,\n", ""),
    ("periods", "(f.rank, order.index(f.kind))", "(order.index(f.kind), f.rank)"),
    ("periods", "        figure.rank,\n        how,", "        how,\n        figure.rank,"),
    ("periods", "span if how == COVERS else -span", "span"),
    ("periods", "        not figure.aggregate,\n", ""),
    ("periods", "if run and _next_day(run[-1].end) != figure.start:", "if False:"),
    ("periods", "if len(run) > 1]", "if len(run) > 2]"),
    ("periods", "(-_covered(run), run[0].start, run[0].id)", "(run[0].start, run[0].id)"),
    ("periods", "_covered(ordered[0]) > _covered([first])", "_covered(ordered[0])"),
    ("periods", 'return ends[0] == ends[1] and figure.basis != "claimed"',
     "return ends[0] == ends[1]"),
    ("periods", "basis=weakest,", "basis=first.basis,"),
    ("periods", "if first.added > 1 or first.aggregate:", "if first.added > 1:"),
    ("periods", "rate=quantity / span,", "rate=quantity,"),
    ("words", "0 if share >= 0.095 else 1", "0"),
    ("words", "quantize(THOUSANDTH, ROUND_HALF_UP, EVERY_DIGIT)", "quantize(THOUSANDTH)"),
    ("book", "if held else None,\n            limit", "if True else None,\n            limit"),
    ("book", "one = self._row_of.get(one.part_of, one)", "break"),
    ("doubts", "if one.corridor not in account.contexts and one.speaks]",
     "if one.corridor not in account.contexts]"),
    ("doubts", "meet and one.yearly.differs(other.yearly)", "meet"),
    ("doubts", "if a.rate is not None and a.flow.rank == 1", "if a.rate is not None"),
    ("words", '"0" if 0 < low < TINY else', ""),
    ("words", "[None if x is None else number(x) if whole else", "[None if x is None else"),
    ("book", "return self._load(corridor, first) == self._load(corridor, second)", "return True"),
)  # fmt: skip


def copy(folder: Path) -> Path:
    """The repository without what tests of the account do not need."""
    made = folder / "copy"
    shutil.copytree(ROOT, made, ignore=shutil.ignore_patterns(*LEFT_OUT))
    return made


def is_noticed(where: Path, examples: int) -> bool:
    """Whether a test fails in a copy; the cheap ones are asked first."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"]
    command += ["-n", "0", "--hypothesis-profile=mistakes", *TESTS]
    environment = {**os.environ, "TUMEN_RECKONINGS": str(examples), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(command, cwd=where, env=environment, capture_output=True, text=True)
    if done.returncode not in (0, 1):
        raise SystemExit(done.stdout + done.stderr)
    return done.returncode == 1


def survivors(where: Path, examples: int, asked: list[tuple[str, str, str]]) -> list[str]:
    """Make every mistake in turn; those that nothing notices."""
    missed = []
    for module, there, mistake in asked:
        path = where / "geo" / "account" / f"{module}.py"
        text = path.read_text(encoding="utf-8")
        if there not in text:
            raise SystemExit(f"{module}: no such text any more: {there!r}")
        path.write_text(text.replace(there, mistake, 1), encoding="utf-8")
        begun, noticed = time.monotonic(), is_noticed(where, examples)
        path.write_text(text, encoding="utf-8")
        taken_s = time.monotonic() - begun
        word = "noticed" if noticed else "MISSED "
        print(f"{word} {taken_s:4.0f} s {module}: {there!r} → {mistake!r}", flush=True)
        missed += [] if noticed else [mistake]
    return missed


def main() -> None:
    """Make every mistake, or those whose module or text is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=250)
    parser.add_argument("--only", nargs="+", default=[""], metavar="TEXT")
    given = parser.parse_args()
    asked = [m for m in MISTAKES if any(text in " ".join(m) for text in given.only)]
    with tempfile.TemporaryDirectory() as folder:
        where = copy(Path(folder))
        if is_noticed(where, 10):
            raise SystemExit("the tests fail without any mistake: make them pass first")
        missed = survivors(where, given.examples, asked)
    print(f"{len(asked) - len(missed)} of {len(asked)} mistakes noticed")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
