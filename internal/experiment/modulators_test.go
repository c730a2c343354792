package experiment

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"
)

// TestModulatorsFollowTheTrial: with spans the table has μ of each, their mean,
// and a radius below the guard's bound.
func TestModulatorsFollowTheTrial(t *testing.T) {
	s := load(t, "learning.rule=modprop:mu=mean-derivative,span=25", "network.step=1 ms")
	steps := s.Task.Steps(s.Network.Step)
	numbers, _, err := readTable(filepath.Join(train(t, s, Options{}), "modulators.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if steps%25 == 0 || steps < 50 {
		t.Fatalf("%d steps do not have several spans, the last of them short", steps)
	}
	for _, name := range []string{"excitatory", "inhibitory"} {
		mean := numbers["mu_"+name]
		for i := range mean {
			sum, spans, moves := 0.0, 0.0, false
			for from := 0; from < steps; from += 25 {
				mu := numbers[fmt.Sprintf("mu_%s_from_%d", name, from)]
				if len(mu) != len(mean) {
					t.Fatalf("%d rows of μ from step %d, %d of their mean", len(mu), from, len(mean))
				}
				sum, spans = sum+mu[i], spans+1
				moves = moves || math.Abs(mu[i]-mean[i]) > 1e-3
			}
			if math.Abs(sum/spans-mean[i]) > 1e-12 {
				t.Errorf("row %d: the mean over spans is %v, mu_%s %v", i, sum/spans, name, mean[i])
			}
			if i > 0 && !moves {
				t.Errorf("row %d: mu_%s is the same throughout the trial", i, name)
			}
		}
	}
	if beyond := fmt.Sprintf("mu_excitatory_from_%d", (steps/25+1)*25); numbers[beyond] != nil {
		t.Errorf("there is a column %s, the trial has %d steps", beyond, steps)
	}
}
