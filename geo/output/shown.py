"""A page and its picture → what a notebook keeps: the page once, packed; two small pictures.

The frame lies over the picture: where frames are stripped, the picture is left. The second picture
is for papers and slides, which take no markup.
"""

from __future__ import annotations

import base64
import html
import io
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from PIL import Image

from geo.output import bundle

__all__ = ["OVER", "Shown", "frame"]

OVER = "position:absolute;inset:0;width:100%;height:100%;border:0"
DPI = 72  # of the pictures: 960 by 540 pixels
_QUALITY = 60  # of the picture under the frame; words stay legible
_COLOURS = 48  # of the other: as many of those most seen, and of those most unlike each other


def frame(title: str, source: str, size: str) -> str:
    """A sandboxed frame, lazy and titled; `source` is its attribute src or srcdoc."""
    return (
        f'<iframe title="{html.escape(title, quote=True)}" sandbox="allow-scripts" '
        f'loading="lazy" allow="fullscreen" style="{size}" {source}></iframe>'
    )


@dataclass(frozen=True)
class Shown:
    """A page as the last line of a notebook cell: a sandboxed frame over a still picture.

    text: the page. policy: its policy, with the hash of what unpacks it. picture: PNG, or none.
    """

    text: str
    policy: str
    picture: bytes | None
    title: str
    height_px: int

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        """The frame, the picture and a line of text: each shows where the one before cannot."""
        shown = {"text/plain": f"<page: {self.title}>", "text/html": self._repr_html_()}
        if self.picture:
            data = _small(self.picture, "PNG")
            shown["image/png"] = base64.b64encode(data).decode("ascii")
        return shown

    def _repr_html_(self) -> str:
        """The frame over the picture."""
        return self._html

    @cached_property
    def _html(self) -> str:
        under = ""
        if self.picture:
            source = bundle.data_url(_small(self.picture, "WEBP"), "image/webp")
            alt = html.escape(self.title, quote=True)
            under = f'<img alt="{alt}" width="100%" src="{source}">'
        inner = frame(self.title, f'srcdoc="{html.escape(self._packed())}"', OVER)
        return f'<div style="position:relative;min-height:{self.height_px}px">{under}{inner}</div>'

    def _packed(self) -> str:
        """The document of the frame: the page packed, and the script that unpacks it."""
        meta = f'<meta http-equiv="Content-Security-Policy" content="{self.policy}">'
        return (
            f'<html lang="en"><head><meta charset="utf-8">{meta}'
            f"<title>{html.escape(self.title)}</title></head><body>"
            f'<script type="text/plain" id="packed">{bundle.gzipped(self.text)}'
            f"</script><script>{bundle.unpack_script()}</script></body></html>"
        )


def _small(picture: bytes, form: str) -> bytes:
    """A PNG as a small picture: WebP, or PNG of few colours."""
    image, target = Image.open(io.BytesIO(picture)).convert("RGB"), io.BytesIO()
    if form == "PNG":
        _few_colours(image).save(target, "PNG", optimize=True)
    else:
        image.save(target, form, quality=_QUALITY, method=6)
    return target.getvalue()


def _few_colours(image: Image.Image) -> Image.Image:
    """A picture on a palette of the ground's many pale shades and of the few strong colours."""
    kinds = (Image.Quantize.MEDIANCUT, Image.Quantize.MAXCOVERAGE)
    made = [image.quantize(_COLOURS, method=kind, dither=Image.Dither.NONE) for kind in kinds]
    palette = Image.new("P", (1, 1))
    palette.putpalette([c for one in made for c in (one.getpalette() or [])[: 3 * _COLOURS]])
    return image.quantize(palette=palette, dither=Image.Dither.NONE)
