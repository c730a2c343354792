package learning

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"paracrine/modulator"
)

// Rule is a learning rule with its options, as ParseRule reads it.
type Rule struct {
	Given string // as written
	Name  string // bptt, rtrl, tbptt, eprop, rflo, mdgl, modprop, diffusion

	Window, Hops, Chunk int       // tbptt, steps; one of them is positive
	Feedback            string    // symmetric, random, sparse, frozen, adaptive: B in L = B δ
	Density             float64   // with feedback=sparse: share of B that is not zero
	Weights             string    // cell, type, existing, expression: W_fb
	Ligands             int       // with weights=expression
	Diagonal            string    // fill, zero: of the type means
	Causal              bool      // mdgl: the authors' separately filtered form
	Form                string    // paper, code
	Mu                  []float64 // one value, or one per type; nil takes the context's
	MeanDerivative      bool      // μ is the running mean of ψ per type
	Span                int       // steps over which that mean is taken; 0 is the whole trial
	Guard               string    // on, off; "" takes the context's
	Taps                int       // lags kept; 0 is all
	Dynamics            string    // leak, full
	Reset               string    // 0, 1: whether the reset of spiking cells is differentiated; "" takes the population's
	Kept                float64   // diffusion: k, what is left of the field after a step
	Radius              int       // diffusion: r, how many sites the field spreads in a step
	Shuffle             string    // diffusion: none, fixed, step: whether cells keep the network's sites
	Through             string    // modprop: ideal, mixed, lattice: what carries credit from cell to cell
	Carrier             string    // modprop through chemistry: signed, opponent
	Clearance           float64   // modprop through chemistry: τ_c in ms
	Diffusion           float64   // through=lattice: D in µm²/ms
	Receptors           bool      // modprop through chemistry: Rise and Decay stand for the propagator
	Rise, Decay         float64   // of receptors: τ_r, τ_d in ms
	Route               string    // state-space, events, taps, adjoint; "" chooses
}

// DefaultMu stands for the mean derivative when neither the rule nor its context gives one.
const DefaultMu = 0.25

// Option documents one option of a rule.
type Option struct{ Name, Values, Default, Meaning string }

// RuleKind documents a rule.
type RuleKind struct {
	Name, Meaning, Source string
	Options               []Option
}

var routeOption = Option{"route", "state-space|events|adjoint", "adjoint in batches, state-space online",
	"which of equal computations: every synapse at every step, a synapse when something arrives at it, or backward over the trial"}

var feedbackOption = Option{"feedback", "symmetric|random|sparse|frozen|adaptive", "symmetric",
	"B of the learning signal L = B δ: W_outᵀ, fixed random, random and mostly zero, a copy of the initial W_outᵀ, or random at first and updated as W_out is"}

var densityOption = Option{"density", "number", "0.1", "with feedback=sparse: share of B that is not zero"}

// defaultDensity is densityOption's.
const defaultDensity = 0.1

var resetOption = Option{"reset", "0|1", "0 unless the network's convention is 1",
	"spiking cells: whether the reset −ϑ z is differentiated, in traces and in what passes through cells"}

// RuleKinds lists every rule with its options.
func RuleKinds() []RuleKind {
	return []RuleKind{
		{"bptt", "exact gradient, backward through the trial", "Werbos 1990", []Option{resetOption}},
		{"rtrl", "exact gradient, forward with the trial; N³ numbers per trial", "Williams & Zipser 1989", []Option{resetOption}},
		{"tbptt", "truncated BPTT; exactly one option must be given", "Williams & Peng 1990", []Option{
			{"window", "steps", "", "every error goes back at most this many steps"},
			{"hops", "steps", "", "errors leave through recurrent synapses up to this lag, traces are uncut"},
			{"chunk", "steps", "", "the gradient stops at the borders of chunks of this length"},
			resetOption,
		}},
		{"eprop", "eligibility traces times the cell's own learning signal", "Bellec et al. 2020", []Option{routeOption, feedbackOption, densityOption, resetOption}},
		{"rflo", "e-prop's name on rate cells with random feedback", "Murray 2019", []Option{
			routeOption,
			{"feedback", "random|sparse|frozen|adaptive", "random", feedbackOption.Meaning},
			densityOption,
			resetOption,
		}},
		{"mdgl", "e-prop plus a one-step messenger between cells", "Liu et al. 2021", []Option{
			{"weights", "cell|type|existing", "type", "W_fb: the synapse's weight, the mean of its type block, or the mean over the block's synapses given back to them"},
			{"diagonal", "fill|zero", "fill", "with weights=type: whether a cell hears itself"},
			{"causal", "false|true", "false", "filter ψ and the trace separately with κ, as the authors' online form does"},
			routeOption,
			feedbackOption,
			densityOption,
			resetOption,
		}},
		{"modprop", "messengers whose receptors filter the eligibility trace at every lag", "Liu et al. 2022", []Option{
			{"weights", "cell|type|expression", "type", "W_fb: the synapse's weight, the mean of its type block, or graded expression of a few ligands"},
			{"ligands", "number", "4", "with weights=expression: how many ligands"},
			{"diagonal", "fill|zero", "fill", "with weights=type: whether a cell hears itself"},
			{"form", "paper|code", "paper", "ψ of the receiving cell exact, or replaced by μ as the authors' script differentiates"},
			{"mu", "number|number/number/…|mean-derivative", "0.25", "mean derivative of the cells passed through: one value, one per type, or the running mean of ψ per type"},
			{"span", "all|steps", "all", "with mu=mean-derivative: one mean for the whole trial, or one for every so many steps of it"},
			{"guard", "on|off", "on in training, off in gradients", "scale μ down so that the spectral radius of the filter's propagator stays below 1"},
			{"taps", "all|number", "all", "lags of the filter"},
			{"through", "ideal|mixed|lattice", "ideal", "what carries credit from cell to cell: nothing that takes time or room, one well-stirred volume for each ligand, or ligands that diffuse over the network's torus"},
			{"carrier", "signed|opponent", "signed", "mixed and lattice: a ligand whose concentration may be negative, or two whose difference is heard; equal to rounding"},
			{"clearance", "number of ms", "0", "mixed and lattice: time constant with which ligands are cleared; with 0 nothing is left at the next step"},
			{"diffusion", "number of µm²/ms", "1", "lattice: diffusion coefficient of the ligands"},
			{"decay", "number of ms", "", "mixed and lattice: receptors with a decay of their own instead of ModProp's propagator; with 0 they hear one step"},
			{"rise", "number of ms", "0", "with decay: time constant with which receptors begin to hear"},
			{"dynamics", "leak|full", "leak", "what the filter contains of the cells passed through: leak, or adaptation and reset too, with μ for their ψ (the same on rate cells)"},
			{"route", "state-space|events|taps|adjoint", "adjoint in batches, state-space online",
				"which of equal computations: every synapse at every step, a synapse when something arrives at it, stored traces, or backward over the trial"},
			feedbackOption,
			densityOption,
			resetOption,
		}},
		{"diffusion", "e-prop whose learning signals spread over a torus and linger there", "Barretto-Bittar et al. 2026", []Option{
			{"k", "number from 0 to 1", "0.75", "what is left of the field of learning signals after a step; with 0 it is e-prop"},
			{"radius", "number", "1", "how many rows and columns away the field spreads in a step; with 0 it lingers where it is"},
			{"shuffle", "none|fixed|step", "none", "whether cells are where the network has them, changed places once, or change places at every step: controls that take away what neighbours have in common"},
			routeOption,
			feedbackOption,
			resetOption,
		}},
	}
}

// RuleError says what is wrong with a rule as written.
type RuleError struct{ Rule, Problem string }

// Error names the rule and the problem.
func (e *RuleError) Error() string { return fmt.Sprintf("rule %q: %s", e.Rule, e.Problem) }

// ParseRule reads a rule written name:option=value,option=value. Unknown names,
// values out of range, and options that make no sense together are a *RuleError.
func ParseRule(text string) (Rule, error) {
	r := Rule{Given: text}
	fail := func(format string, args ...any) (Rule, error) {
		return Rule{}, &RuleError{text, fmt.Sprintf(format, args...)}
	}
	name, rest, _ := strings.Cut(text, ":")
	kinds := RuleKinds()
	at := slices.IndexFunc(kinds, func(k RuleKind) bool { return k.Name == name })
	if at < 0 {
		return fail("unknown name %q; allowed are %s", name, strings.Join(ruleNames(kinds), ", "))
	}
	kind := kinds[at]
	r.Name = name
	r.setDefaults(kind)
	given := map[string]bool{}
	for _, field := range strings.Split(rest, ",") {
		if field == "" && rest == "" {
			break
		}
		key, value, found := strings.Cut(field, "=")
		if !found {
			return fail("%q is not option=value", field)
		}
		i := slices.IndexFunc(kind.Options, func(o Option) bool { return o.Name == key })
		switch {
		case i < 0:
			return fail("unknown option %q; %s has %s", key, name, strings.Join(optionNames(kind), ", "))
		case given[key]:
			return fail("option %q is given twice", key)
		}
		given[key] = true
		if problem := r.set(kind.Options[i], value); problem != "" {
			return fail("%s", problem)
		}
	}
	if r.Feedback == "sparse" && r.Density == 0 {
		r.Density = defaultDensity
	}
	if problem := r.conflict(given); problem != "" {
		return fail("%s", problem)
	}
	r.forgetChemistry()
	return r, nil
}

func ruleNames(kinds []RuleKind) []string {
	var names []string
	for _, k := range kinds {
		names = append(names, k.Name)
	}
	return names
}

func optionNames(k RuleKind) []string {
	var names []string
	for _, o := range k.Options {
		names = append(names, o.Name)
	}
	return names
}

func (r *Rule) setDefaults(kind RuleKind) {
	r.Feedback = "symmetric"
	for _, o := range kind.Options {
		switch o.Name {
		case "feedback", "weights", "diagonal", "form", "dynamics", "k", "radius", "shuffle",
			"through", "carrier", "clearance", "diffusion", "rise":
			r.set(o, o.Default)
		}
	}
	r.Ligands = 4
}

// set stores one option and returns what is wrong with its value.
func (r *Rule) set(o Option, value string) string {
	notOneOf := func() string {
		return fmt.Sprintf("%s=%s; allowed are %s", o.Name, value, strings.ReplaceAll(o.Values, "|", ", "))
	}
	choice := func(field *string) string {
		if !slices.Contains(strings.Split(o.Values, "|"), value) {
			return notOneOf()
		}
		*field = value
		return ""
	}
	count := func(field *int) string {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			return fmt.Sprintf("%s=%s; allowed are whole numbers from 1", o.Name, value)
		}
		*field = n
		return ""
	}
	switch o.Name {
	case "window":
		return count(&r.Window)
	case "hops":
		return count(&r.Hops)
	case "chunk":
		return count(&r.Chunk)
	case "ligands":
		return count(&r.Ligands)
	case "feedback":
		return choice(&r.Feedback)
	case "weights":
		return choice(&r.Weights)
	case "diagonal":
		return choice(&r.Diagonal)
	case "form":
		return choice(&r.Form)
	case "guard":
		return choice(&r.Guard)
	case "dynamics":
		return choice(&r.Dynamics)
	case "route":
		return choice(&r.Route)
	case "reset":
		return choice(&r.Reset)
	case "shuffle":
		return choice(&r.Shuffle)
	case "through":
		return choice(&r.Through)
	case "carrier":
		return choice(&r.Carrier)
	case "clearance":
		return setQuantity(&r.Clearance, o, value)
	case "diffusion":
		return setQuantity(&r.Diffusion, o, value)
	case "rise":
		return setQuantity(&r.Rise, o, value)
	case "decay":
		r.Receptors = true
		return setQuantity(&r.Decay, o, value)
	case "k":
		return r.setKept(value)
	case "radius":
		return r.setRadius(value)
	case "causal":
		if value != "true" && value != "false" {
			return notOneOf()
		}
		r.Causal = value == "true"
	case "taps":
		if value != "all" {
			return count(&r.Taps)
		}
	case "span":
		if value != "all" {
			return count(&r.Span)
		}
	case "density":
		return r.setDensity(value)
	case "mu":
		return r.setMu(value)
	}
	return ""
}

func (r *Rule) setDensity(value string) string {
	density, err := strconv.ParseFloat(value, 64)
	if err != nil || !(density > 0 && density <= 1) {
		return fmt.Sprintf("density=%s; allowed are numbers above 0, at most 1", value)
	}
	r.Density = density
	return ""
}

func (r *Rule) setMu(value string) string {
	if value == "mean-derivative" {
		r.MeanDerivative = true
		return ""
	}
	for _, part := range strings.Split(value, "/") {
		mu, err := strconv.ParseFloat(part, 64)
		if err != nil || math.IsNaN(mu) || math.IsInf(mu, 0) || mu < 0 {
			return fmt.Sprintf("mu=%s; allowed are numbers from 0, one or one per type separated by /, or mean-derivative", value)
		}
		r.Mu = append(r.Mu, mu)
	}
	return ""
}

func (r *Rule) setKept(value string) string {
	k, err := strconv.ParseFloat(value, 64)
	if err != nil || !(k >= 0 && k <= 1) {
		return fmt.Sprintf("k=%s; allowed are numbers from 0 to 1", value)
	}
	r.Kept = k
	return ""
}

// setQuantity reads a number from 0 in the unit of the option, which may follow it;
// micro is written µ, μ or u.
func setQuantity(field *float64, o Option, value string) string {
	unit := strings.TrimPrefix(o.Values, "number of ")
	plain := strings.NewReplacer("μ", "µ", "um", "µm", "^2", "²", "2/", "²/").Replace(value)
	x, err := strconv.ParseFloat(strings.TrimSpace(strings.TrimSuffix(plain, unit)), 64)
	if err != nil || !(x >= 0) || math.IsInf(x, 1) {
		return fmt.Sprintf("%s=%s; allowed are numbers of %s from 0, as 50 or 50%s", o.Name, value, unit, unit)
	}
	*field = x
	return ""
}

func (r *Rule) setRadius(value string) string {
	radius, err := strconv.Atoi(value)
	if err != nil || radius < 0 {
		return fmt.Sprintf("radius=%s; allowed are whole numbers from 0", value)
	}
	r.Radius = radius
	return ""
}

// conflict says why options make no sense together.
func (r *Rule) conflict(given map[string]bool) string {
	cuts := 0
	for _, n := range []int{r.Window, r.Hops, r.Chunk} {
		if n > 0 {
			cuts++
		}
	}
	switch {
	case r.Name == "tbptt" && cuts != 1:
		return "give exactly one of window, hops, chunk: each cuts the gradient in another way"
	case given["diagonal"] && r.Weights != "type":
		return fmt.Sprintf("diagonal belongs to weights=type; weights=%s has no type means", r.Weights)
	case given["density"] && r.Feedback != "sparse":
		return fmt.Sprintf("density belongs to feedback=sparse; feedback=%s was given or is the default", r.Feedback)
	case given["ligands"] && r.Weights != "expression":
		return fmt.Sprintf("ligands belongs to weights=expression; weights=%s was given or is the default", r.Weights)
	case r.Span > 0 && !r.MeanDerivative:
		return "span belongs to mu=mean-derivative; a given mu is the same throughout the trial"
	case r.Span > 0 && r.Route == "taps":
		return r.changingTaps() + "; use route=state-space, events or adjoint"
	case r.Route == "state-space" && r.Taps > 0:
		return "route=state-space keeps every lag, so taps has no meaning; use route=taps or route=adjoint"
	case r.Taps > 0 && r.Guard == "on":
		return "a finite number of taps cannot diverge, so guard=on has nothing to do; it belongs to taps=all"
	}
	if problem := r.checkChemistry(given); problem != "" {
		return problem
	}
	return r.checkEvents()
}

// changingTaps is why stored traces do not go with spans.
func (r *Rule) changingTaps() string {
	return fmt.Sprintf("stored traces are weighted with one filter, but span=%d changes it within the trial", r.Span)
}

// CheckTypes refuses a μ per type when the number of types differs.
func (r Rule) CheckTypes(types int) error {
	if n := len(r.Mu); n > 1 && n != types {
		return &RuleError{r.Given, fmt.Sprintf("mu has %d values, the network has %d cell types; allowed are 1 or %d", n, types, types)}
	}
	return nil
}

// CheckRateCells refuses what only spiking cells have.
func (r Rule) CheckRateCells() error {
	if r.Reset != "" {
		return &RuleError{r.Given, "reset belongs to spiking cells; rate cells have no reset"}
	}
	return nil
}

// CheckRates refuses rules that do not take a regularisation of rates, of which may
// be known when a trial begins, or only when it ends, what pulls.
func (r Rule) CheckRates(known bool) error {
	if r.Route == "events" && !known {
		return &RuleError{r.Given, "what pulls at the rates of a trial is known when it ends, and with route=events synapses do not keep the sum of their traces until then; use another route, or mean rates"}
	}
	return nil
}

// CheckOnline refuses rules that need the whole trial before they can learn.
func (r Rule) CheckOnline() error {
	if r.Name == "bptt" || r.Name == "tbptt" || r.Route == "adjoint" {
		return &RuleError{r.Given, "it runs backward over a finished trial, so it cannot learn online within one; allowed are eprop, rflo, mdgl, modprop, diffusion (not route=adjoint) and rtrl"}
	}
	if r.Span > 0 && r.Taps > 1 {
		return &RuleError{r.Given, r.changingTaps() + "; learning within the trial needs taps=1 or taps=all"}
	}
	return nil
}

// IsCausal says whether the rule is computed forward with the trial: because it
// must be, or because the route says so. Others run backward over a record.
func (r Rule) IsCausal() bool {
	return r.Name == "rtrl" || r.Route == "state-space" || r.Route == "taps" || r.Route == "events"
}

// Filters says whether the rule has a propagator: modprop only.
func (r Rule) Filters() bool { return r.Name == "modprop" }

// Carried says whether substances carry the rule's credit from cell to cell:
// modprop through mixed or lattice.
func (r Rule) Carried() bool { return r.Through == "mixed" || r.Through == "lattice" }

// filtersApart says that ψ of the sender and the trace of the receiver pass the
// readout's filter one by one, so that messages need not wait for errors to come.
func (r Rule) filtersApart() bool { return r.Causal || r.Carried() }

// Spreads says whether the rule's learning signals spread in space: diffusion only.
func (r Rule) Spreads() bool { return r.Name == "diffusion" }

// CheckTorus refuses a rule whose learning signals spread in space where that
// many cells have no place, or it is too small. torus may be nil.
func (r Rule) CheckTorus(torus *modulator.Torus, cells int) error {
	if !r.Spreads() && r.Through != "lattice" {
		return nil
	}
	if torus == nil {
		return &RuleError{r.Given, "its learning signals spread from cell to cell on a torus, and the cells of this network have no place; give the network a torus"}
	}
	err := torus.Check(cells)
	switch {
	case err != nil:
	case r.Spreads():
		err = modulator.Stencil{Torus: torus, Radius: r.Radius, Kept: r.Kept}.Check()
	case !(torus.Spacing > 0):
		err = errors.New("diffusion needs the distance of sites; give the torus a spacing")
	}
	if err != nil {
		return &RuleError{r.Given, err.Error()}
	}
	return nil
}

// lags is how many taps the credit kernel has beyond K_0; all is every lag.
func (r Rule) lags() int {
	switch {
	case r.Name == "eprop" || r.Name == "rflo" || r.Spreads():
		return 0
	case r.Name == "mdgl":
		return 1
	case r.Name == "tbptt" && r.Window > 0:
		return r.Window
	case r.Name == "tbptt" && r.Hops > 0:
		return r.Hops
	case r.Taps > 0:
		return r.Taps
	}
	return all
}

const all = math.MaxInt
