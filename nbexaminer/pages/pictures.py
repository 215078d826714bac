"""Pictures in pages: only what is one, written anew as a data: address, and not more than a page can carry.

What a notebook says of a picture (its type, its encoding, its name) is a student's word.
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from PIL import Image

MAX_BYTES = 5_000_000  # of one picture
MAX_PIXELS = 40_000_000  # a browser takes four bytes for each, however small the file is

_FORMATS = {"image/png": "PNG", "image/jpeg": "JPEG", "image/gif": "GIF"}
_BY_SUFFIX = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif"}


def data_uri(kind: object, content: object) -> str:
    """Return the address of a picture as a notebook keeps it, or "" if it is none.

    kind: its MIME type; content: base64, or of image/svg+xml the text, in one piece or in lines.
    """
    lines = content if isinstance(content, list) else [content]
    texts = [line for line in lines if isinstance(line, str)]
    if len(texts) < len(lines):
        return ""
    text = "".join(texts)
    if kind == "image/svg+xml":  # as a picture, not as a part of the page, it runs and fetches nothing
        encoded = text.strip().encode("utf-8", "replace")
        return _address(kind, encoded) if len(encoded) <= MAX_BYTES else ""
    if not isinstance(kind, str) or len(text) > 2 * MAX_BYTES:
        return ""
    try:
        return _checked(kind, base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return ""


def attached(cell: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (its address in the cell's Markdown, data: URI) of each picture that is pasted into a cell."""
    attachments = cell.get("attachments")
    for name, kinds in attachments.items() if isinstance(attachments, dict) else ():
        for kind, content in kinds.items() if isinstance(kinds, dict) else ():
            if uri := data_uri(kind, content) if kind in _FORMATS else "":
                yield f"attachment:{name}", uri


def file_uri(folder: Path, name: str) -> str:
    """Return the address of a picture that lies in a folder, or "" if there is no such picture."""
    with contextlib.suppress(OSError, ValueError):  # a name may be too long, or no name at all
        path = (folder / name).resolve()
        kind = _BY_SUFFIX.get(path.suffix.lower())
        if path.suffix.lower() == ".svg":
            kind = "image/svg+xml"
        if (
            kind
            and path.is_relative_to(folder.resolve())
            and path.is_file()
            and path.stat().st_size <= MAX_BYTES
        ):
            content = path.read_bytes()
            return _address(kind, content) if kind == "image/svg+xml" else _checked(kind, content)
    return ""


def _checked(kind: str, content: bytes) -> str:
    """Return the address of a picture if it begins as one of its kind, and is not too large to be shown."""
    if kind not in _FORMATS or len(content) > MAX_BYTES:
        return ""
    try:
        with (
            warnings.catch_warnings(action="ignore"),
            Image.open(io.BytesIO(content), formats=[_FORMATS[kind]]) as image,
        ):
            width, height = image.size
    except Exception:  # whatever a made-up picture does to the library
        return ""
    return _address(kind, content) if width * height <= MAX_PIXELS else ""


def _address(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"
