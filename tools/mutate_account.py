"""Break one rule of the account at a time: does a test notice? Prints what none does.

    python tools/mutate_account.py [--examples 60]

Every mistake is made in a copy of the repository, which is thrown away.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
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
    ("periods", "(full_year and compared, compared, full_year)", "(compared, full_year)"),
    ("periods", "        figure.rank,\n        how,", "        how,\n        figure.rank,"),
    ("periods", "span if how == COVERS else -span", "span"),
    ("periods", "        not figure.aggregate,\n", ""),
    ("periods", "if run and _next_day(run[-1].end) != figure.start:", "if False:"),
    ("periods", "more = len(longest) > 1 and", "more = len(longest) > 2 and"),
    ("periods", 'return ends[0] == ends[1] and figure.basis != "claimed"',
     "return ends[0] == ends[1]"),
    ("periods", "basis=weakest,", "basis=first.basis,"),
    ("periods", "if first.added > 1 or first.aggregate:", "if first.added > 1:"),
    ("periods", "rate=quantity / span,", "rate=quantity,"),
    ("words", "0 if share >= 0.095 else 1", "0"),
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
    """Whether a test fails in a copy."""
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", *TESTS]
    environment = {**os.environ, "TUMEN_RECKONINGS": str(examples), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, cwd=where, env=environment, capture_output=True).returncode == 1


def main() -> None:
    """Make every mistake in turn."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=60)
    asked = parser.parse_args()
    missed = []
    with tempfile.TemporaryDirectory() as folder:
        where = copy(Path(folder))
        for module, there, mistake in MISTAKES:
            path = where / "geo" / "account" / f"{module}.py"
            text = path.read_text(encoding="utf-8")
            if text.count(there) < 1:
                raise SystemExit(f"{module}: no such text any more: {there!r}")
            path.write_text(text.replace(there, mistake, 1), encoding="utf-8")
            noticed = is_noticed(where, asked.examples)
            path.write_text(text, encoding="utf-8")
            print("noticed" if noticed else "MISSED ", module, repr(mistake), flush=True)
            missed += [] if noticed else [mistake]
    print(f"{len(MISTAKES) - len(missed)} of {len(MISTAKES)} mistakes noticed")
    raise SystemExit(1 if missed else 0)


if __name__ == "__main__":
    main()
