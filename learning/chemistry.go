package learning

import (
	"fmt"
	"math"
	"slices"

	"paracrine/modulator"
)

// ModProp through chemistry: what cells secrete is a substance that takes time to
// be cleared, and room to spread in, before the receptors of synapses hear it,
//
//	M_jα,t = S_jα ψ̄_j,t (B δ_t)_j c_out/(1−κ)
//	c_α,t = P_α ( λ_α c_α,t-1 + (1−λ_α) Q Σ_j M_jα,t at the site of j ),   c_α,0 = 0
//	dE/dW_pq = Σ_t ( L_p,t e_pq,t + Σ_α c_α,t at the site of p · g_αpq,t )
//	g_t = Ā g_{t-1} + c_v W̄[:, type p] ē_pq,t-1
//
// with λ = exp(−dt/τ_c), the exact propagator P of diffusion with D in a step
// (modulator.Diffusion) and Q sites; through=mixed has one site, where all cells
// are. It is the ligand's equation as modulator.Lattice and modulator.Mixed solve it,
// read at every step. A release spreads for the step in which it is secreted, and is
// cleared between steps: to them it is M (1−λ) Q/λ at the beginning of a step, read at
// its end. The factors 1−λ and Q make the sum of c over steps and its mean over sites
// the same for every τ_c and D, so levels compare at the same strength (boundaries that
// absorb take some of it away): with τ_c = 0 and κ = 0 a mixed volume is ModProp itself.
//
// Secretion must not wait for errors to come, so ψ and the trace are filtered
// apart, ψ̄ and ē of mdgl:causal=true; the cell's own L_p e_pq is exact. Receptors
// with time constants of their own (modulator.Receptor) have, for Ā and g,
//
//	g_t = ρ_d g_{t-1} + c_v W̄[:, type p] ē_pq,t-1,   h_t = ρ_r h_{t-1} + (1−ρ_r) g_t
//
// with ρ = exp(−dt/τ), and synapses hear h: without a rise, and with the decay of a
// cell's leak, they are ModProp's at μ = 0.
//
// Credit has either sign, a concentration has not. carrier=signed says so and lets
// it; carrier=opponent has a second ligand for each, secreted where credit is
// negative, and synapses hear the difference.

// Chemistry is the substances that carry credit, as the modulators of a network
// (Network.Chemistry) or the options of a rule describe them. What is nil, or "", is
// not said. Of ligands and their receptors there is one value for all, or one for
// that of every cell type.
type Chemistry struct {
	Carrier     string    // signed, opponent
	Clearance   []float64 // τ_c in ms; 0: nothing is left at the next step
	Diffusion   []float64 // D in µm²/ms
	Decay, Rise []float64 // of receptors, τ_d and τ_r in ms; without Decay they are ModProp's propagator
}

// plain is the chemistry where nobody says more.
var plain = Chemistry{Carrier: "signed", Clearance: []float64{0}, Diffusion: []float64{1}, Rise: []float64{0}}

// or is the chemistry, and another's where it says nothing.
func (c Chemistry) or(other Chemistry) Chemistry {
	if c.Carrier == "" {
		c.Carrier = other.Carrier
	}
	for _, q := range []struct {
		own   *[]float64
		other []float64
	}{{&c.Clearance, other.Clearance}, {&c.Diffusion, other.Diffusion}, {&c.Decay, other.Decay}, {&c.Rise, other.Rise}} {
		if *q.own == nil {
			*q.own = q.other
		}
	}
	return c
}

// In is the rule in a network of some cell types whose modulators have a chemistry:
// that is the rule's, where its options do not say otherwise. A rule with which that
// makes no sense is a *RuleError.
func (r Rule) In(modulators Chemistry, types int) (Rule, error) {
	if !r.Carried() {
		return r, nil
	}
	r.Chemistry = r.Chemistry.or(modulators).or(plain)
	if problem := r.checkReceptors(); problem != "" {
		return r, &RuleError{r.Given, problem}
	}
	for _, values := range [][]float64{r.Clearance, r.Diffusion, r.Decay, r.Rise} {
		switch {
		case len(values) > 1 && len(values) != types:
			return r, &RuleError{r.Given, fmt.Sprintf("the network has %d modulators for %d cell types; allowed are 1 or %d", len(values), types, types)}
		case len(values) > 1 && r.Weights == "expression":
			return r, &RuleError{r.Given, "its ligands belong to no cell type, and the modulators of this network differ from type to type; use weights=type or weights=cell, or one modulator for all cells"}
		}
	}
	return r, nil
}

// checkReceptors says why options make no sense with receptors of their own.
func (r *Rule) checkReceptors() string {
	if r.Decay != nil && (r.Mu != nil || r.MeanDerivative || r.Guard != "" || r.Taps > 0) {
		return fmt.Sprintf("through=%s with decay has receptors with a filter of their own, in which mu, guard and taps have no meaning", r.Through)
	}
	return ""
}

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
	case given["rise"] && !given["decay"]:
		return "rise belongs to receptors of their own; give decay too"
	case !r.Carried():
		return ""
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
	return r.checkReceptors()
}

// checkStep refuses time constants where the step is not known.
func (r Rule) checkStep(step float64) error {
	if r.Carried() && !(step > 0) {
		return &RuleError{r.Given, "its substances have time constants in ms, and the length of this network's steps is not known"}
	}
	return nil
}

// ofLigands gives every ligand its value, given one for all or one per cell type.
func (c *Credit) ofLigands(values []float64, ligands int) []float64 {
	all := make([]float64, ligands)
	for l := range all {
		switch {
		case len(values) == 1:
			all[l] = values[0]
		case c.Rule.Weights == "type":
			all[l] = values[l]
		default: // a ligand per cell
			all[l] = values[c.net.Type[l]]
		}
	}
	return all
}

// remainders are what is left of every ligand after a step of what goes with time
// constants in ms.
func (c *Credit) remainders(taus []float64, ligands int) []float64 {
	left := c.ofLigands(taus, ligands)
	for l, tau := range left {
		left[l] = c.remainder(tau)
	}
	return left
}

// remainder is what is left after a step of what goes with a time constant in ms.
func (c *Credit) remainder(tau float64) float64 {
	if tau == 0 {
		return 0
	}
	return math.Exp(-c.net.StepMS / tau)
}

// receives says whether receptors have a filter of their own.
func (r Rule) receives() bool { return r.Carried() && r.Decay != nil }

// rises says whether such receptors take time to begin to hear.
func (r Rule) rises() bool { return r.receives() && slices.Max(r.Rise) > 0 }

// substances are the concentrations of some trials on their way forward.
type substances struct {
	c       *Credit
	profile *modulator.Expression
	spreads []spreading      // nil in a mixed volume
	space   *modulator.Space // that they spread over
	site    []int            // N
	sites   int              // Q
	rows    int              // ligands, and their opponents after them
	kept    []float64        // ligands: λ
	share   []float64        // ligands: (1−λ) Q c_out/(1−κ)
	amounts []float64        // trials × rows × sites
	room    []float64        // the same
	present bool             // something was secreted
}

// spreading is how neighbouring rows diffuse that do so alike.
type spreading struct {
	from, to int
	*modulator.Diffusion
}

// newSubstances makes the fields of trials; NewCredit has checked the places.
func (c *Credit) newSubstances(trials int) *substances {
	s := &substances{c: c, site: make([]int, c.net.Cells.Size()), sites: 1}
	s.profile, _ = c.profiles()
	ligands := s.profile.Ligands
	s.rows = ligands
	if c.Rule.Carrier == "opponent" {
		s.rows *= 2
	}
	if c.Rule.Through == "lattice" {
		s.place()
	}
	s.kept, s.share = c.remainders(c.Rule.Clearance, ligands), make([]float64, ligands)
	for l, kept := range s.kept {
		s.share[l] = (1 - kept) * float64(s.sites) * (c.net.ReadoutGain / (1 - c.net.ReadoutDecay))
	}
	s.amounts = make([]float64, trials*s.rows*s.sites)
	s.room = make([]float64, len(s.amounts))
	return s
}

// place gives the cells their sites on the lattice, and the ligands their diffusion.
func (s *substances) place() {
	net := s.c.net
	if s.space = net.Field; s.space != nil {
		copy(s.site, net.FieldSite)
	} else {
		torus := net.Torus.Space()
		s.space = &torus
		for p := range s.site {
			s.site[p] = net.Torus.SiteOf(p)
		}
	}
	s.sites = s.space.Sites()
	coefficients := s.c.ofLigands(s.c.Rule.Diffusion, s.profile.Ligands)
	for from := 0; from < s.rows; {
		d, to := coefficients[from%len(coefficients)], from+1
		for to < s.rows && coefficients[to%len(coefficients)] == d {
			to++
		}
		s.spreads = append(s.spreads, spreading{from, to, modulator.NewDiffusion(*s.space, d, net.StepMS)})
		from = to
	}
}

// begin empties the fields of new trials.
func (s *substances) begin() {
	clear(s.amounts)
	s.present = false
	s.profile, _ = s.c.profiles()
}

// pass clears what a step clears.
func (s *substances) pass() {
	for row := range len(s.amounts) / s.sites {
		kept := s.kept[row%len(s.kept)]
		for i := range s.sites {
			s.amounts[row*s.sites+i] *= kept
		}
	}
}

// secrete adds what the cells of trial b secrete, given (B δ)_j and ψ̄_j: N each.
func (s *substances) secrete(b int, signal, psi []float64) {
	fields, ligands := at(s.amounts, b, s.trials()), s.profile.Ligands
	for j, l := range signal {
		credit := l * psi[j]
		if credit == 0 {
			continue
		}
		s.present = true
		for alpha, strength := range s.profile.Secretion[j*ligands : (j+1)*ligands] {
			amount, row := float64(s.share[alpha]*credit)*strength, alpha
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
	for b := range s.trials() {
		fields := at(s.amounts, b, s.trials())
		for _, d := range s.spreads {
			d.Spread(fields[d.from*s.sites:d.to*s.sites], s.room)
		}
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
