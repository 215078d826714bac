import numpy as np


def windows(X, f, stride):
    return np.lib.stride_tricks.sliding_window_view(X, (f, f), axis=(1, 2))[:, ::stride, ::stride]


def conv_forward(A_prev, W, b, hparameters):
    p = hparameters["pad"]
    X = np.pad(A_prev, ((0, 0), (p, p), (p, p), (0, 0)))
    Z = np.einsum("mhwcpq,pqcn->mhwn", windows(X, len(W), hparameters["stride"]), W) + b
    return Z, (A_prev, W, b, hparameters)


def relu_forward(Z):
    A = (np.abs(Z) + Z) / 2

    cache = Z
    return A, cache


def relu_backward(dA, cache):
    Z = cache
    dZ = dA.copy()
    dZ[Z <= 0] = 0

    return dZ
