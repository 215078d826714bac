"""Pillow's pictures, for those who have imported Pillow: their pixels, and no format's decoder."""

from __future__ import annotations

from typing import Any

from PIL import Image

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.format import ARRAY_ITEMS, MAX_BYTES
from nbexaminer.isolation.wire.kinds import Kind, Unfit, parts

_BYTES = {
    "1": 1,
    "L": 1,
    "P": 1,
    "RGB": 3,
    "RGBA": 4,
    "CMYK": 4,
    "YCbCr": 3,
    "LAB": 3,
    "HSV": 3,
    "I": 4,
    "F": 4,
}
_BYTES |= {"LA": 2, "PA": 2, "RGBX": 4, "I;16": 2}
_PALETTES = ("RGB", "RGBA")


def _split(picture: Image.Image) -> Any:
    if picture.mode not in _BYTES:
        raise Unfit(f"it is a picture of mode {picture.mode}")
    if picture.width * picture.height * _BYTES[picture.mode] > MAX_BYTES:
        raise Unfit(f"it is larger than {MAX_BYTES >> 20} MiB")
    palette = None
    if picture.mode in ("P", "PA") and picture.palette is not None:
        palette = picture.palette.mode, bytes(picture.palette.palette)
    return picture.mode, picture.size, picture.tobytes(), palette


def _build(content: Any) -> Image.Image:
    mode, size, pixels, palette = parts(content, str, tuple, bytes, (tuple, type(None)))
    width, height = parts(size, int, int)
    if mode not in _BYTES or min(width, height) < 0 or max(width, height) > 2**20:
        raise WireError("there is no such picture")
    line = (width + 7) // 8 if mode == "1" else width * _BYTES[mode]
    if line * height != len(pixels) or width * height > MAX_BYTES:
        raise WireError("a picture has more or fewer pixels than its size says")
    picture = Image.frombytes(mode, size, pixels) if pixels else Image.new(mode, size)
    if palette is not None:
        kind, colours = parts(palette, str, bytes)
        if mode not in ("P", "PA") or kind not in _PALETTES or len(colours) > 256 * len(kind):
            raise WireError("a picture has no such palette")
        picture.putpalette(colours, kind)
    return picture


KINDS = (Kind("PIL.Image", Image.Image, _split, _build, 5 * ARRAY_ITEMS),)
