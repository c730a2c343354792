package experiment

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"paracrine/internal/spiking"
	"paracrine/neuron"
	"paracrine/sim"
)

// writeFiles makes the files of results out of the journals.
func (c *recording) writeFiles() error {
	if err := c.flush(); err != nil {
		return err
	}
	for _, r := range c.spikes {
		if err := c.writeSpikes(r); err != nil {
			return err
		}
	}
	for _, r := range c.rates {
		if err := c.writeRates(r); err != nil {
			return err
		}
	}
	for _, v := range c.variables {
		if err := c.writeVariable(v); err != nil {
			return err
		}
	}
	for _, w := range c.weights {
		if err := c.writeWeights(w); err != nil {
			return err
		}
	}
	for _, r := range c.courses {
		if err := c.writeCourse(r); err != nil {
			return err
		}
	}
	return c.writeModulators()
}

// file fills a file of results; without a name there is none.
func (c *recording) file(name string, fill func(*rows) error, columns ...column) error {
	if name == "" {
		return nil
	}
	out, err := newRows(filepath.Join(c.simulation.options.Dir, name), columns...)
	if err != nil {
		return err
	}
	defer out.discard()
	if err := fill(out); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return out.commit()
}

var timeColumn = column{"time_ms", false}

// writeSpikes leaves time and cell of every spike, by time, then by cell.
func (c *recording) writeSpikes(r spikeRecorder) error {
	return c.file(r.file, func(out *rows) error {
		return readSpikes(c.path(r.journal), func(at sim.Time, cell uint32) error {
			return out.add(at.Milliseconds(), float64(cell))
		})
	}, timeColumn, column{"cell", true})
}

// writeRates leaves the end of every bin and the mean rate of each type in it.
func (c *recording) writeRates(r rateRecorder) error {
	columns := []column{timeColumn}
	var rates [][]float64
	until := c.simulation.network.Now()
	for _, kind := range r.types {
		p := c.simulation.spec.Populations[kind]
		columns = append(columns, column{p.Name + "_Hz", false})
		rates = append(rates, r.activity[kind].Rates(p.Cells, until))
	}
	return c.file(r.file, func(out *rows) error {
		row := make([]float64, len(columns))
		for bin := range rates[0] {
			row[0] = r.activity[r.types[0]].Start(bin + 1).Milliseconds()
			for i := range rates {
				row[i+1] = rates[i][bin]
			}
			if err := out.add(row...); err != nil {
				return err
			}
		}
		return nil
	}, columns...)
}

// writeVariable leaves a variable of every recorded cell at every sample, by
// time, then by cell.
func (c *recording) writeVariable(v variableRecorder) error {
	return c.writeParts(v.file, withUnit(v.name, v.unit), v.parts)
}

// writeParts leaves a quantity of cells of several types at every sample, by time, then
// by cell.
func (c *recording) writeParts(file, name string, parts []variablePart) error {
	var journals []*samples
	for _, part := range parts {
		s, err := openSamples(c.path(part.journal), len(part.cells))
		if err != nil {
			return err
		}
		defer s.file.Close()
		journals = append(journals, s)
	}
	return c.file(file, func(out *rows) error {
		for {
			for i, s := range journals {
				at, values, err := s.next()
				if values == nil || err != nil {
					return err
				}
				first := c.first[parts[i].kind]
				for j, cell := range parts[i].cells {
					if err := out.add(at.Milliseconds(), float64(first+cell), values[j]); err != nil {
						return err
					}
				}
			}
		}
	}, timeColumn, column{"cell", true}, column{name, false})
}

// synapse is one synapse of a projection, in the order of the network.
type synapse struct {
	pre, post uint32
	delay     float64
	place     int // in that order
}

// writeWeights leaves the weight of every synapse at every sample, by time, then
// by source, target and delay: an order that does not depend on workers.
func (c *recording) writeWeights(w weightRecorder) error {
	var synapses []synapse
	c.simulation.network.EachSynapse(w.projection, func(pre, post uint32, _, delay float64) bool {
		synapses = append(synapses, synapse{pre, post, delay, len(synapses)})
		return true
	})
	slices.SortStableFunc(synapses, func(a, b synapse) int {
		return cmp.Or(cmp.Compare(a.pre, b.pre), cmp.Compare(a.post, b.post), cmp.Compare(a.delay, b.delay))
	})
	journal, err := openSamples(c.path(w.journal), len(synapses))
	if err != nil {
		return err
	}
	defer journal.file.Close()
	return c.file(w.file, func(out *rows) error {
		for {
			at, weights, err := journal.next()
			if weights == nil || err != nil {
				return err
			}
			for _, s := range synapses {
				if err := out.add(at.Milliseconds(), float64(s.pre), float64(s.post), weights[s.place], s.delay); err != nil {
					return err
				}
			}
		}
	}, timeColumn, column{"pre", true}, column{"post", true}, column{withUnit("weight", w.unit), false}, column{"delay_ms", false})
}

// writeCourse leaves a number at every sample.
func (c *recording) writeCourse(r courseRecorder) error {
	column := column{withUnit(strings.ReplaceAll(r.quantity, " ", "_"), r.unit), false}
	return c.file(r.file, func(out *rows) error {
		return c.readCourse(r, func(at sim.Time, value float64) error { return out.add(at.Milliseconds(), value) })
	}, timeColumn, column)
}

// readCourse calls yield for every sample of a course.
func (c *recording) readCourse(r courseRecorder, yield func(at sim.Time, value float64) error) error {
	return c.readSamples(r.journal, 1, func(at sim.Time, values []float64) error { return yield(at, values[0]) })
}

// withUnit is the name of a column, in ASCII.
func withUnit(name, unit string) string {
	if unit == "" {
		return name
	}
	return name + "_" + strings.ReplaceAll(unit, "µ", "u")
}

// variableIndex is the number of a model's variable; −1 without one of the name.
func variableIndex(m neuron.Model, name string) int {
	return slices.IndexFunc(m.Variables, func(v neuron.Variable) bool { return v.Name == name })
}

// channelOf is the input of a model that a projection's weights of a sign reach.
func channelOf(p spiking.Projection, m neuron.Model, sign int) neuron.Input {
	for _, in := range m.Inputs {
		if in.Name == p.Channel || p.Channel == "" && !in.Current && (in.Sign == 0 || in.Sign == sign) {
			return in
		}
	}
	return neuron.Input{}
}

// targets are the numbers of the types a range of cells belongs to.
func (r *simulation) typesOf(c spiking.Cells) []int {
	var kinds []int
	first := 0
	for kind, p := range r.spec.Populations {
		if c.First < first+p.Cells && first < c.First+c.Count {
			kinds = append(kinds, kind)
		}
		first += p.Cells
	}
	return kinds
}

// weightUnit is the unit of a projection's weights.
func (r *simulation) weightUnit(p spiking.Projection) string {
	low, _ := p.Weight.Support()
	sign := 1
	if low < 0 {
		sign = -1
	}
	for _, kind := range r.typesOf(p.To) {
		return channelOf(p, r.spec.Populations[kind].Model, sign).Unit
	}
	return ""
}
