package learning

import (
	"math/bits"
	"slices"

	"paracrine/internal/kernel"
)

// arrivals collects gradients spike by spike. With h known backward, one number
// per cell and step,
//
//	dE/dW_pq = Σ_t h_p,t z_q,t-1 = Σ over the spikes of q of h_p one step later,
//
// one addition per presynaptic spike and postsynaptic cell in place of a product
// over time. Sums stand by presynaptic channel, so that the additions of a spike
// run over consecutive cells.
type arrivals struct {
	cells []float64 // N × N
	input []float64 // M × N
	heard []uint64  // rows × words of M: which inputs are not 0
	begun bool
	share float64 // of channels that may be active at a step; where more are, a matrix product is cheaper
}

// sparseShare is that share: an addition takes the time of about 16 products of
// a matrix product.
const sparseShare = 1.0 / 16

func newArrivals(net *Network) *arrivals {
	m, n, _ := net.Size()
	return &arrivals{cells: make([]float64, n*n), input: make([]float64, m*n), share: sparseShare}
}

// addCells adds what h (rows × N) teaches the synapses from the cells that are
// active before steps from … to−1, and says whether they were few enough.
func (s *arrivals) addCells(h []float64, r *Record, n, from, to int) bool {
	per := words(n)
	active := r.Active[from*r.Trials*per : to*r.Trials*per]
	count := 0
	for _, word := range active {
		count += bits.OnesCount64(word)
	}
	rows := (to - from) * r.Trials
	if float64(count) > s.share*float64(rows*n) {
		return false
	}
	s.begun = true
	rate := r.Rate[from*r.Trials*n:]
	for i, word := range active {
		row := i / per
		for ; word != 0; word &= word - 1 {
			q := i%per*64 + bits.TrailingZeros64(word)
			kernel.Axpy(rate[row*n+q], h[row*n:(row+1)*n], s.cells[q*n:(q+1)*n])
		}
	}
	return true
}

// addInput does the same for inputs (rows × M).
func (s *arrivals) addInput(h, input []float64, n, m int) bool {
	per, count := words(m), 0
	s.heard = slices.Grow(s.heard[:0], len(input)/m*per)[:len(input)/m*per]
	for row := 0; row*m < len(input); row++ {
		heard := s.heard[row*per : (row+1)*per]
		kernel.NonZero(heard, input[row*m:(row+1)*m])
		for _, word := range heard {
			count += bits.OnesCount64(word)
		}
	}
	if float64(count) > s.share*float64(len(input)) {
		return false
	}
	s.begun = true
	for i, word := range s.heard {
		row := i / per
		for ; word != 0; word &= word - 1 {
			q := i%per*64 + bits.TrailingZeros64(word)
			kernel.Axpy(input[row*m+q], h[row*n:(row+1)*n], s.input[q*n:(q+1)*n])
		}
	}
	return true
}

// settle moves the sums to the gradient.
func (s *arrivals) settle(g *Gradient, n, m int) {
	if !s.begun {
		return
	}
	for p := range n {
		for q := range n {
			g.Rec[p*n+q] += s.cells[q*n+p]
		}
		for q := range m {
			g.In[p*m+q] += s.input[q*n+p]
		}
	}
	clear(s.cells)
	clear(s.input)
	s.begun = false
}
