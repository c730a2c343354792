package scenarios

import (
	"slices"
	"strings"

	"github.com/invopop/jsonschema"

	"paracrine/internal/spiking"
	"paracrine/modulator"
	"paracrine/neuron"
)

// modulatorNames are those of all modulators.
func (s *Simulation) modulatorNames() []string {
	var names []string
	for _, m := range s.Modulators {
		names = append(names, m.Name)
	}
	return names
}

// modulatorNumber is the number of a modulator by name.
func (s *Simulation) modulatorNumber(name string) int {
	return slices.Index(s.modulatorNames(), name)
}

// projectionNames are those of the projections that have one.
func (s *Simulation) projectionNames() []string {
	var names []string
	for _, p := range s.Network.Projections {
		if p.Name != "" {
			names = append(names, p.Name)
		}
	}
	return names
}

// checkKnown refuses a name that nothing of a kind has.
func checkKnown(c *checker, at path, name, kind string, known []string) {
	if slices.Contains(known, name) {
		return
	}
	allowed := strings.Join(known, ", ")
	if allowed == "" {
		allowed = "the name of a " + kind + ", and none has one"
	}
	c.faults = append(c.faults, fault{at: at, given: quote(name), allowed: allowed, hint: nearest(name, known)})
}

// modulators are those of the network.
func (s *Simulation) modulators() []spiking.Modulator {
	var all []spiking.Modulator
	for _, m := range s.Modulators {
		made := spiking.Modulator{
			Ligand: modulator.Ligand{Name: m.Name, Diffusion: m.Diffusion.Value, Clearance: float64(m.Clearance)},
			Volume: m.Field.Volume.Value, Space: m.Field.space(), Kernel: m.Field.kernel(), Step: simulated(m.Field.Step), Sampling: simulated(m.Sampling),
		}
		if m.Uptake != nil {
			made.Uptake = modulator.Uptake{Max: m.Uptake.Max.Value, Half: m.Uptake.Half.Value}
		}
		for _, r := range m.Release {
			made.Releases = append(made.Releases, s.releases(r)...)
		}
		for _, r := range m.Receptors {
			made.Receptors = append(made.Receptors, s.receptors(r)...)
		}
		all = append(all, made)
	}
	return all
}

// releases are one for each of the types whose spikes release, or one for pairs.
func (s *Simulation) releases(r ReleaseSpec) []spiking.Release {
	each := spiking.Release{Quantum: r.Quantum, Probability: r.Probability}
	if !r.Delay.IsZero() {
		each.Delay = r.Delay.distribution()
	}
	switch r.On {
	case "pairs":
		each.Within = simulated(r.Within)
		each.Pairs = s.projectionNumber(r.Projection)
		return []spiking.Release{each}
	case "bursts":
		each.Vesicles = &modulator.DenseCore{Jump: r.Jump, Calcium: float64(r.Calcium), Threshold: r.Threshold, Pool: r.Pool,
			Refill: float64(r.Refill), Quantum: r.Quantum}
	}
	var all []spiking.Release
	for _, k := range s.Network.groups(r.From) {
		each.From = s.Cells(CellTypes{s.Network.Cells[k].Name})
		all = append(all, each)
	}
	return all
}

// projectionNumber is the number of a projection by name.
func (s *Simulation) projectionNumber(name string) int {
	return slices.IndexFunc(s.Network.Projections, func(p SpikingProjection) bool { return p.Name == name })
}

// effects are what a second messenger can change, as scenarios call it.
var effects = map[string]spiking.EffectKind{
	"threshold": spiking.ShiftThreshold, "current": spiking.AddCurrent, "gain": spiking.ScaleGain,
}

// receptors are one for each of the types that hear.
func (s *Simulation) receptors(r ReceptorSpec) []spiking.Receptor {
	var all []spiking.Receptor
	for _, k := range s.Network.groups(r.On) {
		g := s.Network.Cells[k]
		made := spiking.Receptor{
			Receptor: modulator.Receptor{HalfMaximal: r.EC50.Value, Hill: r.Hill, Density: r.Density, Rise: float64(r.Rise), Decay: float64(r.Decay)},
			To:       s.Cells(CellTypes{g.Name}), Effect: spiking.Effect{Kind: effects[r.Effect.Kind], Size: r.Effect.Size.Value},
		}
		if made.Effect.Kind == spiking.AddCurrent {
			made.Effect.Channel = r.Effect.channel(g.model())
		}
		all = append(all, made)
	}
	return all
}

// channel is the current of a model that an effect adds to; "" where it has none.
func (e EffectSpec) channel(m neuron.Model) string {
	if names := currents(m); e.Channel == "" && len(names) > 0 {
		return names[0]
	}
	return e.Channel
}

// boundaries are the ends of an axis, as scenarios call them.
var boundaries = map[string]modulator.Boundary{
	"no-flux": modulator.NoFlux, "periodic": modulator.Periodic, "absorbing": modulator.Absorbing,
}

// hasPoints says whether the field is more than one volume.
func (f FieldSpec) hasPoints() bool { return f.Kind != "mixed" }

// kernel is how the points share out what they hold; nil where they do not.
func (f FieldSpec) kernel() *spiking.Kernel {
	if f.Kind != "kernel" {
		return nil
	}
	return &spiking.Kernel{Radius: f.Radius, Kept: f.K}
}

// space is the points of a field; nil of one volume.
func (f FieldSpec) space() *modulator.Space {
	if !f.hasPoints() {
		return nil
	}
	s := &modulator.Space{Shape: [3]int{1, 1, 1}, Spacing: f.Spacing.Value, Depth: f.Depth.Value, Fraction: f.Fraction}
	copy(s.Shape[:], f.Shape)
	for axis, n := range s.Shape {
		if f.Origin == nil {
			s.Origin[axis] = -float64(s.Spacing*float64(n-1)) / 2
		} else if axis < len(f.Origin) {
			s.Origin[axis] = f.Origin[axis].Value
		}
		if axis < len(f.Shape) {
			s.Boundary[axis] = boundaries[f.boundary(axis)]
		}
	}
	return s
}

// boundary is what happens at the ends of an axis.
func (f FieldSpec) boundary(axis int) string {
	switch {
	case f.Kind == "kernel" && f.Shape[axis] > 1:
		return "periodic"
	case len(f.Boundary) == 0:
		return "no-flux"
	case len(f.Boundary) == 1:
		return f.Boundary[0]
	}
	return f.Boundary[axis]
}

// JSONSchema lists the boundaries.
func (Boundaries) JSONSchema() *jsonschema.Schema {
	one, three := uint64(1), uint64(3)
	return &jsonschema.Schema{Type: "array", MinItems: &one, MaxItems: &three,
		Items: &jsonschema.Schema{Type: "string", Enum: []any{"no-flux", "periodic", "absorbing"}}}
}
