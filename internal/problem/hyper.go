package problem

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"paracrine/neuron"
)

// field is a key of an object, and how its value is read.
type field struct {
	name     string
	required bool
	allowed  string
	read     func(*reader, *Problem) error
}

var (
	models = []string{"rate", "lif", "alif"}
	losses = []string{"mse", "ce"}
)

// hyperFields are the keys of hyper. mu is skipped among them: how many values
// it has is known when all of them are read.
var hyperFields = []field{
	word("model", required, models, func(h *Hyper) *string { return &h.Model }),
	count("N", required, 1, func(h *Hyper) *int { return &h.N }),
	count("T", required, 1, func(h *Hyper) *int { return &h.T }),
	count("B", required, 1, func(h *Hyper) *int { return &h.B }),
	count("n_in", required, 1, func(h *Hyper) *int { return &h.Inputs }),
	count("n_out", required, 1, func(h *Hyper) *int { return &h.Outputs }),
	count("n_types", required, 1, func(h *Hyper) *int { return &h.Types }),
	constant("eta", required, fraction, func(h *Hyper) *float64 { return &h.Eta }),
	constant("c_v", required, notNegative, func(h *Hyper) *float64 { return &h.CV }),
	constant("thr", optional, finite, func(h *Hyper) *float64 { return &h.Threshold }),
	constant("kappa", optional, decay, func(h *Hyper) *float64 { return &h.Kappa }),
	constant("c_out", optional, notNegative, func(h *Hyper) *float64 { return &h.COut }),
	word("loss", required, losses, func(h *Hyper) *string { return &h.Loss }),
	{"mu", optional, "", func(r *reader, _ *Problem) error { return r.skip() }},
	{"mu_psi", optional, "", func(r *reader, _ *Problem) error { return r.skip() }},
	constant("gamma", optional, notNegative, func(h *Hyper) *float64 { return &h.Gamma }),
	word("surrogate", optional, neuron.Surrogates, func(h *Hyper) *string { return &h.Surrogate }),
	count("n_ref", optional, 0, func(h *Hyper) *int { return &h.RefractorySteps }),
	constant("rho", optional, fraction, func(h *Hyper) *float64 { return &h.Rho }),
	constant("c_a", optional, notNegative, func(h *Hyper) *float64 { return &h.CA }),
}

const (
	required = true
	optional = false
)

func count(name string, required bool, least int, at func(*Hyper) *int) field {
	b := integers(least, largest)
	return field{name, required, b.allowed, func(r *reader, p *Problem) error {
		x, err := r.number(b)
		*at(&p.Hyper) = int(x)
		return err
	}}
}

func constant(name string, required bool, b bound, at func(*Hyper) *float64) field {
	return field{name, required, b.allowed, func(r *reader, p *Problem) (err error) {
		*at(&p.Hyper), err = r.number(b)
		return err
	}}
}

func word(name string, required bool, words []string, at func(*Hyper) *string) field {
	return field{name, required, choice(words), func(r *reader, p *Problem) (err error) {
		*at(&p.Hyper), err = r.word(words)
		return err
	}}
}

// hyper reads sizes and constants and returns which of them are absent.
func (r *reader) hyper(p *Problem) (absent []string, err error) {
	p.Hyper.Gamma, p.Hyper.Surrogate = 1, neuron.PiecewiseLinear.String()
	opened, err := r.object(hyperObject)
	if err != nil {
		return nil, err
	}
	r.within = "hyper."
	defer func() { r.within = "" }()
	seen := map[string]int64{}
	for key, err := range r.members(seen) {
		if err != nil {
			return nil, err
		}
		i := slices.IndexFunc(hyperFields, func(f field) bool { return f.name == key })
		if i < 0 {
			return nil, r.unknownHyper(key)
		}
		if err := hyperFields[i].read(r, p); err != nil {
			return nil, err
		}
	}
	if err := r.missing(seen, opened, hyperFields); err != nil {
		return nil, err
	}
	if _, given := seen["c_out"]; !given {
		p.Hyper.COut = 1 - p.Hyper.Kappa
	}
	if p.Hyper.Loss == "ce" && p.Hyper.Outputs < 2 {
		r.key = "n_out"
		return nil, r.refuse(seen["n_out"], "1", `2 or more with loss "ce": one class is always right`)
	}
	if p.Hyper.Model != "rate" && p.Hyper.Threshold <= 0 {
		r.key = "thr"
		offset, given := seen["thr"], fmt.Sprint(p.Hyper.Threshold)
		if _, found := seen["thr"]; !found {
			offset, given = opened, "no such key"
		}
		return nil, r.refuse(offset, given, "a number above 0: spiking cells measure their potential in thresholds")
	}
	return absentFrom(seen, hyperFields), nil
}

const hyperObject = `an object of sizes and constants: {"model": "rate", "N": …}`

// unknownHyper is the error about a key that hyper does not have.
func (r *reader) unknownHyper(key string) error {
	known := absentFrom(nil, hyperFields)
	if word := nearest(key, known); word != "" {
		return r.refuse(r.token(), "an unknown key", fmt.Sprintf("hyper.%s (did you mean that?)", word))
	}
	return r.refuse(r.token(), "an unknown key", strings.Join(known, ", "))
}

// mu reads hyper again, for mu alone: one number, or one for every type.
func (r *reader) mu(p *Problem) error {
	if _, err := r.object(hyperObject); err != nil {
		return err
	}
	r.within = "hyper."
	defer func() { r.within = "" }()
	for key, err := range r.members(map[string]int64{}) {
		if err != nil {
			return err
		}
		if key != "mu" {
			err = r.skip()
		} else {
			err = r.muValues(p)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *reader) muValues(p *Problem) error {
	form := all(notNegative, dimension{"n_types", p.Hyper.Types})
	allowed := notNegative.allowed + ", or " + form.describe(nil)
	token, err := r.next(allowed)
	if err != nil {
		return err
	}
	if token == json.Delim('[') {
		p.Hyper.Mu, err = r.numbersIn(token, form)
		return err
	}
	x, err := r.numberIn(token, bound{allowed, notNegative.holds})
	p.Hyper.Mu = []float64{x}
	return err
}
