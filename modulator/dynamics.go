package modulator

import (
	"math/cmplx"
	"slices"
)

// Dynamics is what credit meets in spiking cells where it passes through more than
// their leak: x = v − β a is by how much an output changes, μ x what is passed on,
// and what a cell's own output does to it is passed on too,
//
//	v_t = η v_{t-1} + c_v I_t − ϑ μ x_{t-1}
//	a_t = ρ a_{t-1} + c_a μ x_{t-1}
//
// It is linear with constant coefficients, as the leak is; only that cells have
// two states. Cells of a kind have all of this and μ in common.
type Dynamics struct {
	Kind  []int // of every cell
	Kinds []Kind
	Pairs []Pair // which kinds secrete which ligands
}

// Kind is the constants of a kind of cells.
type Kind struct {
	Decay, Gain     float64 // η, c_v
	Taken           float64 // ϑ; 0 where the reset is not differentiated
	AdaptationDecay float64 // ρ
	AdaptationGain  float64 // c_a
	Adaptation      float64 // β
}

func (k Kind) adapts() bool { return k.Adaptation != 0 && k.AdaptationGain != 0 }

// Pair is a ligand as cells of one kind secrete it.
type Pair struct{ Ligand, Kind int }

// Own is what cells that secrete a ligand do to themselves: a path from each of
// their states to each.
type Own struct {
	Ligand int     // stands for v
	Slow   int     // the ligand that stands for β a; −1 where they do not adapt
	Cell   int     // one of them
	Apart  bool    // there are more of them than ligands: they may differ in what no ligand tells
	Taken  float64 // ϑ
	Raised float64 // β c_a
}

// Divide gives every Pair a ligand of its own, so that all that secrete it are
// alike, and to those that adapt one more, of which they secrete as much below zero
// and which nobody hears: it stands for β a as the other does for v. The credit that
// all of them return is what e returns.
func (d *Dynamics) Divide(e *Expression) (*Expression, Membrane) {
	slow, count := d.slow()
	apart := d.apart()
	divided := NewExpression(e.Cells, count)
	divided.Self = e.Self
	m := Membrane{Decay: make([]float64, count), Gain: make([]float64, count)}
	for l, pair := range d.Pairs {
		kind := d.Kinds[pair.Kind]
		m.Decay[l], m.Gain[l] = kind.Decay, kind.Gain
		if slow[l] >= 0 {
			m.Decay[slow[l]] = kind.AdaptationDecay
		}
		m.Own = append(m.Own, Own{l, slow[l], slices.Index(d.Kind, pair.Kind), apart[pair.Kind], kind.Taken, kind.Adaptation * kind.AdaptationGain})
		for j, of := range d.Kind {
			divided.Reception[j*count+l] = e.Reception[j*e.Ligands+pair.Ligand]
			if of != pair.Kind {
				continue
			}
			secreted := e.Secretion[j*e.Ligands+pair.Ligand]
			divided.Secretion[j*count+l] = secreted
			if slow[l] >= 0 {
				divided.Secretion[j*count+slow[l]] = -secreted
			}
		}
	}
	divided.transpose()
	return divided, m
}

// slow numbers the ligands that stand for β a, after those of pairs (−1: none), and
// counts them all.
func (d *Dynamics) slow() (slow []int, count int) {
	slow, count = make([]int, len(d.Pairs)), len(d.Pairs)
	for l, pair := range d.Pairs {
		slow[l] = -1
		if d.Kinds[pair.Kind].adapts() {
			slow[l] = count
			count++
		}
	}
	return slow, count
}

// apart says of which kinds there are more cells than ligands.
func (d *Dynamics) apart() []bool {
	more := make([]int, len(d.Kinds))
	for _, kind := range d.Kind {
		more[kind]++
	}
	for _, pair := range d.Pairs {
		more[pair.Kind]--
	}
	apart := make([]bool, len(more))
	for k, n := range more {
		apart[k] = n > 0
	}
	return apart
}

// Cells is the membrane of every cell, with what a spike takes off it.
func (d *Dynamics) Cells() Membrane {
	var m Membrane
	for p, kind := range d.Kind {
		k := d.Kinds[kind]
		m.Decay, m.Gain = append(m.Decay, k.Decay), append(m.Gain, k.Gain)
		m.Own = append(m.Own, Own{Ligand: p, Slow: -1, Cell: p, Taken: k.Taken})
	}
	return m
}

// SlowestDecay is the largest of η and of ρ of cells that adapt.
func (d *Dynamics) SlowestDecay() float64 {
	slowest := 0.0
	for _, k := range d.Kinds {
		slowest = max(slowest, k.Decay)
		if k.adapts() {
			slowest = max(slowest, k.AdaptationDecay)
		}
	}
	return slowest
}

// between is what goes on between v and β a in a step beside their decay, of cells
// whose mean derivative is mu and which would have heard self of themselves: to the
// one from both, to the other from both.
func (o Own) between(mu, self float64) [2][2]float64 {
	taken := float64(o.Taken*mu) + self
	raised := o.Raised * mu
	return [2][2]float64{{-taken, taken}, {raised, -raised}}
}

// modes are the eigenvalues of what goes on in a cell by itself.
func (o Own) modes(m Membrane, mu, self float64) []complex128 {
	paths := o.between(mu, self)
	v := m.Decay[o.Ligand] + paths[0][0]
	if o.Slow < 0 {
		return []complex128{complex(v, 0)}
	}
	a := m.Decay[o.Slow] + paths[1][1]
	half, middle := (v-a)/2, complex((v+a)/2, 0)
	root := cmplx.Sqrt(complex(float64(half*half)+float64(paths[0][1]*paths[1][0]), 0))
	return []complex128{middle + root, middle - root}
}
