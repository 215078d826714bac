import numpy as np


def relu_forward(Z):
    A = Z.copy()
    for index, value in np.ndenumerate(Z):
        if value < 0:
            A[index] = 0

    cache = Z
    return A, cache


def relu_backward(dA, cache):
    Z = cache
    dZ = np.zeros(Z.shape)
    for index, value in np.ndenumerate(Z):
        if value > 0:
            dZ[index] = dA[index]

    return dZ


def dense_forward(A_prev, W, b):
    Z = np.zeros((A_prev.shape[0], W.shape[1]))
    for i in range(Z.shape[0]):
        for k in range(Z.shape[1]):
            Z[i, k] = b[0, k]
            for j in range(W.shape[0]):
                Z[i, k] += A_prev[i, j] * W[j, k]

    cache = (A_prev, W, b)
    return Z, cache


def dense_backward(dZ, cache):
    A_prev, W, b = cache
    dA_prev, dW, db = np.zeros(A_prev.shape), np.zeros(W.shape), np.zeros(b.shape)
    for i in range(dZ.shape[0]):
        for k in range(dZ.shape[1]):
            dA_prev[i] += dZ[i, k] * W[:, k]
            dW[:, k] += dZ[i, k] * A_prev[i]
            db[0, k] += dZ[i, k]

    return dA_prev, dW, db


def softmax_cross_entropy(Z, y):
    m = len(Z)
    cost, dZ = 0.0, np.zeros(Z.shape)
    for i in range(m):
        s = Z[i] - max(Z[i])
        logarithm = s - np.log(sum(np.exp(s)))
        cost -= logarithm[y[i]] / m
        for k in range(len(s)):
            dZ[i, k] = (np.exp(logarithm[k]) - (k == y[i])) / m

    return cost, dZ


def numerical_gradient(cost, parameter, step=1e-5):
    gradient = np.zeros(parameter.shape)
    for index, value in list(np.ndenumerate(parameter)):
        parameter[index] = value + step
        above = cost(parameter)
        parameter[index] = value - step
        below = cost(parameter)
        parameter[index] = value
        gradient[index] = (above - below) / step / 2

    return gradient


def update(parameters, gradients, rate):
    new_parameters = dict()
    for name in parameters:
        new_parameters[name] = parameters[name].copy()
        new_parameters[name] -= gradients["d" + name] * rate

    return new_parameters
