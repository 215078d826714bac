"""The eight functions of `cnn-fast`, in other words than those of the notebook.

Shapes follow the notebook: activations (m, n_H, n_W, n_C), filters (f, f, n_C_prev, n_C), biases
(1, 1, 1, n_C); P = m * n_H * n_W windows, K = f * f * n_C_prev numbers in each.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

Layers = Sequence[Mapping[str, int | str]]


def im2col(A: np.ndarray, f: int, stride: int, pad: int) -> np.ndarray:
    """Return every window of A (m, H, W, C) as one row, (P, K): a row is ordered row, column, channel."""
    A_pad = np.pad(A, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    windows = sliding_window_view(A_pad, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, f * f * A.shape[3])


def col2im(columns: np.ndarray, shape: tuple, f: int, stride: int, pad: int) -> np.ndarray:
    """Add each row of columns (P, K) into its window of an array of `shape` (m, H, W, C); the adjoint."""
    m, H, W, C = shape
    n_H, n_W = (H + 2 * pad - f) // stride + 1, (W + 2 * pad - f) // stride + 1
    A_pad = np.zeros((m, H + 2 * pad, W + 2 * pad, C))
    windows = columns.reshape(m, n_H, n_W, f, f, C)
    for p, q, rows, across in places(f, stride, n_H, n_W):
        A_pad[:, rows, across] += windows[:, :, :, p, q]
    return A_pad[:, pad : pad + H, pad : pad + W]


def conv_forward_fast(
    A_prev: np.ndarray, W: np.ndarray, b: np.ndarray, hparameters: Mapping[str, int]
) -> tuple[np.ndarray, tuple]:
    """Return Z (m, n_H, n_W, n_C) and the cache (A_prev, W, b, hparameters)."""
    f, stride, pad = len(W), hparameters["stride"], hparameters["pad"]
    n_H, n_W = ((n + 2 * pad - f) // stride + 1 for n in A_prev.shape[1:3])
    Z = im2col(A_prev, f, stride, pad) @ W.reshape(-1, W.shape[3]) + b.ravel()
    return Z.reshape(len(A_prev), n_H, n_W, W.shape[3]), (A_prev, W, b, hparameters)


def conv_backward_fast(dZ: np.ndarray, cache: tuple) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return dA_prev, dW, db, the gradients of the cost, of the shapes of A_prev, W, b."""
    A_prev, W, b, hparameters = cache
    f, stride, pad = len(W), hparameters["stride"], hparameters["pad"]
    flat = dZ.reshape(-1, W.shape[3])
    dW = (im2col(A_prev, f, stride, pad).T @ flat).reshape(W.shape)
    dA_prev = col2im(flat @ W.reshape(-1, W.shape[3]).T, A_prev.shape, f, stride, pad)
    return dA_prev, dW, flat.sum(axis=0).reshape(b.shape)


def pool_forward_fast(
    A_prev: np.ndarray, hparameters: Mapping[str, int], mode: str = "max"
) -> tuple[np.ndarray, tuple]:
    """Return A (m, n_H, n_W, n_C), the max or average of each window, and the cache."""
    f, stride = hparameters["f"], hparameters["stride"]
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    A = windows.max(axis=(4, 5)) if mode == "max" else windows.mean(axis=(4, 5))
    return A, (A_prev, hparameters)


def pool_backward_fast(dA: np.ndarray, cache: tuple, mode: str = "max") -> np.ndarray:
    """Return dA_prev, of the shape of A_prev. Of several largest entries of a window the first gets all."""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    windows = sliding_window_view(A_prev, (f, f), axis=(1, 2))[:, ::stride, ::stride]
    first = windows.reshape(*dA.shape, f * f).argmax(axis=-1)
    dA_prev = np.zeros(A_prev.shape)
    for p, q, rows, across in places(f, stride, *dA.shape[1:3]):
        dA_prev[:, rows, across] += dA * (first == p * f + q) if mode == "max" else dA / (f * f)
    return dA_prev


def count_parameters(layers: Layers) -> int:
    """Return how many weights and biases there are in all layers."""
    total = 0
    for layer in layers:
        if layer["kind"] == "conv":
            total += (layer["f"] ** 2 * layer["n_C_prev"] + 1) * layer["n_C"]
        elif layer["kind"] == "dense":
            total += (layer["n_prev"] + 1) * layer["n"]
    return total


def receptive_field(layers: Layers) -> int:
    """Return the side of the square of input that one number behind the last layer depends on.

    Backwards: one number needs f of the layer before, n numbers need (n - 1) * stride + f.
    """
    side = 1
    for layer in reversed(layers):
        side = (side - 1) * layer["stride"] + layer["f"]
    return side


def places(f: int, stride: int, n_H: int, n_W: int) -> Iterator[tuple[int, int, slice, slice]]:
    """For each place (p, q) in a window: the rows and columns that stand there in all windows."""
    for p, q in np.ndindex(f, f):
        yield p, q, slice(p, p + stride * n_H, stride), slice(q, q + stride * n_W, stride)
