package scenarios

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"paracrine/learning"
	"paracrine/modulator"
)

// secreting is modprop-chemistry, small, with overrides.
func secreting(t testing.TB, sets ...string) *Scenario {
	t.Helper()
	s, err := secretingOr(sets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func secretingOr(sets ...string) (*Scenario, error) {
	return Load("modprop-chemistry", append([]string{"training.batch=2", "learning.rule=modprop:through=lattice",
		"network.cells.excitatory.count=9", "network.cells.inhibitory.count=3",
		"network.torus={rows: 3, columns: 4, spacing: 20 µm, placement: scattered}", "modulators.credit.field.shape=[4, 3]"}, sets...))
}

const (
	slowAndFast = `modulators=[
		{name: slow, clearance: 80 ms, field: {kind: lattice, shape: [4, 3], spacing: 20 µm}, release: [{on: credit, from: excitatory}], receptors: [{on: cells, decay: 30 ms}]},
		{name: fast, clearance: 5 ms, diffusion: 3 µm²/ms, field: {kind: lattice, shape: [4, 3], spacing: 20 µm}, release: [{on: credit, from: inhibitory}], receptors: [{on: [excitatory, inhibitory], decay: 10 ms, rise: 2 ms}]}]`
)

// TestModulatorsReachTheNetwork, one for all cells or one for each type.
func TestModulatorsReachTheNetwork(t *testing.T) {
	net := built(t, secreting(t), 3)
	if want := (learning.Chemistry{Carrier: "signed", Clearance: []float64{50}, Diffusion: []float64{100}}); !reflect.DeepEqual(net.Chemistry, want) {
		t.Errorf("one modulator is %+v", net.Chemistry)
	}
	net = built(t, secreting(t, slowAndFast, "modulators.slow.release.0.carrier=opponent", "modulators.fast.release.0.carrier=opponent"), 3)
	if want := (learning.Chemistry{Carrier: "opponent", Clearance: []float64{80, 5}, Diffusion: []float64{0, 3}, Decay: []float64{30, 10}, Rise: []float64{0, 2}}); !reflect.DeepEqual(net.Chemistry, want) {
		t.Errorf("two are %+v", net.Chemistry)
	}
	if net := built(t, secreting(t, "modulators.credit.field={kind: mixed}", "learning.rule=modprop:through=mixed"), 3); net.Field != nil || net.FieldSite != nil {
		t.Errorf("one volume is the lattice %v", net.Field)
	}
	checkRoundTrip(t, secreting(t, slowAndFast))
	checkRoundTrip(t, secreting(t, "modulators.credit.receptors=[]"))
}

// TestCellsAreInTheField where they are on the torus, whose middle is at the origin.
func TestCellsAreInTheField(t *testing.T) {
	for field, site := range map[string]func(row, column int) int{
		"shape=[4, 3]": func(row, column int) int { return row*4 + column },
		// A point between any two, and one around the whole.
		"shape=[9, 7]": func(row, column int) int { return (2*row+1)*9 + 2*column + 1 },
		// Four columns of one point each; rows have no extent.
		"shape=[4]": func(_, column int) int { return column },
		// Three layers, the cells in the middle one.
		"shape=[4, 3, 3]": func(row, column int) int { return 12 + row*4 + column },
	} {
		spacing := "spacing=20 µm"
		if strings.Contains(field, "9") {
			spacing = "spacing=10 µm"
		}
		net := built(t, secreting(t, "modulators.credit.field."+field, "modulators.credit.field."+spacing, "modulators.credit.field.boundary=[absorbing]"), 3)
		for p, at := range net.FieldSite {
			torus := net.Torus.SiteOf(p)
			if want := site(torus/4, torus%4); at != want {
				t.Errorf("%s: cell %d of the torus's site %d is at %d, want %d", field, p, torus, at, want)
			}
		}
		if len(net.FieldSite) != 12 || net.Field.Boundary[0] != modulator.Absorbing {
			t.Errorf("%s: %d sites, boundary %v", field, len(net.FieldSite), net.Field.Boundary)
		}
	}
}

// TestModulatorsAndOptionsAreOneChemistry: weights after an update are the same to the
// bit, whichever of the two says it, and change with either.
func TestModulatorsAndOptionsAreOneChemistry(t *testing.T) {
	learned := func(sets ...string) []float64 {
		s := secreting(t, sets...)
		rule, err := s.Learning.Rule.Parse()
		if err != nil {
			t.Fatal(err)
		}
		trainer, err := NewTrainer(s, rule, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := trainer.Iterate(); err != nil {
			t.Fatal(err)
		}
		return trainer.Network.Rec.W
	}
	options := func(more string) string { return "learning.rule=modprop:through=" + more }
	want := learned()
	for name, sets := range map[string][]string{
		"options":           {"modulators=[]", options("lattice,clearance=50,diffusion=100")},
		"options as well":   {"modulators.credit.clearance=7 ms", options("lattice,clearance=50")},
		"two alike":         {strings.NewReplacer("80 ms", "50 ms, diffusion: 100 µm²/ms", "5 ms, diffusion: 3 ", "50 ms, diffusion: 100 ", ", receptors: [{on: cells, decay: 30 ms}]", "", ", receptors: [{on: [excitatory, inhibitory], decay: 10 ms, rise: 2 ms}]", "", "spacing: 20 µm", "spacing: 20 µm, boundary: [periodic]").Replace(slowAndFast)},
		"without an effect": {"modulators.credit.field.depth=3 µm", "modulators.credit.field.fraction=0.2"},
	} {
		if !slices.Equal(learned(sets...), want) {
			t.Errorf("%s: other weights", name)
		}
	}
	for name, sets := range map[string][]string{
		"clearance": {"modulators.credit.clearance=7 ms"}, "diffusion": {"modulators.credit.diffusion=1 µm²/ms"},
		"boundary": {"modulators.credit.field.boundary=[absorbing]"}, "spacing": {"modulators.credit.field={kind: lattice, shape: [8, 6], spacing: 10 µm, boundary: [periodic]}"},
		"receptors": {"modulators.credit.receptors=[{on: cells, decay: 10 ms}]"}, "mixed": {options("mixed")}, "types": {slowAndFast},
	} {
		if slices.Equal(learned(sets...), want) {
			t.Errorf("%s changes nothing", name)
		}
	}
	if !slices.Equal(learned(options("mixed"), "modulators.credit.field={kind: mixed}"), learned(options("mixed"))) {
		t.Errorf("a lattice that is stirred is not one volume")
	}
	if !slices.Equal(learned(options("ideal")), learned("modulators=[]", options("ideal"))) {
		t.Errorf("ideal hears modulators")
	}
}

// TestModulatorsThatDoNotGoTogether are refused with place and remedy.
func TestModulatorsThatDoNotGoTogether(t *testing.T) {
	if _, err := Load("delayed-xor-short", []string{"modulators=[{name: credit, clearance: 50 ms, field: {kind: lattice, shape: [10, 6], spacing: 20 µm}, release: [{from: cells}]}]"}); err == nil ||
		!strings.Contains(err.Error(), "modulators.credit.field.kind: given \"lattice\" (the cells have no places); allowed mixed, or a network.torus") {
		t.Errorf("without a torus: %v", err)
	}
	for sets, want := range map[string]string{
		"modulators.credit.clearance=0 ms":                                                    "modulators.credit.clearance: given \"0 ms\" (is not positive)",
		"modulators.credit.diffusion=-1 µm²/ms":                                               "modulators.credit.diffusion: given \"-1 µm²/ms\" (is negative)",
		"modulators.credit.release=[{on: spikes, from: cells}]":                               "modulators.credit.release.0.on: given \"spikes\"; allowed credit",
		"modulators.credit.release=[{from: pyramidal}]":                                       "modulators.credit.release.0.from: given \"pyramidal\"; allowed cells, excitatory, inhibitory",
		"modulators.credit.release=[{from: excitatory}]":                                      "no release from \"inhibitory\" (the credit of its cells has nothing to go in); allowed modulators that together every type releases",
		"modulators.credit.release=[{from: cells}, {from: inhibitory}]":                       "modulators.credit.release.1.from: given \"inhibitory\" (whose cells release credit already); allowed each type once",
		"modulators.credit.receptors=[{on: excitatory}]":                                      "modulators.credit.receptors.0.on: given receptors of some types (synapses onto every type hear credit); allowed cells",
		"modulators.credit.receptors=[{on: cells}, {on: cells}]":                              "modulators.credit.receptors.1.on: given receptors a second time",
		"modulators.credit.receptors=[{on: cells, ec50: 1 nM}]":                               "the unknown key \"ec50\"",
		"modulators.credit.field.step=1 ms":                                                   "modulators.credit.field.step: given 1 ms; allowed no step",
		"modulators.credit.field.boundary=[open]":                                             "modulators.credit.field.boundary.0: given \"open\"; allowed no-flux, periodic, absorbing",
		"modulators.credit.field.shape=[2, 3]|modulators.credit.field.boundary=[no-flux]":     "modulators.credit.field.shape: given [2 3] (row 0, column 0 of the torus lies outside: its position along x is -30 µm); allowed a lattice that holds all cells",
		"modulators.credit.field.shape=[4, 3, 1]|modulators.credit.field.boundary=[periodic]": "where there is one point",
		"modulators.credit.field={}":                                                          "its ligands spread over a lattice, and credit is in one volume; give the modulators field: {kind: lattice, …}, or use through=mixed",
		slowAndFast + "|modulators.fast.field.spacing=30 µm":                                  "modulators.fast.field: given another field than that of \"slow\" (credit has one)",
		slowAndFast + "|modulators.fast.name=slow":                                            "given \"slow\" (which modulators.0 has)",
		slowAndFast + "|modulators.fast.receptors=[]":                                         "modulators.fast.receptors: given receptors of some modulators",
		slowAndFast + "|modulators.fast.release.0.carrier=opponent":                           "modulators.fast.release.0.carrier: given \"opponent\" (another release has signed)",
		slowAndFast + "|learning.rule=modprop:weights=expression,through=mixed":               "its ligands belong to no cell type",
		slowAndFast + "|learning.rule=modprop:mu=0.3,through=mixed":                           "in which mu, guard and taps have no meaning",
	} {
		_, err := secretingOr(strings.Split(sets, "|")...)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s\ngives %v\nwant %s", sets, err, want)
		}
		if err != nil {
			checkErrors(t, err)
		}
	}
}
