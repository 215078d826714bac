"""Figures that were drawn before are not drawn again: most of a class draws the same ones."""

from __future__ import annotations

import copyreg
import functools
import hashlib
import io
import pickle
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
from IPython.core import pylabtools
from matplotlib.figure import Figure
from matplotlib.transforms import TransformNode

_KEPT = 100  # drawings; a picture in a notebook has some 50 kB


@functools.cache  # once for this process and those that it forks
def remember() -> None:
    """From now on, let IPython show a figure like one that it has shown already without drawing it."""
    pylabtools.print_figure = _remembering(pylabtools.print_figure)


def _remembering(draw: Callable[..., Any]) -> Callable[..., Any]:
    drawn: dict[bytes, Any] = {}

    @functools.wraps(draw)
    def print_figure(figure: Figure, *args: Any, **kwargs: Any) -> Any:
        try:
            looks = _fingerprint(figure, args, kwargs)
        except Exception:  # something in it can't be pickled
            return draw(figure, *args, **kwargs)
        if looks not in drawn:
            with warnings.catch_warnings(record=True) as said:
                picture = draw(figure, *args, **kwargs)
            for warning in said:
                warnings.warn_explicit(warning.message, warning.category, warning.filename, warning.lineno)
            if said:  # the next one is to say it, too
                return picture
            if len(drawn) == _KEPT:
                del drawn[next(iter(drawn))]
            drawn[looks] = picture
        return drawn[looks]

    return print_figure


def _fingerprint(figure: Figure, args: tuple[Any, ...], kwargs: dict[str, Any]) -> bytes:
    """Return a hash of all that a drawing depends on."""
    content = io.BytesIO()
    _Pickler(content).dump((figure, args, kwargs, dict(matplotlib.rcParams)))
    return hashlib.sha256(content.getbuffer()).digest()


class _Pickler(pickle.Pickler):
    """Pickles equal figures alike. The result is never unpickled."""

    def reducer_override(self, part: Any) -> Any:
        if isinstance(part, TransformNode):  # knows by their addresses whom it has to tell of a change
            make = copyreg.__newobj__  # type: ignore[attr-defined]  # typeshed leaves it out
            return make, (type(part),), part.__dict__ | {"_parents": None}
        return NotImplemented
