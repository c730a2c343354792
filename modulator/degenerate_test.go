package modulator

import (
	"math"
	"testing"
)

// TestRadiusWithinOfHugeElements: squares that overflow must not look like zero.
func TestRadiusWithinOfHugeElements(t *testing.T) {
	for _, x := range []float64{1e155, 1e200, 1e300, math.Inf(1), math.NaN()} {
		if (Propagator{Ligands: 1, A: []float64{x}}).RadiusWithin(0.99) {
			t.Errorf("a radius of %g is said to be within 0.99", x)
		}
	}
}

// TestTrackRecovers: a ligand that fell silent comes back with the weights.
func TestTrackRecovers(t *testing.T) {
	e := NewExpression(3, 2)
	w := make([]float64, 9)
	if err := e.Graded(w); err != nil {
		t.Fatal(err)
	}
	for step := range 50 {
		if step == 1 {
			for i := range w {
				w[i] = math.Cos(float64(i * i))
			}
		}
		if err := e.Track(w); err != nil {
			t.Fatal(err)
		}
	}
	silent := true
	for _, x := range e.Matrix() {
		silent = silent && x == 0
	}
	if silent {
		t.Error("weights have come back, credit has not")
	}
}

// TestGradedRefusesNonFiniteWeights: their decomposition would never return.
func TestGradedRefusesNonFiniteWeights(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1)} {
		w := make([]float64, 9)
		w[3] = x
		if err := NewExpression(3, 2).Graded(w); err == nil {
			t.Errorf("%v is decomposed", x)
		}
	}
}

// TestRadiusWithSpecks has a leak of three ligands and elements far below it, at
// which the QR iteration of gonum 0.17 does not converge and panics.
func TestRadiusWithSpecks(t *testing.T) {
	const leak = 0.8439509530083542
	p := Propagator{Ligands: 3, A: []float64{
		leak, 0, 5.1743774489026865e-15,
		-9.321318973032609e-123, leak, 0,
		1.6082866174276436e-122, -1.3859939595275054e-16, leak,
	}}
	radius, err := p.Radius()
	if err != nil || math.Abs(radius-leak) > 1e-12 {
		t.Errorf("radius %v (%v), want %v", radius, err, leak)
	}
}
