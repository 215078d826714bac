import numpy as np
from numpy.lib.stride_tricks import sliding_window_view


def windows(X, f, stride):
    return sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]


def places(f, stride, n_H, n_W):
    for p, q in np.ndindex(f, f):
        yield p, q, np.s_[:, p : p + stride * n_H : stride, q : q + stride * n_W : stride]


def zero_pad(X, pad):
    m, n_H, n_W, n_C = X.shape
    X_pad = np.zeros((m, n_H + 2 * pad, n_W + 2 * pad, n_C))
    X_pad[:, pad : pad + n_H, pad : pad + n_W] = X

    return X_pad


def conv_single_step(a_slice_prev, W, b):
    return np.vdot(a_slice_prev, W) + np.squeeze(b)


def conv_forward(A_prev, W, b, hparameters):
    padded = zero_pad(A_prev, hparameters["pad"])
    Z = np.einsum("mhwcpq,pqcn->mhwn", windows(padded, len(W), hparameters["stride"]), W) + b

    cache = (A_prev, W, b, hparameters)
    return Z, cache


def pool_forward(A_prev, hparameters, mode="max"):
    reduce = {"max": np.max, "average": np.mean}[mode]
    A = reduce(windows(A_prev, hparameters["f"], hparameters["stride"]), axis=(-2, -1))

    cache = (A_prev, hparameters)
    return A, cache


def conv_backward(dZ, cache):
    A_prev, W, b, hparameters = cache
    pad, stride, f = hparameters["pad"], hparameters["stride"], len(W)
    padded = zero_pad(A_prev, pad)
    gradient, dW = np.zeros_like(padded), np.empty_like(W)
    for p, q, place in places(f, stride, *dZ.shape[1:3]):
        gradient[place] += dZ @ W[p, q].T
        dW[p, q] = np.tensordot(padded[place], dZ, [[0, 1, 2], [0, 1, 2]])
    n_H_prev, n_W_prev = A_prev.shape[1:3]
    dA_prev = gradient[:, pad : pad + n_H_prev, pad : pad + n_W_prev]
    db = dZ.sum((0, 1, 2), keepdims=True)

    return dA_prev, dW, db


def pool_backward(dA, cache, mode="max"):
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    largest = windows(A_prev, f, stride).max((-2, -1))
    dA_prev = np.zeros_like(A_prev)
    for _, _, place in places(f, stride, *dA.shape[1:3]):
        dA_prev[place] += dA * (A_prev[place] == largest) if mode == "max" else dA / f**2

    return dA_prev
