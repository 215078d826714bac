"""The layers of part one, given: plain loops, as in that notebook, only shorter.

Shapes: activations (m, n_H, n_W, n_C), filters (f, f, n_C_prev, n_C), biases (1, 1, 1, n_C).
第一部分的各层，直接给出：和那份作业一样用普通循环，只是写得短一些。
"""

import numpy as np


def windows(shape, stride, f):
    """Go through the positions (i, h, w, c) of an output, with the window of the input that each looks at."""
    for i, h, w, c in np.ndindex(shape):
        yield i, h, w, c, slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)


def border(X, pad):
    """Put a border of zeros around the images of a batch."""
    return np.pad(X, ((0, 0), (pad, pad), (pad, pad), (0, 0)))


def conv_forward(A_prev, W, b, hparameters):
    """Convolution: return Z of shape (m, n_H, n_W, n_C), and the cache."""
    (m, n_H_prev, n_W_prev, _), (f, _, _, n_C) = A_prev.shape, W.shape
    pad, stride = hparameters["pad"], hparameters["stride"]
    A_pad = border(A_prev, pad)
    Z = np.zeros((m, (n_H_prev + 2 * pad - f) // stride + 1, (n_W_prev + 2 * pad - f) // stride + 1, n_C))
    for i, h, w, c, rows, columns in windows(Z.shape, stride, f):
        Z[i, h, w, c] = np.sum(A_pad[i, rows, columns] * W[..., c]) + b[0, 0, 0, c]
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    """Convolution, backwards: return dA_prev, dW and db, each of the shape of what it is the gradient of."""
    A_prev, W, b, hparameters = cache
    pad, stride = hparameters["pad"], hparameters["stride"]
    A_pad = border(A_prev, pad)
    dA_pad, dW, db = np.zeros(A_pad.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i, h, w, c, rows, columns in windows(dZ.shape, stride, W.shape[0]):
        dA_pad[i, rows, columns] += W[..., c] * dZ[i, h, w, c]
        dW[..., c] += A_pad[i, rows, columns] * dZ[i, h, w, c]
        db[..., c] += dZ[i, h, w, c]
    return dA_pad[:, pad : pad + A_prev.shape[1], pad : pad + A_prev.shape[2]], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    """Pooling: return A of shape (m, n_H, n_W, n_C), and the cache."""
    (m, n_H_prev, n_W_prev, n_C), f, stride = A_prev.shape, hparameters["f"], hparameters["stride"]
    A = np.zeros((m, (n_H_prev - f) // stride + 1, (n_W_prev - f) // stride + 1, n_C))
    for i, h, w, c, rows, columns in windows(A.shape, stride, f):
        window = A_prev[i, rows, columns, c]
        A[i, h, w, c] = np.max(window) if mode == "max" else np.mean(window)
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    """Pooling, backwards: return dA_prev, of the shape of the layer's input."""
    A_prev, hparameters = cache
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c, rows, columns in windows(dA.shape, hparameters["stride"], hparameters["f"]):
        window = A_prev[i, rows, columns, c]
        share = window == np.max(window) if mode == "max" else 1 / window.size
        dA_prev[i, rows, columns, c] += share * dA[i, h, w, c]
    return dA_prev
