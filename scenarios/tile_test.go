package scenarios

import (
	"reflect"
	"testing"

	"paracrine/learning"
)

func TestTilesKeepConditionsTogether(t *testing.T) {
	trials := []Trial{{Condition: 1}, {Condition: 0}, {Condition: 2}, {Condition: 1}, {Condition: 0}}
	got := tiles(trials, 2)
	if want := []tile{{1, 4}, {0, 3}, {2}}; !reflect.DeepEqual(got, want) {
		t.Errorf("tiles %v, want %v", got, want)
	}
	err := &learning.NonFiniteError{Trial: 1}
	if _ = got[0].inBatch(err); err.Trial != 4 {
		t.Errorf("trial 1 of the first tile is trial %d of the batch, want 4", err.Trial)
	}
}

// A condition of the delayed XOR is which cues there are.
func TestConditionsOfTheDelayedXOR(t *testing.T) {
	d := &DelayedXOR{Cue: 20, Delay: 10, Amplitude: 2, Width: 5}
	steps := d.Steps(1)
	trial := Trial{Input: make([]float64, 2*steps)}
	seen := map[int]bool{}
	for i := range uint64(40) {
		d.Fill(&trial, 1, NewStreams(1, streamTraining, i, 40))
		want := 0
		if trial.Input[2*10] > 1 {
			want += 2
		}
		if trial.Input[2*40+1] > 1 {
			want++
		}
		if trial.Condition != want {
			t.Errorf("trial %d is of condition %d, its cues say %d", i, trial.Condition, want)
		}
		seen[want] = true
	}
	if len(seen) != 4 {
		t.Errorf("%d conditions in 40 trials, want 4", len(seen))
	}
}
