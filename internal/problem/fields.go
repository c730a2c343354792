package problem

import (
	"fmt"
	"slices"
	"strings"
)

// fields are the keys of a problem file.
var fields = []field{
	{"hyper", required, hyperObject, (*reader).mu},
	{"name", optional, "", func(r *reader, p *Problem) (err error) { p.Name, err = r.text(); return err }},
	{"format", optional, "", func(r *reader, _ *Problem) error { _, err := r.number(integers(1, 1)); return err }},
	{"type", required, "one type for each of N cells", readTypes},
	numbers("sign", optional, unitSign, func(p *Problem) *[]float64 { return &p.Sign }, "N"),
	numbers("beta", optional, finite, func(p *Problem) *[]float64 { return &p.Beta }, "N"),
	{"loss_w", optional, "", readLossWeights},
	numbers("W_in", required, finite, func(p *Problem) *[]float64 { return &p.WIn }, "N", "n_in"),
	{"W_rec", required, shapeOf("N", "N"), readRecurrent},
	numbers("W_out", required, finite, func(p *Problem) *[]float64 { return &p.WOut }, "N", "n_out"),
	numbers("b_out", optional, finite, func(p *Problem) *[]float64 { return &p.BOut }, "n_out"),
	numbers("B_fb", optional, finite, func(p *Problem) *[]float64 { return &p.BFb }, "N", "n_out"),
	{"torus", optional, "", readTorus},
	numbers("x", required, finite, func(p *Problem) *[]float64 { return &p.X }, "B", "T", "n_in"),
	{"target", required, shapeOf("B", "T", "n_out") + `, or with loss "ce" one class for each of B trials`, readTarget},
}

// references are results that the generator of a problem may have stored beside
// it; so is every key that begins with sgd_.
var references = []string{
	"grads", "forward", "debug", "filters", "type_mean", "type_mean_nonzero",
	"W_out_grad", "b_out_grad", "cos_to_bptt",
}

func isReference(key string) bool {
	return slices.Contains(references, key) || strings.HasPrefix(key, "sgd_")
}

// numbers is the field of an array without peculiarities.
func numbers(name string, required bool, b bound, at func(*Problem) *[]float64, shape ...string) field {
	return field{name, required, shapeOf(shape...), func(r *reader, p *Problem) (err error) {
		*at(p), err = r.numbers(all(b, p.Hyper.dimensions(shape...)...))
		return err
	}}
}

func shapeOf(names ...string) string { return strings.Join(names, " × ") + " numbers" }

// dimensions are the axes that hyper names.
func (h *Hyper) dimensions(names ...string) []dimension {
	sizes := map[string]int{"N": h.N, "T": h.T, "B": h.B, "n_in": h.Inputs, "n_out": h.Outputs}
	axes := make([]dimension, len(names))
	for i, name := range names {
		axes[i] = dimension{name, sizes[name]}
	}
	return axes
}

// readTypes reads the cell types, each of which needs a cell.
func readTypes(r *reader, p *Problem) error {
	values, err := r.numbers(all(integers(0, p.Hyper.Types-1), p.Hyper.dimensions("N")...))
	if err != nil {
		return err
	}
	p.Type = whole(values)
	present := map[int]bool{}
	for _, alpha := range p.Type {
		present[alpha] = true
	}
	for alpha := 0; len(present) < p.Hyper.Types; alpha++ {
		if !present[alpha] {
			return r.refuseKey(fmt.Sprintf("no cell of type %d", alpha),
				fmt.Sprintf("at least one cell of each type (n_types = %d)", p.Hyper.Types))
		}
	}
	return nil
}

// readRecurrent reads W_rec, whose diagonal must be zero.
func readRecurrent(r *reader, p *Problem) (err error) {
	p.WRec, err = r.numbers(array{p.Hyper.dimensions("N", "N"), func(index []int) bound {
		if index[0] == index[1] {
			return nothing
		}
		return finite
	}})
	return err
}

// readLossWeights reads the weight of every step, one of which must count.
func readLossWeights(r *reader, p *Problem) (err error) {
	p.LossWeight, err = r.numbers(all(notNegative, p.Hyper.dimensions("T")...))
	if err == nil && !slices.ContainsFunc(p.LossWeight, func(w float64) bool { return w > 0 }) {
		err = r.refuseKey("only zeros", "at least one step with a weight above 0")
	}
	return err
}

// readTorus reads the rows and columns of a torus with as many sites as cells.
func readTorus(r *reader, p *Problem) error {
	values, err := r.numbers(all(integers(1, largest), dimension{"rows, columns", 2}))
	if err != nil {
		return err
	}
	if values[0]*values[1] != float64(p.Hyper.N) {
		return r.refuseKey(fmt.Sprintf("%.0f × %.0f sites", values[0], values[1]), fmt.Sprintf("one site for each of %d cells", p.Hyper.N))
	}
	p.Torus = whole(values)
	return nil
}

// readTarget reads what the loss compares with: a class per trial, or a value
// per trial, step and readout.
func readTarget(r *reader, p *Problem) (err error) {
	if p.Hyper.Loss != "ce" {
		p.Target, err = r.numbers(all(finite, p.Hyper.dimensions("B", "T", "n_out")...))
		return err
	}
	values, err := r.numbers(all(integers(0, p.Hyper.Outputs-1), p.Hyper.dimensions("B")...))
	p.Class = whole(values)
	return err
}

// whole converts numbers that were found to be integers.
func whole(values []float64) []int {
	integers := make([]int, len(values))
	for i, x := range values {
		integers[i] = int(x)
	}
	return integers
}
