"""The eight functions in vectorised form.

Shapes follow the notebook: activations (m, n_H, n_W, n_C), filters (f, f, n_C_prev, n_C), biases
(1, 1, 1, n_C). An output has n = floor((n_prev + 2 * pad - f) / stride) + 1 rows or columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def zero_pad(X: np.ndarray, pad: int) -> np.ndarray:
    """Return X (m, n_H, n_W, n_C) with `pad` zeros around height and width."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_single_step(a_slice_prev: np.ndarray, W: np.ndarray, b: np.ndarray) -> float:
    """Return sum(a_slice_prev * W) + b, a number; slice and W (f, f, n_C_prev), b (1, 1, 1)."""
    return np.sum(a_slice_prev * W) + b.item()


def conv_forward(
    A_prev: np.ndarray, W: np.ndarray, b: np.ndarray, hparameters: Mapping[str, int]
) -> tuple[np.ndarray, tuple]:
    """Return Z (m, n_H, n_W, n_C) and the cache (A_prev, W, b, hparameters)."""
    windows = _windows(zero_pad(A_prev, hparameters["pad"]), W.shape[0], hparameters["stride"])
    Z = np.tensordot(windows, W, axes=([4, 5, 3], [0, 1, 2])) + b
    return Z, (A_prev, W, b, hparameters)


def pool_forward(
    A_prev: np.ndarray, hparameters: Mapping[str, int], mode: str = "max"
) -> tuple[np.ndarray, tuple]:
    """Return A (m, n_H, n_W, n_C), the max or average of each window, and the cache."""
    windows = _windows(A_prev, hparameters["f"], hparameters["stride"])
    A = windows.max(axis=(4, 5)) if mode == "max" else windows.mean(axis=(4, 5))
    return A, (A_prev, hparameters)


def conv_backward(dZ: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dA_prev, dW, db, the gradients of the cost, of the shapes of A_prev, W, b."""
    A_prev, W, b, hparameters = cache
    pad, stride, f = hparameters["pad"], hparameters["stride"], W.shape[0]
    A_pad = zero_pad(A_prev, pad)
    dA_pad, dW = np.zeros_like(A_pad), np.zeros_like(W)
    for (p, q), rows, columns in _offsets(f, stride, dZ.shape):
        dA_pad[:, rows, columns] += dZ @ W[p, q].T
        dW[p, q] = np.tensordot(A_pad[:, rows, columns], dZ, axes=([0, 1, 2], [0, 1, 2]))
    dA_prev = dA_pad[:, pad : pad + A_prev.shape[1], pad : pad + A_prev.shape[2]]
    return dA_prev, dW, dZ.sum(axis=(0, 1, 2), keepdims=True)


def create_mask_from_window(x: np.ndarray) -> np.ndarray:
    """Return a boolean array of the shape of x, True at its maximum."""
    return x == x.max()


def distribute_value(dz: float, shape: tuple[int, int]) -> np.ndarray:
    """Return an array of `shape` (n_H, n_W) over which dz is spread evenly."""
    return np.full(shape, dz / (shape[0] * shape[1]))


def pool_backward(dA: np.ndarray, cache: tuple, mode: str = "max") -> np.ndarray:
    """Return dA_prev, the gradient of the cost, of the shape of the layer's input."""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    top = _windows(A_prev, f, stride).max(axis=(4, 5))
    dA_prev = np.zeros_like(A_prev)
    for _, rows, columns in _offsets(f, stride, dA.shape):
        share = A_prev[:, rows, columns] == top if mode == "max" else 1 / (f * f)
        dA_prev[:, rows, columns] += share * dA
    return dA_prev


def _windows(X: np.ndarray, f: int, stride: int) -> np.ndarray:
    """Every (f, f) window of X (m, H, W, C) as a view of shape (m, n_H, n_W, C, f, f)."""
    return sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]


def _offsets(f: int, stride: int, shape: tuple[int, ...]) -> Iterator[tuple[tuple[int, int], slice, slice]]:
    """For each place (p, q) in a window: the rows and columns of the input that stand there."""
    n_H, n_W = shape[1:3]
    for p, q in np.ndindex(f, f):
        yield (
            (p, q),
            slice(p, p + stride * n_H, stride),
            slice(q, q + stride * n_W, stride),
        )
