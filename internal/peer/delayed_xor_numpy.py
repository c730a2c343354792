"""ModProp on the delayed XOR in NumPy: the peer that `make bench-peer` measures
Paracrine against.

One iteration is what `paracrine run delayed-xor --set learning.rule=modprop`
does in one: 120 leaky ReLU cells, 900 steps, 32 trials that advance together,
type-specific ModProp by its adjoint (C numbers per step), gradients as one
matrix product over time, L2, Adam with the epsilon-hat form, Dale's law.

NumPy at its best: cells and inputs lie side by side, so that delivery is one
product per step and the gradient one product in all; what does not follow from
the next step is computed for many steps at a time; results go into arrays that
are there already; random numbers are drawn in one call.

    delayed_xor_numpy.py iterate float64|float32 ITERATIONS
        prints the milliseconds of every iteration, warm-up left out
    delayed_xor_numpy.py gradients < PROBLEM.json
        prints the gradients as JSON, for a problem (docs/problems.md) with
        cross-entropy of the last step, threshold 0 and no readout filter
"""

import json
import sys
import time

import numpy as np

CHUNK = 36  # steps computed at a time: they fit a core's cache
WARM_UP = 3


class Network:
    """W[post, pre]; M inputs, N cells, K readouts; B trials of T steps; C types."""

    def __init__(self, W_in, W_rec, W_out, b_out, kind, eta, c_v, mu, T, B, dtype):
        self.W_in, self.W_rec, self.W_out, self.b_out = (np.array(w, dtype) for w in (W_in, W_rec, W_out, b_out))
        (self.N, self.M), self.K = self.W_in.shape, len(self.W_out)
        self.eta, self.c_v, self.mu, self.T, self.B, self.dtype = float(eta), float(c_v), mu, T, B, dtype
        self.member = np.eye(max(kind) + 1, dtype=dtype)[kind]  # N x C
        self.state = np.zeros((T + 1, B, self.N + self.M), dtype)  # z_{t-1} beside x_t
        self.h = np.zeros((T, B, self.N), dtype)  # what multiplies z_{t-1} and x_t

    def forward(self, x):
        """Runs the trials x (T x B x M) and returns y after the last step."""
        N, state = self.N, self.state
        state[:-1, :, N:] = x
        into = np.ascontiguousarray(np.hstack([self.W_rec, self.W_in]).T) * self.c_v
        v, drive = np.zeros((self.B, N), self.dtype), np.empty((self.B, N), self.dtype)
        for t in range(self.T):
            np.matmul(state[t], into, out=drive)
            np.multiply(v, self.eta, out=v)
            np.add(v, drive, out=v)
            np.maximum(v, 0, out=state[t + 1, :, :N])
        return state[-1, :, :N] @ self.W_out.T + self.b_out

    def backward(self, delta):
        """Fills h from the error delta (B x K) of the last step:
        kappa_t = A' kappa_{t+1},  h_t = eta h_{t+1} + c_v psi_t W' kappa_{t+1}."""
        N, T, h = self.N, self.T, self.h
        count = self.member.sum(0)
        mean = self.c_v * (self.member.T @ self.W_rec @ self.member) / np.outer(count, count)
        A = (self.eta * np.eye(len(count)) + mean * (count * self.mu)).astype(self.dtype)
        heard = (self.c_v * mean @ self.member.T).astype(self.dtype)  # C x N
        own = (delta @ self.W_out) * (self.state[T, :, :N] > 0)
        np.multiply(own, self.c_v, out=h[T - 1])
        kappa = np.empty((T, self.B, len(count)), self.dtype)
        kappa[T - 1] = own @ self.member
        for t in range(T - 1, 0, -1):
            np.matmul(kappa[t], A, out=kappa[t - 1])
        scratch = np.empty((self.B, N), self.dtype)
        for last in range(T - 1, 0, -CHUNK):
            first = max(0, last - CHUNK)
            np.matmul(kappa[first + 1 : last + 1], heard, out=h[first:last])
            np.multiply(h[first:last], self.state[first + 1 : last + 1, :, :N] > 0, out=h[first:last])
            for t in range(last - 1, first - 1, -1):
                np.multiply(h[t + 1], self.eta, out=scratch)
                np.add(h[t], scratch, out=h[t])

    def gradients(self, x, target):
        """dE/dW of the mean cross-entropy: W_in, W_rec, W_out, b_out."""
        y = self.forward(x)
        p = np.exp(y - y.max(1, keepdims=True))
        p /= p.sum(1, keepdims=True)
        p[np.arange(self.B), target] -= 1
        delta = p / self.B
        self.backward(delta)
        rows = self.T * self.B
        both = self.h.reshape(rows, -1).T @ self.state[:-1].reshape(rows, -1)
        g_rec, g_in = both[:, : self.N], both[:, self.N :]
        np.fill_diagonal(g_rec, 0)
        return g_in, g_rec, delta.T @ self.state[-1, :, : self.N], delta.sum(0)


class Training:
    """The delayed XOR of Liu et al. 2022 and how its network learns."""

    T, B, M, K, inhibitory, excitatory = 900, 32, 2, 2, 23, 97
    rate, l2 = 5e-4, 5e-4

    def __init__(self, dtype):
        self.rng, self.dtype = np.random.default_rng(1), dtype
        kind = np.repeat([0, 1], [self.inhibitory, self.excitatory])
        self.sign = np.where(kind == 0, -1.0, 1.0).astype(dtype)
        W_rec = self.balanced()
        np.fill_diagonal(W_rec, 0)
        eta = np.exp(-1 / 100)
        self.net = Network(self.rng.standard_normal((len(kind), self.M)), W_rec, self.balanced()[: self.K], np.zeros(self.K),
                           kind, eta, 1 - eta, np.full(2, 0.25), self.T, self.B, dtype)
        self.weights = [self.net.W_in, self.net.W_rec, self.net.W_out, self.net.b_out]
        self.moments = [(np.zeros_like(w), np.zeros_like(w)) for w in self.weights]
        self.bump = (2 * np.exp(-np.linspace(-50, 50, 100) ** 2 / (2 * 25.0**2))).astype(dtype)[:, None]
        self.steps = 0

    def balanced(self):
        n, i = len(self.sign), self.inhibitory
        w = np.abs(self.rng.standard_normal((n, n))) * self.sign
        w[:, :i] *= -(w[:, i:].sum(1) / w[:, :i].sum(1))[:, None]
        return w / np.abs(np.linalg.eigvals(w)).max()

    def trials(self):
        x = self.rng.standard_normal((self.T, self.B, self.M), self.dtype)
        x *= 0.01
        x += 0.02
        cue = self.rng.integers(0, 2, (2, self.B))
        x[:100, :, 0] += self.bump * cue[0]
        x[-100:, :, 1] += self.bump * cue[1]
        return x, (cue[0] == cue[1]).astype(int)

    def iterate(self):
        self.steps += 1
        gradients = self.net.gradients(*self.trials())
        scale = float(self.rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        for i, (w, g, (m, s)) in enumerate(zip(self.weights, gradients, self.moments)):
            if i < 3:
                g = g + self.l2 * w
            m += 0.1 * (g - m)
            s += 0.001 * (g * g - s)
            w -= scale * m / (np.sqrt(s) + 1e-8)
        for w in self.weights[1:3]:
            w[w * self.sign < 0] = 0


def measure(dtype, iterations):
    training, times = Training(dtype), []
    for _ in range(WARM_UP + iterations):
        start = time.perf_counter()
        training.iterate()
        times.append(1000 * (time.perf_counter() - start))
    print(*(f"{t:.3f}" for t in times[WARM_UP:]))


def answer(problem):
    p, h = problem, problem["hyper"]
    net = Network(p["W_in"], p["W_rec"], np.transpose(p["W_out"]), p["b_out"], p["type"],
                  h["eta"], h["c_v"], np.array(h["mu"]), h["T"], h["B"], np.dtype("float64"))
    g_in, g_rec, g_out, g_bias = net.gradients(np.transpose(p["x"], (1, 0, 2)), p["target"])
    json.dump({"W_in": g_in.tolist(), "W_rec": g_rec.tolist(), "W_out": g_out.T.tolist(), "b_out": g_bias.tolist()}, sys.stdout)


if sys.argv[1] == "gradients":
    answer(json.load(sys.stdin))
else:
    measure(np.dtype(sys.argv[2]), int(sys.argv[3]))
