package modulator

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"

	"paracrine/internal/kernel"
)

// Expression says in what degree every cell secretes and hears each ligand. It
// is the feedback matrix through which credit returns from cell j to a synapse
// onto cell p,
//
//	W_fb[j, p] = Σ_l Secretion[j, l] Reception[p, l] − [j = p] Self[p],
//
// a sum over ligands l. Types are the special case of indicator profiles, one
// ligand per cell is the full matrix.
type Expression struct {
	Cells, Ligands int
	Secretion      []float64 // Cells × Ligands, row-major
	Reception      []float64 // Cells × Ligands, row-major
	Self           []float64 // Cells; nil when a cell may hear itself

	secretionT, receptionT []float64 // Ligands × Cells
}

// NewExpression makes profiles for the given numbers of cells and ligands.
func NewExpression(cells, ligands int) *Expression {
	n := cells * ligands
	return &Expression{
		Cells: cells, Ligands: ligands,
		Secretion: make([]float64, n), Reception: make([]float64, n),
		secretionT: make([]float64, n), receptionT: make([]float64, n),
	}
}

// Cellwise sets W_fb = w (Cells × Cells, [post, pre]): one ligand for every
// cell, heard in proportion to the synapse it stands for. Ligands must be Cells.
func (e *Expression) Cellwise(w []float64) {
	n := e.Cells
	for j := range n {
		e.Secretion[j*n+j] = 1
		for p := range n {
			e.Reception[p*n+j] = w[j*n+p]
		}
	}
	e.transpose()
}

// Typewise sets W_fb[j, p] = mean[type j, type p]: ligand α is secreted by type
// α and heard by type β in the degree mean[α, β]. When selfless, a cell does not
// hear itself. Ligands must be the number of types.
func (e *Expression) Typewise(mean []float64, types []int, selfless bool) {
	c := e.Ligands
	clear(e.Secretion)
	for p, beta := range types {
		e.Secretion[p*c+beta] = 1
		for alpha := range c {
			e.Reception[p*c+alpha] = mean[alpha*c+beta]
		}
	}
	e.Self = nil
	if selfless {
		e.Self = make([]float64, e.Cells)
		for p, beta := range types {
			e.Self[p] = mean[beta*c+beta]
		}
	}
	e.transpose()
}

// TypeMeans is W̄[α, β]: the mean of the whole block post α, pre β of w (n × n),
// absent synapses and the diagonal included as zeros. The result is row-major,
// count × count.
func TypeMeans(w []float64, types []int, count int) []float64 {
	n := len(types)
	sum, pairs := make([]float64, count*count), make([]float64, count*count)
	for j, alpha := range types {
		for p, beta := range types {
			sum[alpha*count+beta] += w[j*n+p]
			pairs[alpha*count+beta]++
		}
	}
	for i, k := range pairs {
		if k > 0 {
			sum[i] /= k
		}
	}
	return sum
}

// ExistingMeans is the mean over the existing synapses (w ≠ 0) of every type
// block, given back to those synapses only: n × n, row-major. Source: the MDGL
// authors' script, "existing synapses" variant (Liu et al., PNAS 2021).
func ExistingMeans(w []float64, types []int, count int) []float64 {
	n := len(types)
	sum, pairs := make([]float64, count*count), make([]float64, count*count)
	for j, alpha := range types {
		for p, beta := range types {
			if w[j*n+p] != 0 {
				sum[alpha*count+beta] += w[j*n+p]
				pairs[alpha*count+beta]++
			}
		}
	}
	out := make([]float64, len(w))
	for j, alpha := range types {
		for p, beta := range types {
			if w[j*n+p] != 0 {
				out[j*n+p] = sum[alpha*count+beta] / pairs[alpha*count+beta]
			}
		}
	}
	return out
}

// Graded sets the best factorisation of w (Cells × Cells) into Ligands terms,
// the truncated singular value decomposition W ≈ (U Σ) Vᵀ: secretion U Σ,
// reception V.
func (e *Expression) Graded(w []float64) error {
	if err := checkFinite("the recurrent weights", w); err != nil {
		return err
	}
	var svd mat.SVD
	n, c := e.Cells, e.Ligands
	if !svd.Factorize(mat.NewDense(n, n, w), mat.SVDThin) {
		return fmt.Errorf("modulator: the singular value decomposition of the recurrent weights did not converge")
	}
	var v mat.Dense
	svd.VTo(&v)
	for p := range n {
		for l := range c {
			e.Reception[p*c+l] = v.At(p, l)
		}
	}
	e.secrete(w)
	return nil
}

// Track follows w after a small change: one step of orthogonal iteration,
// R ← orth(Wᵀ W R), S = W R. Its fixed point is what Graded computes; a step
// costs as much as one trial step instead of a decomposition. A ligand that fell
// silent could not come back that way; then w is decomposed anew.
func (e *Expression) Track(w []float64) error {
	n, c := e.Cells, e.Ligands
	e.secrete(w)
	next := make([]float64, n*c)
	kernel.MatMul(n, c, n, w, 1, n, e.Secretion, c, next, c)
	if !orthonormalise(next, n, c) {
		return e.Graded(w)
	}
	copy(e.Reception, next)
	e.secrete(w)
	return nil
}

// SetReception restores reception profiles (Cells × Ligands) and the secretion that follows from w.
func (e *Expression) SetReception(reception, w []float64) {
	copy(e.Reception, reception)
	e.secrete(w)
}

// secrete sets S = W R, the best secretion for orthonormal reception profiles.
func (e *Expression) secrete(w []float64) {
	n, c := e.Cells, e.Ligands
	clear(e.Secretion)
	kernel.MatMul(n, c, n, w, n, 1, e.Reception, c, e.Secretion, c)
	e.transpose()
}

// orthonormalise makes the columns of a (n × c) orthonormal, by modified
// Gram–Schmidt, and says whether that was possible: no column may vanish.
func orthonormalise(a []float64, n, c int) bool {
	for l := range c {
		for pass := 0; pass < 2; pass++ {
			for k := range l {
				dot := 0.0
				for i := range n {
					dot = math.FMA(a[i*c+l], a[i*c+k], dot)
				}
				for i := range n {
					a[i*c+l] = math.FMA(-dot, a[i*c+k], a[i*c+l])
				}
			}
		}
		norm := 0.0
		for i := range n {
			norm = math.FMA(a[i*c+l], a[i*c+l], norm)
		}
		if norm = math.Sqrt(norm); !(norm > 0) {
			return false
		}
		for i := range n {
			a[i*c+l] /= norm
		}
	}
	return true
}

func (e *Expression) transpose() {
	for j := range e.Cells {
		for l := range e.Ligands {
			e.secretionT[l*e.Cells+j] = e.Secretion[j*e.Ligands+l]
			e.receptionT[l*e.Cells+j] = e.Reception[j*e.Ligands+l]
		}
	}
}

// Return adds x W_fb to y: x and y are trials × Cells; released holds at least
// trials × Ligands and is overwritten with what was secreted of each ligand.
func (e *Expression) Return(y, x, released []float64, trials int) {
	n, c := e.Cells, e.Ligands
	released = released[:trials*c]
	clear(released)
	kernel.MatMul(trials, c, n, x, n, 1, e.Secretion, c, released, c)
	kernel.MatMul(trials, n, c, released, c, 1, e.receptionT, n, y, n)
	if e.Self == nil {
		return
	}
	for b := range trials {
		for p, own := range e.Self {
			y[b*n+p] = math.FMA(-own, x[b*n+p], y[b*n+p])
		}
	}
}

// Matrix writes W_fb out in full: Cells × Cells, [post j, pre p].
func (e *Expression) Matrix() []float64 {
	n, c := e.Cells, e.Ligands
	w := make([]float64, n*n)
	kernel.MatMul(n, n, c, e.Secretion, c, 1, e.receptionT, n, w, n)
	for p, own := range e.Self {
		w[p*n+p] -= own
	}
	return w
}
