"""One ModProp training iteration of the delayed XOR in NumPy: the peer that
`make bench-peer` measures Paracrine against.

The same arithmetic as `paracrine run delayed-xor --rule modprop` does in one
iteration: 120 leaky ReLU cells, 900 steps, a batch of 32 advancing together,
type-specific ModProp by its adjoint (C numbers per step), gradients as one
matrix product over time, L2, Adam with the epsilon-hat form, Dale's law. Every
step writes into preallocated arrays, and inputs are drawn in one call, so that
NumPy is seen at its best.

Usage: delayed_xor_numpy.py [float64|float32] [iterations]
Prints: milliseconds per iteration (median).
"""

import statistics
import sys
import time

import numpy as np

dtype = np.dtype(sys.argv[1] if len(sys.argv) > 1 else "float64")
iterations = int(sys.argv[2]) if len(sys.argv) > 2 else 20

N, I, M, K, B, T, C = 120, 23, 2, 2, 32, 900, 2
ETA = np.exp(-1 / 100.0)
CV, MU, RATE, L2 = 1 - ETA, 0.25, 5e-4, 5e-4
rng = np.random.default_rng(1)

kind = np.arange(N) >= I  # False inhibitory, True excitatory
sign = np.where(kind, 1.0, -1.0)


def balanced():
    w = np.abs(rng.standard_normal((N, N))) * sign
    w[:, :I] *= -(w[:, I:].sum(1) / w[:, :I].sum(1))[:, None]
    return w / np.abs(np.linalg.eigvals(w)).max()


W_rec = balanced()
np.fill_diagonal(W_rec, 0)
weights = [rng.standard_normal((N, M)), W_rec, balanced()[:K], np.zeros(K)]
weights = [w.astype(dtype) for w in weights]
moments = [(np.zeros_like(w), np.zeros_like(w)) for w in weights]
member = np.stack([~kind, kind], 1).astype(dtype)  # N x C
count = member.sum(0)
diagonal = np.eye(N, dtype=bool)

z = np.zeros((T + 1, B, N), dtype)
h = np.zeros((T + 1, B, N), dtype)
v = np.zeros((B, N), dtype)
drive, scratch = np.zeros((B, N), dtype), np.zeros((B, N), dtype)
bump = (2 * np.exp(-np.linspace(-50, 50, 100) ** 2 / (2 * 25.0**2))).astype(dtype)


def trials():
    x = (0.02 + 0.01 * rng.standard_normal((T, B, M))).astype(dtype)
    cue = rng.integers(0, 2, (2, B))
    x[:100, :, 0] += bump[:, None] * cue[0]
    x[-100:, :, 1] += bump[:, None] * cue[1]
    return x, (cue[0] == cue[1]).astype(int)


def forward(x, W_in, W_rec):
    v[:] = 0
    into, recurrent = np.ascontiguousarray(W_in.T) * CV, np.ascontiguousarray(W_rec.T) * CV
    for t in range(T):
        np.matmul(z[t], recurrent, out=drive)
        np.matmul(x[t], into, out=scratch)
        np.multiply(v, ETA, out=v)
        np.add(v, drive, out=v)
        np.add(v, scratch, out=v)
        np.maximum(v, 0, out=z[t + 1])


def backward(delta, W_rec, W_out):
    mean = member.T @ W_rec @ member / np.outer(count, count)
    A = ETA * np.eye(C) + CV * mean * (count * MU)
    A, back = A.astype(dtype), (CV * mean).astype(dtype)
    L = delta @ W_out  # the only step with an error is the last
    own = (L * (z[T] > 0)).astype(dtype)
    np.multiply(own, CV, out=h[T - 1])
    kappa = own @ member
    for t in range(T - 2, -1, -1):
        np.matmul(kappa @ back, member.T, out=scratch)  # c_v W-bar^T kappa, to cells
        np.multiply(scratch, z[t + 1] > 0, out=scratch)
        np.multiply(h[t + 1], ETA, out=h[t])
        np.multiply(scratch, CV, out=scratch)
        np.add(h[t], scratch, out=h[t])
        kappa = kappa @ A


def iterate(n):
    W_in, W_rec, W_out, b = weights
    x, target = trials()
    forward(x, W_in, W_rec)
    y = z[T] @ W_out.T + b
    p = np.exp(y - y.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(B), target] -= 1
    delta = p / B
    backward(delta, W_rec, W_out)
    hs, zs = h[:T].reshape(T * B, N), z[:T].reshape(T * B, N)
    g_rec = hs.T @ zs + L2 * W_rec
    g_rec[diagonal] = 0
    grads = [hs.T @ x.reshape(T * B, M) + L2 * W_in, g_rec, delta.T @ z[T] + L2 * W_out, delta.sum(0)]
    scale = RATE * np.sqrt(1 - 0.999**n) / (1 - 0.9**n)
    for w, g, (m, s) in zip(weights, grads, moments):
        m += 0.1 * (g - m)
        s += 0.001 * (g * g - s)
        w -= scale * m / (np.sqrt(s) + 1e-8)
    for w in weights[1:3]:
        w[w * sign < 0] = 0


times = []
for n in range(1, iterations + 4):
    start = time.perf_counter()
    iterate(n)
    times.append(time.perf_counter() - start)
print(f"{1000 * statistics.median(times[3:]):.1f}")
