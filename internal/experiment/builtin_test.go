package experiment

import (
	"cmp"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"paracrine/scenarios"
)

// builtin opens a simulation that is built in.
func builtin(t *testing.T, name string, sets ...string) *scenarios.Simulation {
	t.Helper()
	d, err := scenarios.Open(name, sets)
	if err != nil {
		t.Fatal(err)
	}
	return d.(*scenarios.Simulation)
}

// checkBands wants every band of a scenario to be met.
func checkBands(t *testing.T, s *SimulationSummary) {
	t.Helper()
	if len(s.Expected) == 0 {
		t.Error("nothing was expected")
	}
	for _, e := range s.Expected {
		if !e.Met {
			t.Errorf("%s is %v, expected %v to %v", e.Metric, e.Value, e.From, e.To)
		}
	}
}

// slice is the tissue of peptide-diffusion: µm, µm²/ms, ms, and molecules per nM and µm².
var slice = struct{ spacing, half, diffusion, clearance, open float64 }{10, 305, 0.089, 28_000, 0.6022 * 0.2 * 20}

// TestPeptideDiffusionIsHeatKernel runs peptide-diffusion to its bands, wants present at
// the end what clearance leaves of every vesicle, and compares concentrations with the heat
// kernel where the source is and 60, 90, 150 and 240 µm away, from 10 s after the burst on.
func TestPeptideDiffusionIsHeatKernel(t *testing.T) {
	dir, summary := simulate(t, builtin(t, "peptide-diffusion"), Options{Workers: 2})
	checkBands(t, summary)
	released := csvColumns(t, filepath.Join(dir, "releases-somatostatin.csv"))
	present := 0.0
	for j, at := range released["time_ms"] {
		present += released["released_molecules"][j] * math.Exp((at-30_000)/slice.clearance)
	}
	if m := summary.Modulators[0]; math.Abs(m.Present-present) > 1e-12*present || math.Abs(m.Released-m.Cleared-present) > 1e-12*m.Released {
		t.Errorf("%v molecules are present and %v cleared of %v, want %v present", m.Present, m.Cleared, m.Released, present)
	}
	distance := map[float64]float64{180: 0, 182: 60, 183: 90, 185: 150, 188: 240}
	read, compared := csvColumns(t, filepath.Join(dir, "concentration-somatostatin-pyramidal.csv")), 0
	for i, now := range read["time_ms"] {
		away := distance[read["cell"][i]]
		if now < 11_290 || math.Mod(now, 3000) != 0 || away > 4*math.Sqrt(2*slice.diffusion*(now-1290)) {
			continue
		}
		want, tolerance := diffused(away, now, released)
		if got := read["concentration_nM"][i]; math.Abs(got-want) > tolerance {
			t.Errorf("%v µm away at %v ms: %v nM, want %v to within %v", away, now, got, want, tolerance)
		}
		compared++
	}
	if compared < 30 {
		t.Errorf("only %d concentrations were compared", compared)
	}
}

// diffused is the concentration at a distance and a time, the sum over vesicles of q
// molecules of
//
//	c = q/(α depth) e^{−t/τ_c} Π_axes Σ_images exp(−x²/2s²)/√(2π s²),   s² = 2Dt,
//
// images being the source mirrored at the walls. To first order in h²/s² a lattice differs
// from it, on each axis, by the factor 1 + h²/(24 s²) (z⁴ − 6z² + 3), z = x/s. Three tenths of
// that, and of h⁴/s⁴, are for the next order, as far as 4 s.
func diffused(away, now float64, released map[string][]float64) (want, tolerance float64) {
	for j, at := range released["time_ms"] {
		s := math.Sqrt(2 * slice.diffusion * (now - at))
		amount := released["released_molecules"][j] / slice.open * math.Exp((at-now)/slice.clearance)
		x, dx := mirrored(away, s)
		y, dy := mirrored(0, s)
		first := dx*y + x*dy
		want += amount * (x*y + first)
		tolerance += 0.3 * amount * (math.Abs(first) + x*y*math.Pow(slice.spacing/s, 4))
	}
	return want, tolerance
}

// mirrored is the density at x of a Gaussian of standard deviation s around 0 between walls
// that mirror it, and by how much that on the lattice differs.
func mirrored(x, s float64) (density, lattice float64) {
	for k := -3; k <= 3; k++ {
		image := x - 2*slice.half*float64(k)
		z := image / s
		g := math.Exp(-z*z/2) / (math.Sqrt(2*math.Pi) * s)
		density += g
		lattice += g * slice.spacing * slice.spacing / (24 * s * s) * (z*z*z*z - 6*z*z + 3)
	}
	return density, lattice
}

// TestPeptidesQuietCells has somatostatin cells of cortical-peptides burst sooner. From
// 1.3 s after the burst's end on, when nothing synaptic is left of it, excitatory cells in
// the middle fire less than those out of reach, by more than five standard deviations of
// Poisson counts; without receptors they do not differ by as much.
func TestPeptidesQuietCells(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates 2000 cells for seconds")
	}
	quiet := func(sets ...string) float64 {
		s := builtin(t, "cortical-peptides", append([]string{
			"network.cells.onto-somatostatin.times=[" + train50Hz(200) + "]",
			"simulation={duration: 4 s, warm-up: 200 ms}", "record=[{what: spikes, of: excitatory}]", "expect=[]"}, sets...)...)
		dir, _ := simulate(t, s, Options{Workers: 2})
		return contrast(t, s, dir, 2500)
	}
	if z := quiet(); z < 5 {
		t.Errorf("cells in the middle fire %.1f standard deviations less than others, want 5 or more", z)
	}
	if z := quiet("modulators.somatostatin-14.receptors=[]", "modulators.npy.receptors=[]"); math.Abs(z) > 5 {
		t.Errorf("without receptors they differ by %.1f standard deviations", z)
	}
}

// train50Hz lists 50 times at 50 Hz.
func train50Hz(fromMS int) string {
	times := make([]string, 50)
	for i := range times {
		times[i] = fmt.Sprintf("%d ms", fromMS+20*i)
	}
	return strings.Join(times, ", ")
}

// contrast is by how many standard deviations of Poisson counts fewer spikes than of cells
// more than 150 µm from the middle came from a time on of cells within 75 µm.
func contrast(t *testing.T, s *scenarios.Simulation, dir string, fromMS float64) float64 {
	t.Helper()
	spec, err := s.Spec()
	if err != nil {
		t.Fatal(err)
	}
	var cells, spikes [3]float64 // near, between, far
	place := make([]int, len(spec.Populations[0].Positions))
	for i, at := range spec.Populations[0].Positions {
		switch away := math.Hypot(at[0], at[1]); {
		case away > 150:
			place[i] = 2
		case away > 75:
			place[i] = 1
		}
		cells[place[i]]++
	}
	read := csvColumns(t, filepath.Join(dir, "spikes-excitatory.csv"))
	for i, cell := range read["cell"] {
		if read["time_ms"][i] >= fromMS {
			spikes[place[int(cell)]]++
		}
	}
	near, far := spikes[0], spikes[2]*cells[0]/cells[2]
	if far < 100 {
		t.Fatalf("%v spikes are too few to compare", far)
	}
	return (far - near) / math.Sqrt(far+far*cells[0]/cells[2])
}

// TestDistalRewardIsClosedForm runs the rules of izhikevich-2007 in 200 cells that fire
// more than its own, for 100 s, and follows the chosen synapse and dopamine by hand: from its
// spikes and releases, in closed form between them.
func TestDistalRewardIsClosedForm(t *testing.T) {
	s := builtin(t, "izhikevich-2007", "network.cells.excitatory.count=160", "network.cells.inhibitory.count=40",
		"network.projections.excitation.connection.out-degree=20", "network.projections.inhibition.connection.out-degree=20",
		"network.projections.chosen.weight=1 mV", "network.inputs.thalamus.sd=5 mV/ms", "simulation={duration: 100 s}", "expect=[]",
		`record=[{what: spikes, of: excitatory}, {what: releases, of: dopamine}, {what: concentration, of: dopamine, every: 100 ms},
			{what: mean-weight, of: chosen, every: 1 s}, {what: rates, of: cells, every: 1 s}]`)
	dir, summary := simulate(t, s, Options{Workers: 2})
	read := func(name string) map[string][]float64 { return csvColumns(t, filepath.Join(dir, name)) }
	released := read("releases-dopamine.csv")["time_ms"]
	if len(released) < 5 {
		t.Fatalf("%d rewards", len(released))
	}
	checkDopamine(t, read("concentration-dopamine.csv"), released)
	course := read("concentration-dopamine.csv")["concentration_uM"]
	if got, want := summary.Modulators[0].Concentration, 1000*course[len(course)-1]; math.Abs(got-want) > 1e-12 {
		t.Errorf("%v nM of dopamine at the end, want %v", got, want)
	}
	chosen := newRewarded(read("spikes-excitatory.csv"), released)
	weights := read("mean-weight-chosen.csv")
	moved := 0.0
	for i, at := range weights["time_ms"] {
		low, high := chosen.between(at)
		if got := weights["mean_weight_mV"][i]; got < low-1e-9 || got > high+1e-9 {
			t.Fatalf("at %v ms: weight %v, want %v to %v", at, got, low, high)
		}
		moved = max(moved, math.Abs(weights["mean_weight_mV"][i]-1))
	}
	if moved < 0.1 {
		t.Errorf("the weight moved by %v mV at most", moved)
	}
}

// checkDopamine wants 0.5 for every release, gone with 200 ms.
func checkDopamine(t *testing.T, read map[string][]float64, released []float64) {
	t.Helper()
	for i, at := range read["time_ms"] {
		want := 0.0
		for _, when := range released {
			if when <= at {
				want += 0.5 * math.Exp((when-at)/200)
			}
		}
		if got := read["concentration_uM"][i]; math.Abs(got-want) > 1e-12 {
			t.Fatalf("at %v ms: %v µM of dopamine, want %v", at, got, want)
		}
	}
}

// rewarded is a synapse of izhikevich-2007, from cell 0 onto cell 1 with a delay of 1 ms:
//
//	dc/dt = −c/1 s,  dn/dt = −n/0.2 s,  dw/dt = c (n + 0.002),  0 ≤ w ≤ 4 mV
//
// with traces of 20 ms, by which spikes that reach it change c.
type rewarded struct {
	events                        []synapseEvent
	now                           float64 // ms
	weight, eligibility, dopamine float64
	before, after                 float64 // traces of presynaptic and postsynaptic spikes
	low, high                     float64 // of the weight since the last presynaptic spike
}

type synapseEvent struct {
	at                     float64 // ms
	source, target, reward bool
}

func newRewarded(spikes map[string][]float64, released []float64) *rewarded {
	r := &rewarded{weight: 1, low: 1, high: 1}
	for i, cell := range spikes["cell"] {
		switch at := spikes["time_ms"][i]; cell {
		case 0:
			r.events = append(r.events, synapseEvent{at: at, source: true})
		case 1:
			r.events = append(r.events, synapseEvent{at: at + 1, target: true})
		}
	}
	for _, at := range released {
		r.events = append(r.events, synapseEvent{at: at, reward: true})
	}
	slices.SortFunc(r.events, func(a, b synapseEvent) int { return cmp.Compare(a.at, b.at) })
	return r
}

// between is the range that the weight has been in since the presynaptic spike before a
// time. What is recorded lies in it, since synapses are touched by those spikes, and when
// their state settles.
func (r *rewarded) between(at float64) (low, high float64) {
	for len(r.events) > 0 && r.events[0].at <= at {
		r.take(r.events[0].at)
	}
	r.advance(at)
	return r.low, r.high
}

// take takes all that reaches the synapse at a time. A pair at the same time changes
// nothing.
func (r *rewarded) take(at float64) {
	r.advance(at)
	source, target := 0.0, 0.0
	for ; len(r.events) > 0 && r.events[0].at == at; r.events = r.events[1:] {
		switch e := r.events[0]; {
		case e.reward:
			r.dopamine += 0.5
		case e.source:
			source++
		case e.target:
			target++
		}
	}
	r.eligibility += 0.01*r.before*target - 0.015*r.after*source
	r.before, r.after = r.before+source, r.after+target
	if source > 0 {
		r.low, r.high = r.weight, r.weight
	}
}

// advance integrates to a time.
func (r *rewarded) advance(to float64) {
	d := to - r.now
	const joint = 1 / (1.0/1000 + 1.0/200)
	gained := r.eligibility * (0.002*1000*-math.Expm1(-d/1000) + r.dopamine*joint*-math.Expm1(-d/joint))
	r.weight = min(4, max(0, r.weight+gained))
	r.low, r.high = min(r.low, r.weight), max(r.high, r.weight)
	r.eligibility *= math.Exp(-d / 1000)
	r.dopamine *= math.Exp(-d / 200)
	r.before, r.after = r.before*math.Exp(-d/20), r.after*math.Exp(-d/20)
	r.now = to
}

// TestChemistryTeaches trains modprop-chemistry for 25 of its 400 iterations at each level.
// Who knows at most one of two cues says what an exclusive or makes of them as often wrong
// as right, at a cost of ln 2 or more: below it, and right more often by four standard
// deviations of the count, both have been learned.
func TestChemistryTeaches(t *testing.T) {
	if testing.Short() {
		t.Skip("trains for seconds")
	}
	for _, level := range []string{"ideal", "mixed", "lattice"} {
		s, err := scenarios.Load("modprop-chemistry", []string{"learning.rule.through=" + level, "training.iterations=25",
			"training.checkpoint=25", "training.validation={every: 25, batch: 256}"})
		if err != nil {
			t.Fatal(err)
		}
		metrics, splits, err := readTable(filepath.Join(train(t, s, Options{Workers: 2}), "metrics.csv"))
		if err != nil {
			t.Fatal(err)
		}
		last := len(metrics["loss"]) - 1
		if got := splits["split"][last]; got != "validation" {
			t.Fatalf("the last row is %s", got)
		}
		if loss, right := metrics["loss"][last], metrics["accuracy"][last]; !(loss < math.Ln2) || right < 0.5+4*0.5/math.Sqrt(256) {
			t.Errorf("%s: loss %v, right in %v of trials", level, loss, right)
		}
	}
}
