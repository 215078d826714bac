"""What the notebook "Without Loops" takes for granted: the layers of part one, the cost of part two, a network.

You need not read this file, but you may: everything in it you have written yourself before, or could have.
"""

import os
import sys
import time

import h5py
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display

BEING_GRADED = "NBGRADER_EXECUTION" in os.environ  # then the long cells at the end are left out


# ------------------------------------------------------------------------------------------------
# Part one: the layers with loops


def conv_forward(A_prev, W, b, hparameters):
    """The convolution layer of part one, with loops; shapes as there."""
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    n_H = (n_H_prev + 2 * pad - f) // stride + 1
    n_W = (n_W_prev + 2 * pad - f) // stride + 1
    Z = np.zeros((m, n_H, n_W, n_C))
    A_prev_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                a_slice = A_prev_pad[i, rows, columns, :]
                for c in range(n_C):
                    Z[i, h, w, c] = np.sum(a_slice * W[:, :, :, c]) + b[0, 0, 0, c]
    return Z, (A_prev, W, b, hparameters)


def conv_backward(dZ, cache):
    """The backward pass of part one's convolution layer, with loops."""
    A_prev, W, b, hparameters = cache
    stride, pad = hparameters["stride"], hparameters["pad"]
    m, n_H_prev, n_W_prev, n_C_prev = A_prev.shape
    f, f, n_C_prev, n_C = W.shape
    m, n_H, n_W, n_C = dZ.shape
    dW, db = np.zeros(W.shape), np.zeros(b.shape)
    A_prev_pad = np.pad(A_prev, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
    dA_prev_pad = np.zeros(A_prev_pad.shape)
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
                for c in range(n_C):
                    dA_prev_pad[i, rows, columns, :] += W[:, :, :, c] * dZ[i, h, w, c]
                    dW[:, :, :, c] += A_prev_pad[i, rows, columns, :] * dZ[i, h, w, c]
                    db[:, :, :, c] += dZ[i, h, w, c]
    return dA_prev_pad[:, pad : pad + n_H_prev, pad : pad + n_W_prev, :], dW, db


def pool_forward(A_prev, hparameters, mode="max"):
    """The pooling layer of part one, with loops."""
    f, stride = hparameters["f"], hparameters["stride"]
    m, n_H_prev, n_W_prev, n_C = A_prev.shape
    n_H, n_W = (n_H_prev - f) // stride + 1, (n_W_prev - f) // stride + 1
    A = np.zeros((m, n_H, n_W, n_C))
    for i in range(m):
        for h in range(n_H):
            for w in range(n_W):
                for c in range(n_C):
                    a_slice = A_prev[i, h * stride : h * stride + f, w * stride : w * stride + f, c]
                    A[i, h, w, c] = np.max(a_slice) if mode == "max" else np.mean(a_slice)
    return A, (A_prev, hparameters)


def pool_backward(dA, cache, mode="max"):
    """The backward pass of part one's pooling layer, with loops; of equal maxima the first gets it all."""
    A_prev, hparameters = cache
    f, stride = hparameters["f"], hparameters["stride"]
    dA_prev = np.zeros(A_prev.shape)
    for i, h, w, c in np.ndindex(dA.shape):
        rows, columns = slice(h * stride, h * stride + f), slice(w * stride, w * stride + f)
        if mode == "max":
            first = np.unravel_index(np.argmax(A_prev[i, rows, columns, c]), (f, f))
            dA_prev[i, rows, columns, c][first] += dA[i, h, w, c]
        else:
            dA_prev[i, rows, columns, c] += dA[i, h, w, c] / (f * f)
    return dA_prev


# ------------------------------------------------------------------------------------------------
# Counting lines, and reading the clothes


def lines_run(function, *args):
    """Count the lines of the notebook that run while a function is called; a call of NumPy is one line."""
    if hasattr(function, "lines_run"):  # while it is graded, the function lives in another process
        return function.lines_run(*args)
    lines = 0

    def trace(frame, event, arg):
        nonlocal lines
        if frame.f_globals is not function.__globals__:
            return None
        lines += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args)
    finally:
        sys.settrace(before)
    return lines


def loop_in(function, arguments):
    """Find out whether more lines of the notebook run when there is more to go through.

    arguments -- makes the arguments of a call, given m, n_H and n_W

    Returns what to say about the loop, which may be in a function that this one calls; "" if there is none.
    """
    few = lines_run(function, *arguments(2, 6, 7))
    for what, what_zh, size in (("examples", "样本", (5, 6, 7)), ("positions", "位置", (2, 12, 14))):
        many = lines_run(function, *arguments(*size))
        if many > few:
            return (
                f"{function.__name__} is right, but it loops over the {what}, or a function of yours that it calls does:\n"
                f"  {few} lines run for a small input, {many} for one with more {what}. That costs half of the points.\n"
                f"  结果对了，但它（或它调用的你的函数）还在对{what_zh}循环：小的输入运行 {few} 行，{what_zh}多了就要 {many} 行，只能得一半分。"
            )
    print(f"{few} lines run, however large the input. 无论输入多大，都只运行 {few} 行。")
    return ""


def clothes(part):
    """Read the "train" or the "test" part of the clothes.

    Returns X of shape (m, 28, 28, 1) with values from -0.5 to 0.5, the labels y of shape (m,), the ten names.
    """
    with h5py.File("data/clothes.h5", "r") as file:
        X, y = file[f"{part}_images"][:], file[f"{part}_labels"][:]
        names = [str(name) for name in file.attrs["names"]]
    return X[:, :, :, None] / 255 - 0.5, y.astype(int), names


# ------------------------------------------------------------------------------------------------
# Part two: cost, network, training


def softmax_cross_entropy(Z, y):
    """Return the mean cost of the scores Z (m, 10) for the labels y (m,), and dZ of the shape of Z."""
    P = np.exp(Z - Z.max(axis=1, keepdims=True))
    P /= P.sum(axis=1, keepdims=True)
    right = np.arange(len(y)), y
    cost = -np.mean(np.log(P[right] + 1e-12))
    P[right] -= 1
    return cost, P / len(y)


class Network:
    """Layers one after the other; ReLU follows every layer with weights except the last.

    layers -- a list of dictionaries, as count_parameters takes it
    functions -- conv_forward, conv_backward, pool_forward, pool_backward: with loops or without
    seed -- of the random weights it starts from
    """

    def __init__(self, layers, functions=(), seed=1):
        self.layers, self.functions = layers, functions
        self.random = np.random.RandomState(seed)
        self.parameters = [self._start(layer) for layer in layers]

    def _start(self, layer):
        """Weights of the right spread for ReLU (He et al. 2015), biases of zero; None for pooling."""
        if layer["kind"] == "pool":
            return None
        if layer["kind"] == "dense":
            shape, inputs = (layer["n_prev"], layer["n"]), layer["n_prev"]
        else:
            shape = (layer["f"], layer["f"], layer["n_C_prev"], layer["n_C"])
            inputs = layer["f"] ** 2 * layer["n_C_prev"]
        bias = (1,) * (len(shape) - 1) + shape[-1:]
        return [self.random.randn(*shape) * np.sqrt(2 / inputs), np.zeros(bias)]

    def scores(self, X):
        """Return the scores (m, 10) of images X (m, 28, 28, 1), and the caches of all layers."""
        caches = []
        for layer, parameters in zip(self.layers, self.parameters):
            if layer["kind"] == "conv":
                X, cache = self.functions[0](X, *parameters, layer)
            elif layer["kind"] == "pool":
                X, cache = self.functions[2](X, layer)
            else:
                cache = X
                X = X.reshape(len(X), -1) @ parameters[0] + parameters[1]
            caches.append((cache, X))
            if parameters and layer is not self.layers[-1]:
                X = np.maximum(X, 0)
        return X, caches

    def gradients(self, d, caches):
        """Return the gradients of all parameters, layer by layer; d is that of the scores."""
        found = []
        for layer, parameters, (cache, Z) in zip(self.layers[::-1], self.parameters[::-1], caches[::-1]):
            if parameters and layer is not self.layers[-1]:
                d = d * (Z > 0)
            if layer["kind"] == "conv":
                d, *gradients = self.functions[1](d, cache)
            elif layer["kind"] == "pool":
                d, gradients = self.functions[3](d, cache), None
            else:
                flat = cache.reshape(len(cache), -1)
                gradients = [flat.T @ d, d.sum(axis=0, keepdims=True)]
                d = (d @ parameters[0].T).reshape(cache.shape)
            found.append(gradients)
        return found[::-1]

    def step(self, X, y, rate):
        """One step of gradient descent on a batch; returns its cost."""
        Z, caches = self.scores(X)
        cost, dZ = softmax_cross_entropy(Z, y)
        for parameters, gradients in zip(self.parameters, self.gradients(dZ, caches)):
            for value, gradient in zip(parameters or (), gradients or ()):
                value -= rate * gradient
        return cost

    def probabilities(self, X):
        """Return the probability of each class (m, 10)."""
        Z = np.concatenate([self.scores(X[k : k + 200])[0] for k in range(0, len(X), 200)])
        P = np.exp(Z - Z.max(axis=1, keepdims=True))
        return P / P.sum(axis=1, keepdims=True)

    def accuracy(self, X, y):
        """Return which share of the images is recognised."""
        return np.mean(self.probabilities(X).argmax(axis=1) == y)

    def train(self, X, y, X_test, y_test, epochs=5, batch=20, rate=0.1):
        """Gradient descent in random batches, with a curve that grows; the last epoch at a fifth of the rate."""
        curve, start = Curve(epochs), time.perf_counter()
        for epoch in range(epochs):
            order, costs = self.random.permutation(len(X)), []
            for k in range(0, len(X), batch):
                chosen = order[k : k + batch]
                costs.append(self.step(X[chosen], y[chosen], rate if epoch < epochs - 1 else rate / 5))
                if len(costs) % 50 == 0:
                    curve.add_cost(epoch + (k + batch) / len(X), np.mean(costs[-50:]))
            curve.add_accuracy(epoch + 1, self.accuracy(X_test, y_test), time.perf_counter() - start)
        curve.close()


class Curve:
    """Cost and accuracy while a network learns, drawn anew after each epoch."""

    def __init__(self, epochs):
        self.costs, self.accuracies, self.handle = [], [], None
        self.figure, (self.left, self.right) = plt.subplots(1, 2, figsize=(8, 2.8), layout="constrained")
        self.left.set(xlim=(0, epochs), ylim=(0, 1.5), xlabel="epoch", title="cost of the last 50 batches")
        self.right.set(xlim=(0, epochs + 0.5), ylim=(0.6, 1), xlabel="epoch", title="accuracy on test images")
        (self.line,) = self.left.plot([], [], color="#0067a3")
        (self.points,) = self.right.plot([], [], "o-", color="#b84d00")
        plt.close(self.figure)  # shown by hand, below

    def add_cost(self, epoch, cost):
        self.costs.append((epoch, cost))

    def add_accuracy(self, epoch, accuracy, seconds):
        self.accuracies.append((epoch, accuracy))
        self.line.set_data(*zip(*self.costs))
        self.points.set_data(*zip(*self.accuracies))
        self.right.annotate(f"{accuracy:.1%}", (epoch, accuracy), (0, 7), textcoords="offset points", ha="center")
        print(f"epoch {epoch}: {accuracy:.1%} of the test images recognised, after {seconds:.1f} s")
        if self.handle is None:
            self.handle = display(self.figure, display_id=True)
        else:
            self.handle.update(self.figure)

    def close(self):
        plt.close(self.figure)
