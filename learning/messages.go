package learning

import (
	"paracrine/internal/kernel"
	"paracrine/modulator"
)

// messages are what substances bring to cells from step to step of a record: q̄, by
// which e_pq,t is multiplied for all that the synapse will hear of it. With
// concentrations c, backward,
//
//	k_t = c_t + Āᵀ k_{t+1}                              at every site
//	r_α,t = ρ_r r_α,t+1 + (1−ρ_r) k_α,t                 receptors that rise; else r is k
//	q_p,t = Σ_α c_v W̄[α, type p] r_α,t+1                at the site of p
//	q̄_t = κ q̄_{t+1} + (1−κ) q_t                         ē for e
//
// Lags are truncated as those of other rules: k of s lags continues k of s−1.
type messages struct {
	field    *substances
	rise     []float64   // ligands: ρ_r; nil: receptors do not rise
	signal   []float64   // trials × N: B δ
	heard    []float64   // Steps × trials × ligands × sites: c
	levels   [][]float64 // k: trials × ligands × sites each
	room     []float64   // the same
	risen    []float64   // trials × ligands × sites: r, where they do
	filtered []float64   // Steps × trials × N: q̄
}

func (c *Credit) newMessages(steps, trials int) *messages {
	s := &messages{field: c.newSubstances(trials)}
	row, size := trials*c.net.Cells.Size(), trials*s.field.profile.Ligands*s.field.sites
	s.signal = make([]float64, row)
	if c.Rule.rises() {
		s.rise, s.risen = c.remainders(c.Rule.Rise, s.field.profile.Ligands), make([]float64, size)
	}
	s.filtered, s.heard, s.room = make([]float64, steps*row), make([]float64, steps*size), make([]float64, size)
	levels := 1
	if lags := c.Rule.lags(); lags != all {
		levels = min(lags, steps)
	}
	for range levels {
		s.levels = append(s.levels, make([]float64, size))
	}
	return s
}

// begin takes the substances forward through a record, given ψ̄ as filterPsi
// leaves it, and what they bring backward.
func (s *messages) begin(r *Record, lowPsi []float64) {
	s.field.begin()
	size := r.Trials * s.field.profile.Ligands * s.field.sites
	clear(s.heard[:r.FirstError*size])
	for t := r.FirstError; t < r.Steps; t++ {
		s.release(r, lowPsi, t)
		for b := range r.Trials {
			s.field.read(b, at(s.heard[t*size:(t+1)*size], b, r.Trials))
		}
	}
	s.receive(r, size)
}

// release takes the substances through step t.
func (s *messages) release(r *Record, lowPsi []float64, t int) {
	row := r.Trials * len(s.field.site)
	s.field.pass()
	if r.HasError(t) {
		signal, psi := s.signal[:row], lowPsi[(t+1)*row:(t+2)*row]
		s.field.c.signal(signal, r.ErrorAt(t), r.Trials)
		for b := range r.Trials {
			s.field.secrete(b, at(signal, b, r.Trials), at(psi, b, r.Trials))
		}
	}
	if s.field.present {
		s.field.spread()
	}
}

// receive computes q̄ of all steps, backward.
func (s *messages) receive(r *Record, size int) {
	c, row := s.field.c, r.Trials*len(s.field.site)
	response := c.newResponse(c.spans[0])
	for _, level := range s.levels {
		clear(level)
	}
	clear(s.risen)
	clear(s.filtered[(r.Steps-1)*row : r.Steps*row])
	for t := r.Steps - 2; t >= 0; t-- {
		s.meet(response, s.heard[(t+1)*size:(t+2)*size], r.Trials)
		q, later := s.filtered[t*row:(t+1)*row], s.filtered[(t+1)*row:(t+2)*row]
		s.hear(response, s.reached(size), q, r.Trials)
		for i, x := range q {
			q[i] = low(later[i], x, c.net.ReadoutDecay)
		}
	}
}

// reached is k of the last truncation, or r where receptors rise: trials × ligands ×
// sites, size numbers.
func (s *messages) reached(size int) []float64 {
	k := s.levels[len(s.levels)-1][:size]
	if s.risen == nil {
		return k
	}
	sites := s.field.sites
	for i, x := range k {
		s.risen[i] = low(s.risen[i], x, s.rise[i/sites%len(s.rise)])
	}
	return s.risen[:size]
}

// meet takes every truncation of k one step back, to a step with concentrations c.
func (s *messages) meet(response *modulator.Response, c []float64, trials int) {
	ligands, sites := s.field.profile.Ligands, s.field.sites
	next := s.room[:len(c)]
	for level := len(s.levels) - 1; level >= 0; level-- {
		copy(next, c)
		source := level
		if s.field.c.Rule.lags() != all {
			source--
		}
		if source >= 0 {
			for b := range trials {
				kernel.MatMul(ligands, sites, ligands, response.Propagator.A, 1, ligands,
					at(s.levels[source][:len(c)], b, trials), sites, at(next, b, trials), sites)
			}
		}
		copy(s.levels[level], next)
	}
}

// hear writes q, trials × N, of the k or r reached.
func (s *messages) hear(response *modulator.Response, reached, q []float64, trials int) {
	ligands, sites, n := s.field.profile.Ligands, s.field.sites, len(s.field.site)
	for b := range trials {
		fields := reached[b*ligands*sites:]
		for p, site := range s.field.site {
			sum := 0.0
			for alpha, first := range response.First[p*ligands : (p+1)*ligands] {
				sum += float64(first * fields[alpha*sites+site])
			}
			q[b*n+p] = sum
		}
	}
}

// at is q̄ of step t of a record: trials × N.
func (s *messages) at(t, row int) []float64 { return s.filtered[t*row : (t+1)*row] }
