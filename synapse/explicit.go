package synapse

import (
	"fmt"
	"io"
	"math"
)

// Explicit is a list of synapses. All have key 0, in the order of the list.
type Explicit struct {
	Pre, Post []uint32 // numbers of cells at the ends, from 0
	// Weight (in the unit of the channel) and Delay (ms) are per synapse; nil
	// where the projection says what they are.
	Weight, Delay []float64
}

// listColumns are those of a list, of which listRequired must be there.
var listColumns = []string{"source", "target", "weight", "delay"}

const listRequired = 2

// ReadExplicit reads a list of synapses between pre sources and post targets from
// a CSV file whose header names the columns source, target and, if they are
// there, weight and delay. Errors are *[TableError] and call the file name.
func ReadExplicit(name string, r io.Reader, pre, post int) (*Explicit, error) {
	t, err := newTable(name, r, listColumns, listRequired)
	if err != nil {
		return nil, err
	}
	list := new(Explicit)
	for {
		more, err := t.next()
		if err != nil {
			return nil, err
		}
		if !more {
			break
		}
		if err := list.add(t, pre, post); err != nil {
			return nil, err
		}
	}
	if len(list.Pre) == 0 {
		return nil, t.wrong(0, "a header alone", "a line for each synapse")
	}
	return list, nil
}

// add appends the synapse of the row read last.
func (l *Explicit) add(t *table, pre, post int) error {
	for field, column := range t.header {
		var err error
		switch column {
		case "source":
			l.Pre, err = appendCell(l.Pre, t, field, pre)
		case "target":
			l.Post, err = appendCell(l.Post, t, field, post)
		case "weight":
			l.Weight, err = appendNumber(l.Weight, t, field)
		case "delay":
			l.Delay, err = appendDelay(l.Delay, t, field)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func appendCell(cells []uint32, t *table, field, count int) ([]uint32, error) {
	cell, err := t.cell(field, count)
	return append(cells, cell), err
}

func appendNumber(numbers []float64, t *table, field int) ([]float64, error) {
	x, err := t.number(field)
	return append(numbers, x), err
}

func appendDelay(delays []float64, t *table, field int) ([]float64, error) {
	x, err := t.number(field)
	if err == nil && x <= 0 {
		err = t.wrong(field, "delay "+quoted(t.row[field]), "more than 0 ms")
	}
	return append(delays, x), err
}

// Connect yields the whole list, whatever range of targets is asked for.
func (l *Explicit) Connect(_ Wiring, _, _ int, yield func(Batch)) {
	yield(Batch{Pre: l.Pre, Post: l.Post, Weight: l.Weight, Delay: l.Delay})
}

// Expected is the length of the list.
func (l *Explicit) Expected(Wiring) float64 { return float64(len(l.Pre)) }

// Check refuses lists of unequal lengths, cells that do not exist, weights that
// are no numbers and delays that are not positive.
func (l *Explicit) Check(w Wiring) error {
	if err := w.checkCells(); err != nil {
		return err
	}
	if err := l.checkLengths(); err != nil {
		return err
	}
	for i := range l.Pre {
		if err := l.checkSynapse(i, w); err != nil {
			return err
		}
	}
	return nil
}

func (l *Explicit) checkLengths() error {
	for _, list := range []struct {
		what     string
		length   int
		optional bool
	}{{"targets", len(l.Post), false}, {"weights", len(l.Weight), l.Weight == nil}, {"delays", len(l.Delay), l.Delay == nil}} {
		if list.length != len(l.Pre) && !list.optional {
			return &KeyError{"connection", fmt.Sprintf("%d %s for %d sources", list.length, list.what, len(l.Pre)), "as many as sources"}
		}
	}
	return nil
}

func (l *Explicit) checkSynapse(i int, w Wiring) error {
	switch {
	case int(l.Pre[i]) >= w.Pre:
		return &KeyError{"connection", fmt.Sprintf("source %d in synapse %d", l.Pre[i], i), fmt.Sprintf("0 to %d", w.Pre-1)}
	case int(l.Post[i]) >= w.Post:
		return &KeyError{"connection", fmt.Sprintf("target %d in synapse %d", l.Post[i], i), fmt.Sprintf("0 to %d", w.Post-1)}
	case l.Weight != nil && (math.IsNaN(l.Weight[i]) || math.IsInf(l.Weight[i], 0)):
		return &KeyError{"weight", fmt.Sprintf("%v in synapse %d", l.Weight[i], i), "finite numbers"}
	case l.Delay != nil && (!(l.Delay[i] > 0) || math.IsInf(l.Delay[i], 1)):
		return &KeyError{"delay", fmt.Sprintf("%v ms in synapse %d", l.Delay[i], i), "finite, more than 0 ms"}
	}
	return nil
}

// Weights are those of the list; nil if it has none.
func (l *Explicit) Weights() []float64 { return l.Weight }

// Delays are those of the list in ms; nil if it has none.
func (l *Explicit) Delays() []float64 { return l.Delay }
