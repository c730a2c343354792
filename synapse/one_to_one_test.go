package synapse_test

import (
	"slices"
	"testing"

	"paracrine/synapse"
)

func TestOneToOne(t *testing.T) {
	w := synapse.Wiring{Pre: 3, Post: 3}
	if got, want := connectedAll(synapse.OneToOne{}, w), []pair{{0, 0}, {1, 1}, {2, 2}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := (synapse.OneToOne{}).Expected(w); got != 3 {
		t.Errorf("%v synapses expected, want 3", got)
	}
	requireTaken(t, w, synapse.OneToOne{})
	requireRefused(t, []refusal{
		{synapse.OneToOne{}, synapse.Wiring{Pre: 3, Post: 4}, "connection one-to-one from 3 cells to 4; allowed: equal numbers of cells"},
	})
}
