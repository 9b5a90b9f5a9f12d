"""Zip containers with the same bytes for the same content: fixed times, parts in their order."""

from __future__ import annotations

import io
import re
import zipfile

EPOCH = zipfile.ZipInfo().date_time  # the earliest a zip can hold
NEVER = f"{EPOCH[0]}-01-01T00:00:00Z"
_STAMP = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*(</dcterms:)")


def stable(data: bytes) -> bytes:
    """The same container without the time it was made, workbooks inside it likewise."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        for item in old.infolist():
            part = old.read(item)
            if item.filename.endswith(".xlsx"):
                part = stable(part)
            if item.filename.endswith("core.xml"):
                part = _STAMP.sub(rb"\g<1>" + NEVER.encode() + rb"\g<2>", part)
            made = zipfile.ZipInfo(item.filename, EPOCH)
            made.compress_type = zipfile.ZIP_DEFLATED
            made.external_attr = 0o600 << 16
            new.writestr(made, part)
    return target.getvalue()
