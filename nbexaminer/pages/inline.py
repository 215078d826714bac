"""Style and script that stand in a page itself, and the policy that lets in nothing else."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup


def text_of(name: str) -> Markup:
    """Return a file of this package, as it stands in a page between its tags."""
    return Markup((files(__package__) / name).read_text(encoding="utf-8"))


def content_policy(style: str, script: str = "") -> str:
    """Return the Content-Security-Policy of a page that has this style and this script of our own: it shows
    pictures that it holds itself, runs no other script, and fetches and sends nothing."""
    scripts = f"script-src {_hash(script)}; " if script else ""
    return (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; {scripts}"
        "base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
