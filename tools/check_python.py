"""Say so, and how to go on, when this Python is too old. Runs on old Pythons too."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - this file is for those who have an older one
    sys.exit(
        "Tumen needs Python 3.11 or newer; this is %d.%d. "  # noqa: UP031 - older Pythons read it
        "Name another: make PYTHON=python3.12 maps" % sys.version_info[:2]
    )
