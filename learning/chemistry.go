package learning

import (
	"fmt"
	"math"

	"paracrine/modulator"
)

// ModProp through chemistry: what cells secrete is a substance that takes time to
// be cleared, and room to spread in, before the receptors of synapses hear it,
//
//	M_jα,t = S_jα ψ̄_j,t (B δ_t)_j c_out/(1−κ)
//	c_α,t = P_D ( λ c_α,t-1 + (1−λ) Q Σ_j M_jα,t at the site of j ),   c_α,0 = 0
//	dE/dW_pq = Σ_t ( L_p,t e_pq,t + Σ_α c_α,t at the site of p · g_αpq,t )
//	g_t = Ā g_{t-1} + c_v W̄[:, type p] ē_pq,t-1
//
// with λ = exp(−dt/τ_c), the exact propagator P_D of diffusion in a step
// (modulator.Diffusion) and Q sites; through=mixed has one site, where all cells
// are. A release spreads for the step in which it is secreted, and is cleared
// between steps. The factors 1−λ and Q make the sum of c over steps and its mean
// over sites the same for every τ_c and D, so levels compare at the same strength:
// with τ_c = 0 and κ = 0 a mixed volume is ModProp itself.
//
// Secretion must not wait for errors to come, so ψ and the trace are filtered
// apart, ψ̄ and ē of mdgl:causal=true; the cell's own L_p e_pq is exact. Receptors
// with time constants of their own (modulator.Receptor) have, for Ā,
//
//	g_t = ρ_d g_{t-1} + c_v W̄[:, type p] u_pq,t-1,   u_t = ρ_r u_{t-1} + (1−ρ_r) ē_t
//
// with ρ = exp(−dt/τ): without a rise, and with the decay of a cell's leak, they are
// ModProp's at μ = 0.
//
// Credit has either sign, a concentration has not. carrier=signed says so and lets
// it; carrier=opponent has a second ligand for each, secreted where credit is
// negative, and synapses hear the difference.

// checkChemistry says why options make no sense with what carries the credit. The
// levels are a word apart: where through is given, what it does not have may be given
// too, and has no effect.
func (r *Rule) checkChemistry(given map[string]bool) string {
	for _, option := range []string{"carrier", "clearance", "diffusion", "decay", "rise"} {
		if given[option] && !given["through"] {
			return fmt.Sprintf("%s belongs to substances; give through=mixed or through=lattice too", option)
		}
	}
	switch {
	case given["rise"] && !r.Receptors:
		return "rise belongs to receptors of their own; give decay too"
	case !r.Carried():
		return ""
	case r.Receptors && (given["mu"] || given["guard"] || given["taps"]):
		return fmt.Sprintf("through=%s with decay has receptors with a filter of their own, in which mu, guard and taps have no meaning", r.Through)
	case r.Span > 0:
		return fmt.Sprintf("span=%d changes μ within the trial, and with through=%s receptors have one filter", r.Span, r.Through)
	case r.Diagonal == "zero":
		return fmt.Sprintf("through=%s has cells that cannot tell their own molecules from those of others; diagonal=zero belongs to through=ideal", r.Through)
	case r.Form == "code":
		return fmt.Sprintf("form=code is what a script differentiates, and no substance does that; with through=%s the form is paper", r.Through)
	case r.Dynamics == "full":
		return fmt.Sprintf("dynamics=full has filters that differ from cell to cell; with through=%s it is leak", r.Through)
	case r.Route == "events":
		return fmt.Sprintf("with through=%s synapses hear substances at every step, which route=events does not; use another route", r.Through)
	}
	return ""
}

// forgetChemistry drops the options of substances where none carry credit.
func (r *Rule) forgetChemistry() {
	if !r.Carried() {
		r.Carrier, r.Clearance, r.Diffusion, r.Receptors, r.Rise, r.Decay = "", 0, 0, false, 0, 0
	}
}

// checkStep refuses time constants where the step is not known.
func (r Rule) checkStep(step float64) error {
	if r.Carried() && !(step > 0) {
		return &RuleError{r.Given, "its substances have time constants in ms, and the length of this network's steps is not known"}
	}
	return nil
}

// substances are the concentrations of some trials on their way forward.
type substances struct {
	c         *Credit
	profile   *modulator.Expression
	diffusion *modulator.Diffusion // nil in a mixed volume
	site      []int                // N
	sites     int                  // Q
	rows      int                  // ligands, and their opponents after them
	kept      float64              // λ
	share     float64              // (1−λ) Q c_out/(1−κ)
	amounts   []float64            // trials × rows × sites
	room      []float64            // the same
	present   bool                 // something was secreted
}

// newSubstances makes the fields of trials; NewCredit has checked the torus.
func (c *Credit) newSubstances(trials int) *substances {
	n, torus := c.net.Cells.Size(), c.net.Torus
	s := &substances{c: c, site: make([]int, n), sites: 1, kept: c.remainder(c.Rule.Clearance)}
	if c.Rule.Through == "lattice" {
		s.sites, s.diffusion = torus.Sites(), modulator.NewDiffusion(torus.Space(), c.Rule.Diffusion, c.net.StepMS)
		for p := range s.site {
			s.site[p] = torus.SiteOf(p)
		}
	}
	s.share = (1 - s.kept) * float64(s.sites) * (c.net.ReadoutGain / (1 - c.net.ReadoutDecay))
	s.profile, _ = c.profiles()
	s.rows = s.profile.Ligands
	if c.Rule.Carrier == "opponent" {
		s.rows *= 2
	}
	s.amounts = make([]float64, trials*s.rows*s.sites)
	s.room = make([]float64, len(s.amounts))
	return s
}

// remainder is what is left after a step of what goes with a time constant in ms.
func (c *Credit) remainder(tau float64) float64 {
	if tau == 0 {
		return 0
	}
	return math.Exp(-c.net.StepMS / tau)
}

// begin empties the fields of new trials.
func (s *substances) begin() {
	clear(s.amounts)
	s.present = false
	s.profile, _ = s.c.profiles()
}

// pass clears what a step clears.
func (s *substances) pass() {
	for i := range s.amounts {
		s.amounts[i] *= s.kept
	}
}

// secrete adds what the cells of trial b secrete, given (B δ)_j and ψ̄_j: N each.
func (s *substances) secrete(b int, signal, psi []float64) {
	fields, ligands := at(s.amounts, b, s.trials()), s.profile.Ligands
	for j, l := range signal {
		credit := s.share * (l * psi[j])
		if credit == 0 {
			continue
		}
		s.present = true
		for alpha, strength := range s.profile.Secretion[j*ligands : (j+1)*ligands] {
			amount, row := credit*strength, alpha
			if amount < 0 && s.rows > ligands {
				amount, row = -amount, alpha+ligands
			}
			fields[row*s.sites+s.site[j]] += amount
		}
	}
}

func (s *substances) trials() int { return len(s.amounts) / (s.rows * s.sites) }

// spread lets everything diffuse for a step.
func (s *substances) spread() {
	if s.diffusion != nil {
		s.diffusion.Spread(s.amounts, s.room)
	}
}

// read writes what synapses hear of trial b to concentrations: ligands × sites.
func (s *substances) read(b int, concentrations []float64) {
	fields := at(s.amounts, b, s.trials())
	copy(concentrations, fields)
	if opponents := fields[len(concentrations):]; len(opponents) > 0 {
		for i, x := range opponents {
			concentrations[i] -= x
		}
	}
}

// step takes the substances of one trial to the next step, with errors δ and ψ̄ (N),
// and writes what synapses hear to concentrations: ligands × sites; signal has
// room for B δ.
func (s *substances) step(concentrations, signal, psi, delta []float64) {
	s.pass()
	s.c.signal(signal, delta, 1)
	s.secrete(0, signal, psi)
	s.spread()
	s.read(0, concentrations)
}
