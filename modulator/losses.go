package modulator

import (
	"math"

	"paracrine/sim"
)

// losses is what leaves a lattice by clearance and through its boundaries. It is
// told from how the whole decays, from release to release and apart from the
// concentrations, so that a [Balance] can fail. Only the modes hold any of the
// whole whose sum over the points is not 0: one where nothing absorbs, half of
// those along each axis that does. Of the N_k molecules in one,
//
//	N_k (1 − exp(−(D λ_k + 1/τ_c) Δ))
//
// leave within Δ, by clearance and by the boundaries as 1/τ_c to D λ_k. Beside the
// 12 µs of a release into 64 × 64 × 16 points that takes 0.1 µs, 5 µs with two axes
// that absorb and 16 µs with three (BenchmarkRelease, processor time on an AMD EPYC).
type losses struct {
	diffusion, clearance float64 // D, µm²/ms; 1/τ_c, 1/ms
	axes                 [3]wholeModes
	left, lost           []float64 // molecules of every mode, along x first
	released             float64
	at                   sim.Time
}

// wholeModes are the modes along an axis that hold any of the whole.
type wholeModes struct {
	eigenvalue []float64 // λ, 1/µm²
	weight     []float64 // points × modes: of a molecule at a point, what is in a mode
	decay      []float64 // over the last span
}

// whole are the modes whose sum is not 0.
func (b *basis) whole() wholeModes {
	var w wholeModes
	for k, sum := range b.sum {
		if sum != 0 {
			w.eigenvalue = append(w.eigenvalue, b.eigenvalue[k])
		}
	}
	for x := range b.points {
		for k, sum := range b.sum {
			if sum != 0 {
				w.weight = append(w.weight, sum*b.at(x)[k])
			}
		}
	}
	w.decay = make([]float64, len(w.eigenvalue))
	return w
}

// of is what is in each mode of a molecule at a point.
func (w *wholeModes) of(point int) []float64 {
	n := len(w.eigenvalue)
	return w.weight[point*n : (point+1)*n]
}

// newLosses is the losses of a lattice into which nothing was released.
func newLosses(l Ligand, axes [3]basis) losses {
	made := losses{diffusion: l.Diffusion, clearance: l.clearanceRate()}
	modes := 1
	for axis := range axes {
		made.axes[axis] = axes[axis].whole()
		modes *= len(made.axes[axis].eigenvalue)
	}
	made.left, made.lost = make([]float64, modes), make([]float64, modes)
	return made
}

// release adds molecules at a point.
func (l *losses) release(now sim.Time, at [3]int, molecules float64) {
	l.pass(now, l.left, l.lost)
	l.at = now
	l.released += molecules
	along, mode := l.axes[0].of(at[0]), 0
	for _, z := range l.axes[2].of(at[2]) {
		for _, y := range l.axes[1].of(at[1]) {
			common, row := molecules*z*y, l.left[mode:mode+len(along)]
			for i, x := range along {
				row[i] += float64(common * x)
			}
			mode += len(along)
		}
	}
}

// pass takes molecules from what is left of every mode to what is lost, as they go
// until a time.
func (l *losses) pass(now sim.Time, left, lost []float64) {
	span := (now - l.at).Milliseconds()
	if span == 0 {
		return
	}
	for a := range l.axes {
		for k, eigenvalue := range l.axes[a].eigenvalue {
			l.axes[a].decay[k] = math.Exp(-l.diffusion * eigenvalue * span)
		}
	}
	along, cleared, mode := l.axes[0].decay, math.Exp(-span*l.clearance), 0
	for _, z := range l.axes[2].decay {
		for _, y := range l.axes[1].decay {
			pass(left[mode:mode+len(along)], lost[mode:mode+len(along)], along, cleared*z*y)
			mode += len(along)
		}
	}
}

// pass takes from what is left all but a part, the decay times what is common.
func pass(left, lost, decay []float64, common float64) {
	left, lost = left[:len(decay)], lost[:len(decay)]
	for i, x := range decay {
		gone := left[i] * (1 - float64(common*x))
		left[i] -= gone
		lost[i] += gone
	}
}

// until is the molecules that were cleared and absorbed by a time, not before the
// last release.
func (l *losses) until(now sim.Time) (cleared, absorbed float64) {
	left, lost := append([]float64(nil), l.left...), append([]float64(nil), l.lost...)
	l.pass(now, left, lost)
	mode := 0
	for _, z := range l.axes[2].eigenvalue {
		for _, y := range l.axes[1].eigenvalue {
			for _, x := range l.axes[0].eigenvalue {
				spread := l.diffusion * (x + y + z)
				if total := spread + l.clearance; total > 0 {
					cleared += float64(lost[mode] * (l.clearance / total))
					absorbed += float64(lost[mode] * (spread / total))
				}
				mode++
			}
		}
	}
	return cleared, absorbed
}

// save puts the state into sections of a snapshot whose names begin with name.
func (l *losses) save(s *sim.Snapshot, name string) {
	saveFloats(s, name, l.state())
	s.PutFloats(name+" released", []float64{l.released})
	s.PutWords(name+" losses until", []uint64{uint64(l.at)})
}

// state is what changes of every mode.
func (l *losses) state() []saved { return []saved{{"left", l.left}, {"lost", l.lost}} }

// restore takes up what save put.
func (l *losses) restore(s *sim.Snapshot, name string) error {
	released, err := s.Floats(name+" released", 1)
	if err != nil {
		return err
	}
	time, err := s.Words(name+" losses until", 1)
	if err != nil {
		return err
	}
	if err := restoreFloats(s, name, l.state()); err != nil {
		return err
	}
	l.released, l.at = released[0], sim.Time(time[0])
	return nil
}
