package learning

import (
	"math/bits"

	"paracrine/internal/kernel"
)

// Record is what a batch of trials leaves behind for the backward form of a
// rule: everything row-major, step slowest, then trial, then channel.
type Record struct {
	Steps, Trials int
	Input         []float64 // Steps × Trials × M
	Rate          []float64 // (Steps+1) × Trials × N; z_0 = 0 comes first
	Active        []uint64  // (Steps+1) × Trials × words: bit p says whether z of cell p is positive
	Psi           []float64 // Steps × Trials × N: ψ of spiking cells; nil for rate cells, whose ψ is Active
	Error         []float64 // Steps × Trials × K: δ = ∂E/∂y
	FirstError    int       // first step with a learning signal; Steps when none
	LastError     int       // last step with a learning signal; −1 when none
}

// NewRecord makes room for a batch of trials of a network.
func NewRecord(net *Network, steps, trials int) *Record {
	m, n, k := net.Size()
	r := &Record{
		Steps: steps, Trials: trials,
		Input:      make([]float64, steps*trials*m),
		Rate:       make([]float64, (steps+1)*trials*n),
		Active:     make([]uint64, (steps+1)*trials*words(n)),
		Error:      make([]float64, steps*trials*k),
		FirstError: steps, LastError: -1,
	}
	if net.spiking() != nil {
		r.Psi = make([]float64, steps*trials*n)
	}
	return r
}

// InputAt is the input of step t = 0 … Steps−1: Trials × M.
func (r *Record) InputAt(t int) []float64 { return at(r.Input, t, r.Steps) }

// RateBefore and RateAt are z before and after step t: Trials × N.
func (r *Record) RateBefore(t int) []float64 { return at(r.Rate, t, r.Steps+1) }

// RateAt is z after step t.
func (r *Record) RateAt(t int) []float64 { return at(r.Rate, t+1, r.Steps+1) }

// ActiveBefore and ActiveAt are the cells with a positive z before and after
// step t: Trials × words of 64 cells.
func (r *Record) ActiveBefore(t int) []uint64 { return at(r.Active, t, r.Steps+1) }

// ActiveAt is the active cells after step t.
func (r *Record) ActiveAt(t int) []uint64 { return at(r.Active, t+1, r.Steps+1) }

// SetSpikes makes z (Trials × N, of spiking cells) what it is after step t. The
// rates of a record are far more than a cache holds, and nearly all of them 0:
// only those that change are touched.
func (r *Record) SetSpikes(t int, z []float64) {
	marks, rate := r.ActiveAt(t), r.RateAt(t)
	per, n := len(marks)/r.Trials, len(rate)/r.Trials
	for i := range r.Trials {
		own, rate, z := marks[i*per:(i+1)*per], rate[i*n:(i+1)*n], z[i*n:(i+1)*n]
		set(rate, own, 0)
		kernel.Mask(own, z)
		set(rate, own, 1)
	}
}

// set gives the marked elements a value.
func set(x []float64, marks []uint64, value float64) {
	for i, word := range marks {
		for ; word != 0; word &= word - 1 {
			x[i*64+bits.TrailingZeros64(word)] = value
		}
	}
}

// PsiAt is ψ of spiking cells at step t: Trials × N; nil for rate cells.
func (r *Record) PsiAt(t int) []float64 {
	if r.Psi == nil {
		return nil
	}
	return at(r.Psi, t, r.Steps)
}

// AppendActive appends the cells that are active in some trial before one of the
// steps from … to−1, in ascending order.
func (r *Record) AppendActive(cells []int, from, to int) []int {
	row := len(r.Active) / (r.Steps + 1)
	per := row / r.Trials
	marks := r.Active[from*row : to*row]
	for w := range per {
		var any uint64
		for i := w; i < len(marks); i += per {
			any |= marks[i]
		}
		for ; any != 0; any &= any - 1 {
			cells = append(cells, w*64+bits.TrailingZeros64(any))
		}
	}
	return cells
}

func words(cells int) int { return (cells + 63) / 64 }

// ErrorAt is δ at step t: Trials × K.
func (r *Record) ErrorAt(t int) []float64 { return at(r.Error, t, r.Steps) }

// HasError says whether there can be a learning signal at step t.
func (r *Record) HasError(t int) bool { return t >= r.FirstError && t <= r.LastError }

func at[T any](x []T, t, steps int) []T {
	row := len(x) / steps
	return x[t*row : (t+1)*row : (t+1)*row]
}

// Gradient is dE/dW for the trainable arrays, in the shapes of the network's.
type Gradient struct {
	In, Rec, Out, Bias []float64
	Feedback           []float64 // of an adaptive B, by TeachFeedback; nil where there is none
}

// NewGradient makes a zero gradient for a network.
func NewGradient(net *Network) *Gradient {
	g := &Gradient{
		In: make([]float64, len(net.In.W)), Rec: make([]float64, len(net.Rec.W)),
		Out: make([]float64, len(net.Out.W)), Bias: make([]float64, len(net.Bias)),
	}
	if net.AdaptiveFeedback != nil {
		g.Feedback = make([]float64, len(net.AdaptiveFeedback))
	}
	return g
}

// Arrays are the gradient's arrays in the order of Network.Arrays.
func (g *Gradient) Arrays() [][]float64 {
	arrays := g.ofLoss()
	if g.Feedback != nil {
		arrays = append(arrays, g.Feedback)
	}
	return arrays
}

// ofLoss are the arrays that the loss has a gradient of; it has none of B.
func (g *Gradient) ofLoss() [][]float64 { return [][]float64{g.In, g.Rec, g.Out, g.Bias} }

// Clear sets the gradient to zero.
func (g *Gradient) Clear() {
	for _, a := range g.Arrays() {
		clear(a)
	}
}

// Add adds another gradient.
func (g *Gradient) Add(other *Gradient) {
	for i, a := range g.Arrays() {
		for j, x := range other.Arrays()[i] {
			a[j] += x
		}
	}
}
