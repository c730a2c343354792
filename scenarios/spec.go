package scenarios

import (
	"errors"
	"fmt"
	"io"
	"math"

	"paracrine/internal/spiking"
	"paracrine/internal/units"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// Spec is the network that the simulation runs. What is wrong with a file it
// reads, or with values that only the models can judge, is returned as
// [FileErrors].
func (s *Simulation) Spec() (spiking.Spec, error) {
	spec := spiking.Spec{Step: simulated(s.Network.Resolution), Seed: s.Seed, Window: simulated(s.Run.Window), Modulators: s.modulators()}
	for i, g := range s.Network.Cells {
		p, err := s.population(path{"network", "cells"}.item(i), g)
		if err != nil {
			return spec, err
		}
		spec.Populations = append(spec.Populations, p)
	}
	for i, p := range s.Network.Projections {
		made, err := s.projection(path{"network", "projections"}.item(i), i, p)
		if err != nil {
			return spec, err
		}
		spec.Projections = append(spec.Projections, made)
	}
	for i := range spec.Projections {
		if err := s.checkRule(path{"network", "projections"}.item(i), spec.Projections[i].Rule, spec.Wiring(i)); err != nil {
			return spec, err
		}
	}
	for i := range s.Network.Inputs {
		drives, err := s.drives(i)
		if err != nil {
			return spec, err
		}
		spec.Drives = append(spec.Drives, drives...)
	}
	return spec, s.checkInside(spec)
}

// refuse is an error at a place in the file.
func (s *Simulation) refuse(at path, given, allowed string) error {
	return s.origin.report([]fault{{at: at, given: given, allowed: allowed}})
}

// Cells is the range of cells that names of neighbouring types stand for.
func (s *Simulation) Cells(names CellTypes) spiking.Cells {
	var c spiking.Cells
	first, found := 0, false
	numbers := s.Network.groups(names)
	for i, g := range s.Network.Cells {
		for _, k := range numbers {
			if k != i {
				continue
			}
			if !found {
				c.First, found = first, true
			}
			c.Count += g.Count
		}
		first += g.Count
	}
	return c
}

// population makes the cells of a type.
func (s *Simulation) population(at path, g CellGroup) (spiking.Population, error) {
	m := g.model()
	p := spiking.Population{Name: g.Name, Model: m, Cells: g.Count, Exact: s.Network.exact(g),
		Values: map[string]sim.Distribution{}, Each: map[string][]float64{}, Initial: map[string]spiking.Initial{}}
	for _, parameter := range m.Parameters {
		v, given := g.Parameters[parameter.Name]
		if !given {
			p.Values[parameter.Name] = sim.Constant(parameter.Default)
			continue
		}
		each, err := s.each(at.at("parameters", parameter.Name), g, v, column{name: parameter.Name, unit: parameter.Unit}, parameter.Range)
		if err != nil {
			return p, err
		}
		if each != nil {
			p.Each[parameter.Name] = each
		} else {
			p.Values[parameter.Name] = v.distribution()
		}
	}
	for _, variable := range m.Variables {
		v, given := g.Initial[variable.Name]
		if !given {
			continue
		}
		each, err := s.each(at.at("initial", variable.Name), g, v, column{name: variable.Name, unit: variable.Unit}, neuron.Anything)
		if err != nil {
			return p, err
		}
		p.Initial[variable.Name] = spiking.Initial{Drawn: v.distribution(), Each: each}
	}
	var err error
	if p.Times, err = s.times(g); err != nil {
		return p, err
	}
	p.Positions, err = s.positions(at, g)
	return p, err
}

// each is a value for every cell; nil where they can be drawn one by one.
func (s *Simulation) each(at path, g CellGroup, v Value, c column, within neuron.Range) ([]float64, error) {
	if name, isFile := v.file(); isFile {
		return s.readEach(at, g, name, c, within)
	}
	if !v.needsCells() {
		return nil, nil
	}
	values := make([]float64, g.Count)
	purpose := sim.Purpose(g.Name + " " + at[len(at)-1])
	if v.Drawn.Shared != "" {
		purpose = sim.Purpose(g.Name + " shared " + v.Drawn.Shared)
	}
	var stream sim.Stream
	for i := range values {
		stream.Reset(s.Seed, purpose, uint64(i))
		values[i] = v.Drawn.uniform(&stream)
	}
	return values, nil
}

// uniform draws from + (to − from) r^exponent within the bounds.
func (d *Draws) uniform(stream *sim.Stream) float64 {
	low, high := math.Inf(-1), math.Inf(1)
	if d.Low != nil {
		low = d.Low.Value
	}
	if d.High != nil {
		high = d.High.Value
	}
	const most = 1000 // as in sim.Distribution
	for k := 0; ; k++ {
		r := stream.Float64()
		power := r
		for range d.Exponent - 1 {
			power *= r
		}
		x := d.From.Value + float64((d.To.Value-d.From.Value)*power)
		if x >= low && x <= high || k == most {
			return math.Min(math.Max(x, low), high)
		}
	}
}

// readEach reads a value per cell.
func (s *Simulation) readEach(at path, g CellGroup, name string, c column, within neuron.Range) ([]float64, error) {
	t, err := s.open(at.at("file"), name, c)
	if err != nil {
		return nil, err
	}
	values := make([]float64, 0, g.Count)
	err = t.each(func(row []float64) error {
		if !within.Holds(row[0]) {
			return t.refuse(0, fmt.Sprint(row[0]), within.String())
		}
		if len(values) == g.Count {
			return t.refuse(0, "a value too many", fmt.Sprintf("one for each of the %d cells of %s", g.Count, g.Name))
		}
		values = append(values, row[0])
		return nil
	})
	if err == nil && len(values) < g.Count {
		err = s.refuse(at.at("file"), because(quote(shortName(name)), fmt.Sprintf("it has %d values", len(values))),
			fmt.Sprintf("one for each of the %d cells of %s", g.Count, g.Name))
	}
	return values, err
}

// open opens a file that the simulation names at a place.
func (s *Simulation) open(at path, name string, columns ...column) (*table, error) {
	t, err := openTable(name, columns...)
	var faults FileErrors
	if err != nil && !errors.As(err, &faults) {
		return nil, s.refuse(at, because(quote(shortName(name)), legible(err.Error())), "a file that can be read")
	}
	return t, err
}

// openFile opens a file that the simulation names at a place.
func (s *Simulation) openFile(at path, name string) (io.Reader, error) {
	file, err := contents(name)
	if err != nil {
		return nil, s.refuse(at, because(quote(shortName(name)), legible(err.Error())), "a file that can be read")
	}
	return file, nil
}

// tableFault is what package synapse says of a file, as an error of the file.
func (s *Simulation) tableFault(at path, name string, err error) error {
	var wrong *synapse.TableError
	if !errors.As(err, &wrong) {
		return s.refuse(at, because(quote(shortName(name)), legible(err.Error())), "a file that can be read")
	}
	return FileErrors{{File: wrong.File, Line: max(wrong.Line, 1), Column: max(wrong.Column, 1), Given: legible(wrong.Given), Allowed: wrong.Allowed}}
}

// positions are where the cells of a type are; nil where it does not say.
func (s *Simulation) positions(at path, g CellGroup) ([][3]float64, error) {
	if g.Positions == nil {
		return nil, nil
	}
	at = at.at("positions")
	if g.Positions.Layout == fromFile {
		file, err := s.openFile(at.at("file"), g.Positions.File)
		if err != nil {
			return nil, err
		}
		positions, err := synapse.ReadPositions(shortName(g.Positions.File), file, g.Count)
		if err != nil {
			err = s.tableFault(at.at("file"), g.Positions.File, err)
		}
		return positions, err
	}
	positions, err := g.Positions.placement().Place(g.Count, sim.NewStream(s.Seed, sim.Purpose(g.Name+" positions"), 0))
	var wrong *synapse.KeyError
	if errors.As(err, &wrong) {
		err = s.refuse(at.at(wrong.Key), wrong.Given, wrong.Allowed)
	}
	return positions, err
}

// placement is a lattice or a box around the origin, or boxes in layers.
func (p *Positions) placement() synapse.Placement {
	switch p.Layout {
	case "layers":
		var all synapse.Layers
		for _, l := range p.Layers {
			all = append(all, synapse.Layer{Cells: l.Cells, Depth: l.Depth.Value, Place: boxAround(l.Extent)})
		}
		return all
	case "lattice":
		l := synapse.Lattice{Shape: [3]int{1, 1, 1}}
		copy(l.Shape[:], p.Shape)
		for axis, n := range l.Shape {
			l.Spacing[axis] = p.Spacing.Value
			l.Origin[axis] = -float64(p.Spacing.Value*float64(n-1)) / 2
		}
		return l
	}
	return boxAround(p.Extent)
}

// boxAround is a box around the origin.
func boxAround(extent []units.Quantity) (b synapse.Box) {
	for axis, length := range extent {
		b.Low[axis], b.High[axis] = -length.Value/2, length.Value/2
	}
	return b
}

// times are the times at which the cells of a source fire.
func (s *Simulation) times(g CellGroup) ([][]sim.Time, error) {
	if g.Times == nil {
		return nil, nil
	}
	trains := make([][]sim.Time, g.Count)
	if g.Times.File != "" {
		return trains, s.readTimes(g, trains)
	}
	for i := range trains {
		train := g.Times.All
		if g.Times.Each != nil {
			train = g.Times.Each[i]
		}
		for _, t := range train {
			trains[i] = append(trains[i], simulated(t))
		}
	}
	return trains, nil
}

// readTimes reads spikes, a line each, those of a cell in order.
func (s *Simulation) readTimes(g CellGroup, trains [][]sim.Time) error {
	at := s.groupPath(g).at("times", "file")
	t, err := s.open(at, g.Times.File, column{name: "cell", limit: g.Count}, column{name: "time", unit: "ms"})
	if err != nil {
		return err
	}
	last := make([]units.Time, g.Count)
	return t.each(func(row []float64) error {
		cell, when := int(row[0]), units.Time(row[1])
		r := s.Network.refuseSpike(g, when, last[cell])
		if r == nil && (when < 0 || when > longest) {
			r = &refusal{"is no time of a simulation", "durations from 0 ms to 100 days"}
		}
		if r != nil {
			return t.refuse(t.places[1], because(when.String(), r.why), r.allowed)
		}
		last[cell] = when
		trains[cell] = append(trains[cell], simulated(when))
		return nil
	})
}

// groupPath is the place of a type in the file.
func (s *Simulation) groupPath(g CellGroup) path {
	return path{"network", "cells", g.Name}
}

// drives are an input to each of the types it reaches.
func (s *Simulation) drives(i int) ([]spiking.Drive, error) {
	in, at := s.Network.Inputs[i], path{"network", "inputs"}.item(i)
	name := in.Name
	if name == "" {
		name = fmt.Sprintf("input %d", i)
	}
	var drives []spiking.Drive
	for _, k := range s.Network.groups(in.To) {
		g := s.Network.Cells[k]
		each := name + " onto " + g.Name
		made, err := s.drive(at, in, g, each)
		if err != nil {
			return nil, err
		}
		drives = append(drives, spiking.Drive{Name: each, To: s.Cells(CellTypes{g.Name}), Channel: in.channel(g.model()), Drive: made})
	}
	return drives, nil
}

// channel is the name of the input of a model that is driven.
func (in InputSpec) channel(m neuron.Model) string {
	if in.Kind == "poisson" {
		c, _ := channel(m, in.Channel, in.Weight.Value, in.Weight.Value)
		return c.Name
	}
	if in.Channel != "" {
		return in.Channel
	}
	return currents(m)[0]
}

// drive makes an input onto a type; its name tells its random numbers from those
// of others.
func (s *Simulation) drive(at path, in InputSpec, g CellGroup, name string) (neuron.Drive, error) {
	step := simulated(s.Network.Resolution)
	var d neuron.Drive
	var err error
	switch in.Kind {
	case "constant":
		return neuron.ConstantCurrent(in.Amplitude.Value), nil
	case "sine":
		return neuron.SineCurrent{Offset: in.Mean.Value, Amplitude: in.Amplitude.Value, Frequency: in.Frequency.Value,
			Phase: in.Phase * math.Pi / 180, Step: step}, nil
	case "step":
		d, err = in.steps(step, s.Network.exact(g))
		at = at.at("steps")
	case "noise":
		d, err = in.noise(s.Seed, name, step)
		at = at.at("interval")
	default:
		d, err = neuron.NewPoissonDrive(s.Seed, name, in.Rate.Value, in.Weight.Value, step)
		at = at.at("rate")
	}
	if err != nil {
		return nil, s.refuse(at, in.Kind, err.Error())
	}
	return d, nil
}

// noise is a current that is drawn anew at every interval.
func (in InputSpec) noise(seed uint64, name string, step sim.Time) (neuron.Drive, error) {
	d, err := neuron.NewNoiseCurrent(seed, name, in.Mean.Value, in.SD.Value, simulated(in.Interval), step)
	if err == nil && in.Distribution == "uniform" {
		d = d.Uniform()
	}
	return d, err
}

// steps is a current that changes at certain times.
func (in InputSpec) steps(step sim.Time, exact bool) (neuron.Drive, error) {
	if exact {
		step = 0
	}
	var times []sim.Time
	var currents []float64
	for _, k := range in.Steps {
		times, currents = append(times, simulated(k.At)), append(currents, k.Amplitude.Value)
	}
	return neuron.NewStepCurrent(times, currents, step)
}
