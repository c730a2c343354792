package scenarios

import (
	"fmt"
	"strings"

	"paracrine/learning"
)

// State is all that training carries from one iteration to the next, by name;
// Restore sets it. Random trials are named by the iteration and need no state.
func (t *Trainer) State() map[string][]float64 {
	state := map[string][]float64{"iteration": {float64(t.iteration)}}
	for _, a := range t.Network.Arrays() {
		state["weights."+a.Name] = a.Values
	}
	for name, values := range t.optimiser.State() {
		state["optimiser."+name] = values
	}
	if t.rewiring != nil {
		for name, values := range t.rewiring.State() {
			state["rewiring."+name] = values
		}
	}
	if t.runningRates != nil {
		state["rates"] = t.runningRates
	}
	credit := t.Credit.State()
	state["credit.mean_psi"], state["credit.reception"] = credit.MeanPsi, credit.Reception
	return state
}

// Restore continues from a State of a trainer of the same scenario and seed. It
// refuses a state with other shapes and then changes nothing.
func (t *Trainer) Restore(state map[string][]float64) error {
	for name, have := range t.State() {
		want, found := state[name]
		if strings.HasPrefix(name, "credit.") && len(have) == 0 {
			continue
		}
		if !found || len(want) != len(have) {
			return fmt.Errorf("%s has %d values, the scenario needs %d", name, len(want), len(have))
		}
	}
	for _, a := range t.Network.Arrays() {
		copy(a.Values, state["weights."+a.Name])
	}
	t.Network.Changed()
	t.optimiser.Restore(under(state, "optimiser."))
	if t.rewiring != nil {
		t.rewiring.Restore(under(state, "rewiring."))
	}
	t.iteration = int(state["iteration"][0])
	copy(t.runningRates, state["rates"])
	return t.Credit.Restore(learning.CreditState{MeanPsi: state["credit.mean_psi"], Reception: state["credit.reception"]})
}

// under is what of a state has a prefix, by the names behind it.
func under(state map[string][]float64, prefix string) map[string][]float64 {
	values := map[string][]float64{}
	for name, v := range state {
		if rest, ok := strings.CutPrefix(name, prefix); ok {
			values[rest] = v
		}
	}
	return values
}

// Shown is one trial in full: Input[m][t], Rate[cell][t], Output[k][t], and the
// target as the task gives it.
type Shown struct {
	Input, Rate, Output, Target [][]float64
	Window                      []float64 // weight of every step in the loss
	Class                       int       // −1 for regressions
	Correct                     bool
	Loss                        float64
}

// Show runs the first validation trial at the present weights.
func (t *Trainer) Show() (Shown, error) {
	w := t.workers[0]
	b, err := w.batch(1)
	if err != nil {
		return Shown{}, err
	}
	m, n, k := t.Network.Size()
	steps := len(t.window)
	b.Outputs = make([]float64, steps*k)
	defer func() { b.Outputs = nil }()
	trial := t.draw(trialRange{streamValidation, 0, 1})[0]
	b.SetTrial(0, trial.Input, trial.Target, trial.Class)
	if err := b.Run(); err != nil {
		return Shown{}, err
	}
	s := Shown{
		Input: channels(b.Record.Input, m), Rate: channels(b.Record.Rate[n:], n), Output: channels(b.Outputs, k),
		Window: t.window, Class: -1, Loss: b.Loss(0),
	}
	if t.loss.Classifies() {
		s.Class, s.Correct = b.Classes[0], b.Correct(0)
	} else {
		s.Target = channels(b.Targets, k)
	}
	return s, nil
}

// channels turns step-major values into one row per channel.
func channels(values []float64, count int) [][]float64 {
	rows := make([][]float64, count)
	for i, v := range values {
		rows[i%count] = append(rows[i%count], v)
	}
	return rows
}
