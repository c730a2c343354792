package problem

// Problem is one network, one batch of trials and one loss: enough to ask what
// gradient a learning rule delivers. Arrays are row-major in the shapes given.
type Problem struct {
	Name  string
	Hyper Hyper

	Type []int     // N: cell type of every cell
	Sign []float64 // N: +1 or −1, the sign of the cell's outgoing weights; nil when not given
	Beta []float64 // N: adaptation strength; nil when not given (rate and lif cells have none)

	LossWeight []float64 // T: weight of every step in the loss; 0 where there is no learning signal

	WIn  []float64 // N × M
	WRec []float64 // N × N, [post, pre], diagonal 0
	WOut []float64 // N × K, [cell, readout]
	BOut []float64 // K
	BFb  []float64 // N × K, fixed random feedback; nil when not given

	Torus []int // rows and columns, N sites; cell p is at site p; nil when not given

	X      []float64 // B × T × M
	Target []float64 // squared error: B × T × K; nil for cross-entropy
	Class  []int     // cross-entropy: B; nil for squared error

	Warnings []string // e.g. keys that are not part of the format and were ignored
}

// Hyper holds sizes and constants.
type Hyper struct {
	Model           string // rate, lif, alif
	N, T, B         int    // cells, steps, trials
	Inputs          int    // n_in: M
	Outputs         int    // n_out: K
	Types           int    // n_types
	Eta, CV         float64
	Threshold       float64 // thr
	Kappa, COut     float64
	Loss            string    // mse, ce
	Mu              []float64 // per type; one value is spread over the types
	Gamma           float64
	Surrogate       string // one of neuron.Surrogates
	RefractorySteps int    // n_ref
	Rho, CA         float64
}
