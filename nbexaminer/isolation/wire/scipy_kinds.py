"""SciPy's sparse matrices and arrays, for those who have imported them.

Their code in C believes the numbers that say where the values stand; so these are looked at first.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.sparse as sp

from nbexaminer.errors import WireError
from nbexaminer.isolation.wire.format import ARRAY_ITEMS, PLAIN_KINDS
from nbexaminer.isolation.wire.kinds import Kind, plain

_COMPRESSED = ("csr", "csc", "bsr")


def _split(matrix: Any) -> Any:
    """Return shape, values and places: of the format's own, or, of one that is made to be changed, as coo."""
    shape = tuple(map(int, matrix.shape))
    if matrix.format in _COMPRESSED:
        return shape, matrix.data, [matrix.indices, matrix.indptr]
    if matrix.format == "dia":
        return shape, matrix.data, [matrix.offsets]
    coordinates = matrix.tocoo()
    return shape, coordinates.data, list(coordinates.coords)


def _builder(cls: Any) -> Any:
    form = cls.__name__.partition("_")[0]

    def build(content: Any) -> Any:
        shape, values, places = plain(content, tuple)
        _look_at(shape, values, places)
        if form in _COMPRESSED:
            _look_at_compressed(form, shape, values, *places)
            return cls((values, *places), shape=shape)
        if form == "dia":
            (offsets,) = places
            if values.ndim != 2 or len(offsets) != len(values) or len(np.unique(offsets)) != len(offsets):
                raise WireError("diagonals have each their place")
            return cls((values, offsets), shape=shape)
        if len(places) != len(shape) or values.ndim != 1:
            raise WireError("each value has one place")
        for place, size in zip(places, shape, strict=True):
            _look_at_range(place, size, len(values))
        matrix = (sp.coo_array if issubclass(cls, sp.sparray) else sp.coo_matrix)(
            (values, tuple(places)), shape=shape
        )
        return matrix if form == "coo" else cls(matrix)

    return build


def _look_at(shape: Any, values: Any, places: Any) -> None:
    if not 1 <= len(plain(shape, tuple)) <= 2 or not all(0 <= plain(size, int) < 2**62 for size in shape):
        raise WireError("a matrix has no such shape")
    if plain(values, np.ndarray).dtype.kind not in PLAIN_KINDS:
        raise WireError("a matrix has no such values")
    for place in plain(places, list):
        if plain(place, np.ndarray).ndim != 1 or place.dtype not in (np.int32, np.int64):
            raise WireError("a place is a whole number")


def _look_at_compressed(form: str, shape: Any, values: Any, indices: Any, pointers: Any) -> None:
    if len(shape) != 2 and form != "csr":
        raise WireError("a matrix has two axes")
    rows, columns = shape if len(shape) == 2 else (1, *shape)
    if form == "csc":
        rows, columns = columns, rows
    block = values.shape[1:]
    if len(block) != (2 if form == "bsr" else 0) or 0 in block:
        raise WireError("a matrix has values of another shape")
    if block:
        if rows % block[0] or columns % block[1]:
            raise WireError("blocks fill a matrix")
        rows, columns = rows // block[0], columns // block[1]
    if len(pointers) != rows + 1 or pointers[0] != 0 or (np.diff(pointers) < 0).any():
        raise WireError("pointers of a matrix go up, one for each row")
    if pointers[-1] != len(indices):
        raise WireError("the last pointer of a matrix is the number of its values")
    _look_at_range(indices, columns, len(values))


def _look_at_range(place: Any, size: int, count: int) -> None:
    if len(place) != count or (count and not 0 <= place.min() <= place.max() < size):
        raise WireError("a value of a matrix stands outside of it")


KINDS = tuple(
    Kind(f"scipy.sparse.{cls.__name__}", cls, _split, _builder(cls), 5 * ARRAY_ITEMS)
    for form in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
    for cls in (getattr(sp, f"{form}_matrix"), getattr(sp, f"{form}_array"))
)
