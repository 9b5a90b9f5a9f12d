"""Names that a file of a folder may not have: they lead out of it, or no system keeps them."""

HOSTILE_NAMES = ("../../x", "/etc/x", "a/b", "..", ".", "", "a\\b", "C:\\x", "C:x", "a\0b", "~x",
                 "-rf", "a\nb", "a\tb", "x\u202ey", "con", "NUL.html", "Com1", "a" * 300,
                 "나" * 100, " x", "x.", "x ", "a?b", "a|b", "\ud800")  # fmt: skip
