"""Answers to the exercises of cnn-that-learns: as usually written, wrong ones, and unusual right ones.

USUAL: by function, the text of a cell. WRONG: as students write them, each with the mistake that its author
must be told of. UNUSUAL: by function and what is unusual, the cells.
"""

from __future__ import annotations

from textwrap import dedent, indent

HEADERS = {
    "relu_forward": "Z",
    "relu_backward": "dA, cache",
    "dense_forward": "A_prev, W, b",
    "dense_backward": "dZ, cache",
    "softmax_cross_entropy": "Z, y",
    "numerical_gradient": "cost, parameter, step=1e-5",
    "model_forward": "X, parameters",
    "model_backward": "dZ, caches",
    "update": "parameters, gradients, rate",
}


def written(function: str, body: str) -> str:
    """The text of a cell that defines `function` with this body."""
    return f"def {function}({HEADERS[function]}):\n{indent(dedent(body).strip(), '    ')}\n"


USUAL = {
    "relu_forward": "A = np.maximum(0, Z)\ncache = Z\nreturn A, cache",
    "relu_backward": "Z = cache\ndZ = np.array(dA, copy=True)\ndZ[Z <= 0] = 0\nreturn dZ",
    "dense_forward": "Z = np.dot(A_prev, W) + b\ncache = (A_prev, W, b)\nreturn Z, cache",
    "dense_backward": """
        A_prev, W, b = cache
        dW = np.dot(A_prev.T, dZ)
        db = np.sum(dZ, axis=0, keepdims=True)
        dA_prev = np.dot(dZ, W.T)
        return dA_prev, dW, db
        """,
    "softmax_cross_entropy": """
        m = Z.shape[0]
        shifted = Z - np.max(Z, axis=1, keepdims=True)
        sums = np.sum(np.exp(shifted), axis=1, keepdims=True)
        log_probs = shifted - np.log(sums)
        cost = -np.sum(log_probs[np.arange(m), y]) / m
        dZ = np.exp(log_probs)
        dZ[np.arange(m), y] -= 1
        dZ /= m
        return cost, dZ
        """,
    "numerical_gradient": """
        gradient = np.zeros_like(parameter)
        it = np.nditer(parameter, flags=["multi_index"])
        while not it.finished:
            index = it.multi_index
            old = parameter[index]
            parameter[index] = old + step
            above = cost(parameter)
            parameter[index] = old - step
            below = cost(parameter)
            parameter[index] = old
            gradient[index] = (above - below) / (2 * step)
            it.iternext()
        return gradient
        """,
    "model_forward": """
        Z1, cache_conv = conv_forward(X, parameters["W1"], parameters["b1"], {"pad": 0, "stride": 1})
        A1, cache_relu = relu_forward(Z1)
        P1, cache_pool = pool_forward(A1, {"f": 2, "stride": 2}, mode="max")
        F1 = np.reshape(P1, (X.shape[0], -1))
        Z2, cache_dense = dense_forward(F1, parameters["W2"], parameters["b2"])
        return Z2, (cache_conv, cache_relu, cache_pool, P1.shape, cache_dense)
        """,
    "model_backward": """
        cache_conv, cache_relu, cache_pool, shape, cache_dense = caches
        dF1, dW2, db2 = dense_backward(dZ, cache_dense)
        dP1 = np.reshape(dF1, shape)
        dA1 = pool_backward(dP1, cache_pool, mode="max")
        dZ1 = relu_backward(dA1, cache_relu)
        _, dW1, db1 = conv_backward(dZ1, cache_conv)
        return {"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}
        """,
    "update": """
        new = {}
        for key in parameters:
            new[key] = parameters[key] - rate * gradients["d" + key]
        return new
        """,
}
USUAL = {function: written(function, body) for function, body in USUAL.items()}

_WRONG = {
    "relu_forward": (
        ("input-changed", "Z[Z < 0] = 0\nreturn Z, Z"),
        ("input-changed", "A = Z\nA[A < 0] = 0\ncache = Z\nreturn A, cache"),
        ("input-changed", "A = np.maximum(Z, 0, out=Z)\nreturn A, Z"),
        ("cache-is-the-output", "Z = np.maximum(Z, 0)\nreturn Z, Z"),
        ("axis-not-number", "A = np.max(Z, 0)\nreturn A, Z"),
        ("one-number", "A = max(0, Z.max())\nreturn A, Z"),
        ("mask-only", "A = Z > 0\nreturn A, Z"),
        ("negative-kept", "A = Z * (Z < 0)\nreturn A, Z"),
        ("leaky", "A = np.where(Z > 0, Z, Z * 0.01)\nreturn A, Z"),
        ("sigmoid", "A = 1 / (1 + np.exp(-Z))\nreturn A, Z"),
        ("cut-at-one", "A = Z * (Z > 1)\nreturn A, Z"),
        ("still-none", "A = None\ncache = Z\nreturn A, cache"),
        ("nothing-returned", "A = np.maximum(Z, 0)\ncache = Z"),
    ),
    "relu_backward": (
        ("zero-lets-through", "dZ = np.array(dA)\ndZ[cache < 0] = 0\nreturn dZ"),
        ("input-changed", "dZ = dA\ndZ[cache <= 0] = 0\nreturn dZ"),
        ("by-its-own-sign", "return dA * (dA > 0)"),
        ("by-its-own-sign", "return relu_forward(dA)[0]"),
        ("forward-again", "return np.maximum(cache, 0)"),
        ("times-the-value", "return dA * relu_forward(cache)[0]"),
        ("times-the-input", "return dA * cache"),
        ("everything-through", "return 1.0 * dA"),
        ("mask-only", "return cache > 0"),
        ("mask-as-numbers", "return np.where(cache > 0, 1.0, 0.0)"),
        ("mask-turned", "dZ = dA.copy()\ndZ[cache > 0] = 0\nreturn dZ"),
    ),
    "dense_forward": (
        ("bias-forgotten", "Z = A_prev @ W\nreturn Z, (A_prev, W, b)"),
        ("activated", "Z = np.maximum(A_prev @ W + b, 0)\nreturn Z, (A_prev, W, b)"),
        ("weights-changed", "W += b\nreturn A_prev @ W, (A_prev, W, b)"),
        ("biases-summed", "Z = A_prev @ W + b.sum()\nreturn Z, (A_prev, W, b)"),
        ("transposed", "Z = W.T @ A_prev.T + b.T\nreturn Z, (A_prev, W, b)"),
        ("averaged", "Z = A_prev @ W / W.shape[0] + b\nreturn Z, (A_prev, W, b)"),
        ("cache-without-bias", "Z = A_prev @ W + b\nreturn Z, (A_prev, W)"),
        ("scores-alone", "return A_prev @ W + b"),
    ),
    "dense_backward": (
        (
            "averaged-over-batch",
            "A, W, b = cache\nm = len(A)\nreturn dZ @ W.T, A.T @ dZ / m, dZ.sum(0, keepdims=True) / m",
        ),
        ("bias-without-axis", "A, W, b = cache\nreturn dZ @ W.T, A.T @ dZ, np.sum(dZ, axis=0)"),
        ("bias-averaged", "A, W, b = cache\nreturn dZ @ W.T, A.T @ dZ, np.mean(dZ, axis=0, keepdims=True)"),
        ("bias-not-summed", "A, W, b = cache\nreturn dZ @ W.T, A.T @ dZ, dZ"),
        ("bias-summed-over-outputs", "A, W, b = cache\nreturn dZ @ W.T, A.T @ dZ, dZ.sum(1, keepdims=True)"),
        ("bias-summed-over-all", "A, W, b = cache\nreturn dZ @ W.T, A.T @ dZ, dZ.sum()"),
        ("weights-transposed", "A, W, b = cache\nreturn dZ @ W.T, dZ.T @ A, dZ.sum(0, keepdims=True)"),
        ("input-transposed", "A, W, b = cache\nreturn W @ dZ.T, A.T @ dZ, dZ.sum(0, keepdims=True)"),
        (
            "input-and-weights-exchanged",
            "A, W, b = cache\nreturn A.T @ dZ, dZ @ W.T, dZ.sum(0, keepdims=True)",
        ),
        (
            "weights-from-the-last",
            """
            A, W, b = cache
            for i in range(len(A)):
                dW = np.outer(A[i], dZ[i])
            return dZ @ W.T, dW, dZ.sum(0, keepdims=True)
            """,
        ),
    ),
    "softmax_cross_entropy": (
        (
            "log-of-zero",
            """
            s = np.exp(Z - Z.max(axis=1, keepdims=True))
            P = s / s.sum(axis=1, keepdims=True)
            cost = -np.mean(np.log(P[range(len(y)), y]))
            P[range(len(y)), y] -= 1
            return cost, P / len(y)
            """,
        ),
        (
            "epsilon-8",
            """
            s = np.exp(Z - Z.max(axis=1, keepdims=True))
            P = s / s.sum(axis=1, keepdims=True)
            cost = -np.mean(np.log(P[range(len(y)), y] + 1e-8))
            P[range(len(y)), y] -= 1
            return cost, P / len(y)
            """,
        ),
        (
            "overflow",
            """
            P = np.exp(Z) / np.sum(np.exp(Z), axis=1, keepdims=True)
            cost = -np.sum(np.log(P[np.arange(len(y)), y])) / len(y)
            dZ = P.copy()
            dZ[np.arange(len(y)), y] -= 1
            return cost, dZ / len(y)
            """,
        ),
        (
            "one-maximum-for-all",
            """
            s = np.exp(Z - np.max(Z))
            P = s / s.sum(axis=1, keepdims=True)
            cost = -np.mean(np.log(P[range(len(y)), y]))
            P[range(len(y)), y] -= 1
            return cost, P / len(y)
            """,
        ),
        (
            "input-changed",
            """
            Z -= np.max(Z, axis=1, keepdims=True)
            log_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
            dZ = np.exp(log_P)
            dZ[range(len(y)), y] -= 1
            return -np.mean(log_P[range(len(y)), y]), dZ / len(y)
            """,
        ),
        (
            "gradient-of-the-sum",
            """
            s = Z - np.max(Z, axis=1, keepdims=True)
            log_P = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            dZ = np.exp(log_P)
            dZ[range(len(y)), y] -= 1
            return -np.mean(log_P[range(len(y)), y]), dZ
            """,
        ),
        (
            "all-columns",
            """
            s = Z - np.max(Z, axis=1, keepdims=True)
            log_P = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            dZ = np.exp(log_P)
            dZ[range(len(y)), y] -= 1
            return -np.mean(log_P[:, y]), dZ / len(y)
            """,
        ),
        (
            "minus-the-digit",
            """
            s = Z - np.max(Z, axis=1, keepdims=True)
            log_P = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            return -np.mean(log_P[range(len(y)), y]), (np.exp(log_P) - y.reshape(-1, 1)) / len(y)
            """,
        ),
        (
            "over-the-batch",
            """
            s = np.exp(Z - Z.max(axis=0))
            P = s / s.sum(axis=0)
            cost = -np.mean(np.log(P[range(len(y)), y]))
            P[range(len(y)), y] -= 1
            return cost, P / len(y)
            """,
        ),
        (
            "sum-not-mean",
            """
            s = Z - np.max(Z, axis=1, keepdims=True)
            log_P = s - np.log(np.exp(s).sum(axis=1, keepdims=True))
            dZ = np.exp(log_P)
            dZ[range(len(y)), y] -= 1
            return -np.sum(log_P[range(len(y)), y]), dZ
            """,
        ),
        ("still-none", "cost = None\ndZ = None\nreturn cost, dZ"),
    ),
    "numerical_gradient": (
        (
            "parameter-not-put-back",
            """
            gradient = np.zeros(parameter.shape)
            for i in np.ndindex(parameter.shape):
                parameter[i] += step
                above = cost(parameter)
                parameter[i] -= 2 * step
                below = cost(parameter)
                gradient[i] = (above - below) / (2 * step)
            return gradient
            """,
        ),
        (
            "one-sided",
            """
            gradient = np.zeros(parameter.shape)
            for i in np.ndindex(parameter.shape):
                p = parameter.copy()
                p[i] += step
                gradient[i] = (cost(p) - cost(parameter)) / step
            return gradient
            """,
        ),
        (
            "two-forgotten",
            """
            gradient = np.zeros(parameter.shape)
            for i in np.ndindex(parameter.shape):
                e = np.zeros(parameter.shape)
                e[i] = step
                gradient[i] = (cost(parameter + e) - cost(parameter - e)) / step
            return gradient
            """,
        ),
        (
            "all-entries-at-once",
            """
            gradient = np.zeros(parameter.shape)
            for i in np.ndindex(parameter.shape):
                gradient[i] = (cost(parameter + step) - cost(parameter - step)) / (2 * step)
            return gradient
            """,
        ),
        ("one-number", "return (cost(parameter + step) - cost(parameter - step)) / (2 * step)"),
        (
            "of-a-copy",
            """
            gradient = np.zeros(parameter.shape)
            flat = parameter.flatten()
            for i in range(flat.size):
                flat[i] += step
                above = cost(parameter)
                flat[i] -= 2 * step
                below = cost(parameter)
                flat[i] += step
                gradient.flat[i] = (above - below) / (2 * step)
            return gradient
            """,
        ),
        (
            "first-entry-only",
            """
            gradient = np.zeros(parameter.shape)
            for i in np.ndindex(parameter.shape):
                e = np.zeros(parameter.shape)
                e[i] = step
                gradient[i] = (cost(parameter + e) - cost(parameter - e)) / (2 * step)
                return gradient
            """,
        ),
        (
            "nudges-kept",
            """
            gradient = np.zeros(parameter.shape)
            p = parameter.copy()
            for i in np.ndindex(parameter.shape):
                p[i] += step
                above = cost(p)
                p[i] -= 2 * step
                gradient[i] = (above - cost(p)) / (2 * step)
            return gradient
            """,
        ),
    ),
    "update": (
        ("uphill", 'return {k: v + rate * gradients["d" + k] for k, v in parameters.items()}'),
        (
            "in-place",
            """
            for k in parameters:
                parameters[k] -= rate * gradients["d" + k]
            return parameters
            """,
        ),
        (
            "in-place",
            """
            new = parameters.copy()
            for k in new:
                new[k] -= rate * gradients["d" + k]
            return new
            """,
        ),
        (
            "in-place",
            """
            for k in parameters:
                parameters[k] = parameters[k] - rate * gradients["d" + k]
            return parameters
            """,
        ),
        ("rate-forgotten", 'return {k: v - gradients["d" + k] for k, v in parameters.items()}'),
        ("step-alone", 'return {k: rate * gradients["d" + k] for k, v in parameters.items()}'),
        (
            "four-names-only",
            """
            new = {}
            for k in ("W1", "b1", "W2", "b2"):
                if k in parameters:
                    new[k] = parameters[k] - rate * gradients["d" + k]
            return new
            """,
        ),
        (
            "first-only",
            """
            new = {}
            for k, v in parameters.items():
                new[k] = v - rate * gradients["d" + k]
                return new
            """,
        ),
        (
            "named-like-the-gradients",
            'return {"d" + k: v - rate * gradients["d" + k] for k, v in parameters.items()}',
        ),
    ),
}
_MODEL = (
    ("model_forward", "relu-forgotten", "A1, cache_relu = relu_forward(Z1)", "A1, cache_relu = Z1, Z1"),
    ("model_forward", "average-pooling", 'mode="max"', 'mode="average"'),
    ("model_forward", "padded", '"pad": 0', '"pad": 1'),
    ("model_forward", "pooling-overlaps", '"stride": 2', '"stride": 1'),
    ("model_forward", "relu-on-the-scores", "return Z2", "return np.maximum(Z2, 0)"),
    ("model_forward", "flat-shape-in-caches", "P1.shape", "F1.shape"),
    ("model_forward", "conv-bias-forgotten", 'parameters["b1"]', '0 * parameters["b1"]'),
    ("model_forward", "columns-first-flattened", "-1))", '-1), order="F")'),
    ("model_backward", "relu-forgotten", "relu_backward(dA1, cache_relu)", "dA1"),
    ("model_backward", "average-pooling", 'mode="max"', 'mode="average"'),
    ("model_backward", "relu-by-its-gradient", "relu_backward(dA1, cache_relu)", "relu_backward(dA1, dA1)"),
    ("model_backward", "input-for-weights", "_, dW1, db1 =", "dW1, db1, _ ="),
    ("model_backward", "dense-weights-and-bias-exchanged", "dF1, dW2, db2 =", "dF1, db2, dW2 ="),
    ("model_backward", "columns-first-unflattened", "shape)", 'shape, order="F")'),
)
WRONG = [
    *(
        (function, mistake, written(function, body))
        for function, rows in _WRONG.items()
        for mistake, body in rows
    ),
    *((function, mistake, USUAL[function].replace(old, new, 1)) for function, mistake, old, new in _MODEL),
]

_UNUSUAL = {
    "relu_forward": {
        "half of sum and absolute value": "return (Z + np.abs(Z)) / 2, Z",
        "np.clip": "return np.clip(Z, 0, None), Z",
        "a product with the mask, negative zeros": "return Z * (Z > 0), Z",
        "a list of results, a copy as cache": "return [np.fmax(Z, 0.0), Z.copy()]",
        "one number at a time": """
            A = np.zeros_like(Z)
            for index in np.ndindex(Z.shape):
                A[index] = Z[index] if Z[index] >= 0 else 0
            return A, Z
            """,
    },
    "relu_backward": {
        "np.where": "return np.where(cache > 0, dA, 0)",
        "np.heaviside": "return dA * np.heaviside(cache, 0)",
        "the sign of the output": "return dA * np.sign(np.maximum(cache, 0))",
        "minus what does not pass": "return dA - dA * (cache <= 0)",
    },
    "dense_forward": {
        "einsum": 'return np.einsum("ij,jk->ik", A_prev, W) + b, (A_prev, W, b)',
        "a column of ones": """
            A = np.hstack([A_prev, np.ones((len(A_prev), 1))])
            return A @ np.vstack([W, b]), (A_prev, W, b)
            """,
        "example by example": "return np.array([a @ W + b[0] for a in A_prev]), (A_prev, W, b)",
        "transposed twice": "return (W.T @ A_prev.T + b.T).T, [A_prev, W, b]",
    },
    "dense_backward": {
        "einsum": """
            A_prev, W, b = cache
            dA_prev, dW = np.einsum("ik,jk->ij", dZ, W), np.einsum("ij,ik->jk", A_prev, dZ)
            return dA_prev, dW, np.einsum("ik->k", dZ)[None]
            """,
        "ones times dZ": """
            A_prev, W, b = cache
            return (W @ dZ.T).T, (dZ.T @ A_prev).T, np.ones((1, len(dZ))) @ dZ
            """,
        "outer products, added up": """
            A_prev, W, b = cache
            dW = sum(np.outer(a, dz) for a, dz in zip(A_prev, dZ))
            return dZ.dot(W.T), dW, dZ.sum(axis=0).reshape(b.shape)
            """,
    },
    "softmax_cross_entropy": {
        "np.logaddexp": """
            log_P = Z - np.logaddexp.reduce(Z, axis=1, keepdims=True)
            one_hot = np.eye(Z.shape[1])[y]
            return -np.sum(one_hot * log_P) / len(y), (np.exp(log_P) - one_hot) / len(y)
            """,
        "example by example, a Python float": """
            cost, dZ = 0.0, np.zeros(Z.shape)
            for i, (z, right) in enumerate(zip(Z, y)):
                s = z - z.max()
                total = np.log(np.exp(s).sum())
                cost += float(total - s[right]) / len(y)
                dZ[i] = np.exp(s - total) / len(y)
                dZ[i, right] -= 1 / len(y)
            return cost, dZ
            """,
        "take_along_axis": """
            s = Z - Z.max(1)[:, None]
            log_P = s - np.log(np.exp(s).sum(1))[:, None]
            picked = np.take_along_axis(log_P, y[:, None], axis=1)
            dZ = np.exp(log_P)
            np.put_along_axis(dZ, y[:, None], np.exp(picked) - 1, axis=1)
            return -picked.mean(), dZ / Z.shape[0]
            """,
    },
    "numerical_gradient": {
        "in place, exactly put back": """
            gradient = np.empty(parameter.shape)
            flat = parameter.reshape(-1)
            for k in range(flat.size):
                old = flat[k]
                flat[k] = old + step
                above = cost(parameter)
                flat[k] = old - step
                below = cost(parameter)
                flat[k] = old
                gradient.flat[k] = (above - below) / (2 * step)
            return gradient
            """,
        "in place, put back by adding": """
            gradient = np.zeros(parameter.shape)
            for index in np.ndindex(parameter.shape):
                parameter[index] += step
                above = cost(parameter)
                parameter[index] -= 2 * step
                below = cost(parameter)
                parameter[index] += step
                gradient[index] = (above - below) / (2 * step)
            return gradient
            """,
        "rows of the identity": """
            nudges = step * np.eye(parameter.size).reshape(-1, *parameter.shape)
            slopes = [(cost(parameter + e) - cost(parameter - e)) / (2 * step) for e in nudges]
            return np.reshape(slopes, parameter.shape)
            """,
    },
    "model_forward": {
        "layers written out": """
            W1, b1, W2, b2 = (parameters[name] for name in ("W1", "b1", "W2", "b2"))
            windows = np.lib.stride_tricks.sliding_window_view(X, W1.shape[:2], axis=(1, 2))
            Z1 = np.einsum("mhwcpq,pqcn->mhwn", windows, W1) + b1
            A1 = np.maximum(Z1, 0)
            P1 = np.lib.stride_tricks.sliding_window_view(A1, (2, 2), axis=(1, 2))[:, ::2, ::2].max((4, 5))
            F1 = P1.reshape(len(X), -1)
            conv, pool = {"pad": 0, "stride": 1}, {"f": 2, "stride": 2}
            return F1 @ W2 + b2, ((X, W1, b1, conv), Z1, (A1, pool), P1.shape, (F1, W2, b2))
            """,
        "ravel of each example, a list of caches": """
            Z1, a = conv_forward(X, parameters["W1"], parameters["b1"], dict(stride=1, pad=0))
            A1, b = relu_forward(Z1)
            P1, c = pool_forward(A1, dict(f=2, stride=2))
            Z2, d = dense_forward(np.array([p.ravel() for p in P1]), parameters["W2"], parameters["b2"])
            return Z2, [a, b, c, list(P1.shape), d]
            """,
    },
    "model_backward": {
        "more gradients than asked": """
            conv, relu, pool, shape, dense = caches
            g = {}
            dF1, g["dW2"], g["db2"] = dense_backward(dZ, dense)
            g["dX"], g["dW1"], g["db1"] = conv_backward(
                relu_backward(pool_backward(dF1.reshape(shape), pool), relu), conv
            )
            return g
            """,
        "the dense layer written out": """
            conv, relu, pool, shape, (F1, W2, b2) = caches
            dA1 = pool_backward((dZ @ W2.T).reshape(shape), pool)
            _, dW1, db1 = conv_backward(np.where(relu > 0, dA1, 0), conv)
            return dict(dW1=dW1, db1=db1, dW2=F1.T @ dZ, db2=dZ.sum(0, keepdims=True))
            """,
    },
    "update": {
        "a comprehension": 'return {k: p - rate * gradients[f"d{k}"] for k, p in parameters.items()}',
        "copies, moved in place": """
            import copy
            new = copy.deepcopy(parameters)
            for name in new:
                new[name] += -rate * gradients["d" + name]
            return new
            """,
        "by the gradients' names": """
            return {name[1:]: parameters[name[1:]] - np.multiply(rate, dp) for name, dp in gradients.items()}
            """,
    },
}
UNUSUAL = {
    (function, about): (written(function, body),)
    for function, answers in _UNUSUAL.items()
    for about, body in answers.items()
}
