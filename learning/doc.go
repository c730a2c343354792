// Package learning assigns credit: eligibility traces, learning signals, the
// credit kernels of every rule, gradients, optimisers and constraints, with
// backpropagation through time and real-time recurrent learning as references.
//
// Every rule is one formula with another credit kernel K,
//
//	dE/dW_pq = Σ_t Σ_s Σ_j L_j,t+s ψ_j,t+s K_s(j←p) e_pq,t
//
// and has two forms that agree to rounding: [Credit.Gradient] runs backward
// over a recorded batch of trials (what batch training uses), [Causal] runs
// forward with the network and keeps what each synapse must remember, which is
// brought up to date at every step, or when something arrives (events). Networks
// too large for matrices learn forward only, without end ([Online]). The package reads a network's state and never steps its time.
package learning
