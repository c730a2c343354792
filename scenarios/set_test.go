package scenarios

import (
	"testing"
)

func TestSet(t *testing.T) {
	s, err := Parse("small.yaml", small(t), []string{
		"network.cells.excitatory.count=50",
		"network.cells.1.count=12",
		"network.cells.inhibitory.parameters.tau=0.05 s",
		"task.delay=150 ms",
		"learning.rule=eprop:feedback=random",
		"learning.alignment.every=50",
		"training.validation.batch=64",
		"title='with: colon'",
		"expect.0.to=1e-1",
		"seed=7",
		"seed=8",
	})
	if err != nil {
		t.Fatal(err)
	}
	cells := s.Network.Cells
	if cells[0].Count != 50 || cells[1].Count != 12 || cells[1].Parameters.Tau != 50 {
		t.Errorf("cells %+v", cells)
	}
	if task := s.Task.Task.(*DelayedXOR); task.Delay != 150 || task.Cue != 20 {
		t.Errorf("task %+v", task)
	}
	if s.Learning.Rule.String() != "eprop:feedback=random" || s.Learning.Alignment.Every != 50 {
		t.Errorf("learning %+v", s.Learning)
	}
	if s.Training.Validation.Batch != 64 || s.Title != "with: colon" || s.Expect[0].To != 0.1 || s.Seed != 8 {
		t.Errorf("%+v", s)
	}
}

// A value in --set is checked like one in a file, and the error names the option.
func TestBrokenSet(t *testing.T) {
	for _, c := range []struct{ set, want string }{
		{"task.delay=150", "task.delay: given 150 (has no unit); allowed a number with a unit of time (ms, s, us or µs), such as 20 ms"},
		{"task.delay=-150 ms", `task.delay: given "-150 ms" (is negative); allowed a duration from 0 ms to 100 days`},
		{"task.dealy=150 ms", `task.dealy: given the unknown key "dealy"; allowed name, cue, delay, decision, amplitude, width, baseline, noise (did you mean "delay"?)`},
		{"network.cels.excitatory.count=50", `network.cels: given the unknown key "cels"; allowed step, conventions, input-scale, inhibitory-inputs, dale, cells, torus, projections, readout (did you mean "cells"?)`},
		{"network.cells.excitatry.count=50", `network.cells.excitatry: given "excitatry"; allowed an item from 0 to 1, excitatory, inhibitory (did you mean "excitatory"?)`},
		{"network.cells.2.count=50", `network.cells.2: given "2"; allowed an item from 0 to 1, excitatory, inhibitory`},
		{"network.cells.-1.count=50", `network.cells.-1: given "-1"; allowed an item from 0 to 1, excitatory, inhibitory`},
		{"network.cells.excitatory.count=1.5", "network.cells.excitatory.count: given 1.5; allowed a whole number from 1 to 1000000"},
		{"network.cells=[]", "network.cells: given an empty list; allowed a list of at least one item"},
		{"network.step=.nan", "network.step: given .nan; allowed a finite number"},
		{"seed.high=1", "seed: given a mapping; allowed a whole number from 0 to 18446744073709551615"},
		{"task.delay.ms=1", `task.delay.ms: given "ms"; allowed nothing below the value "10 ms": set it whole`},
		{"learning.schedule=step", `learning.schedule: given "step"; allowed a mapping with the keys name`},
		{"learning.rule=modprop:weights=cel", `learning.rule: given "modprop:weights=cel" (weights=cel); allowed cell, type, expression`},
		{"learning.rule=bptt:window=5", `learning.rule: given "bptt:window=5" (unknown option "window"; bptt has reset); allowed a rule as ` + "`paracrine list` documents it"},
		{"title=", "title: given nothing; allowed text that is not empty"},
		{"title=a: b", `title: given "a: b"; allowed a value, [a, list] or {a: mapping}; text that contains “: ” needs quotation marks`},
		{"title=[a", "title: given what is not YAML (did not find expected ',' or ']' while parsing a flow sequence); allowed one YAML mapping; text that contains “: ” or “#”, or begins with a sign, needs quotation marks"},
		{"title=*x", "title: given an alias (*name); allowed the value itself, written out"},
		{"title=&x y", "title: given an anchor (&x); allowed a value without an anchor"},
		{"readout", `given "readout"; allowed path=value, as in task.delay=150 ms`},
		{"=1", "given a path with an empty step; allowed keys joined by dots, as in network.cells.0.count"},
		{"task..delay=1 ms", "task: given a path with an empty step; allowed keys joined by dots, as in network.cells.0.count"},
	} {
		_, err := Parse("small.yaml", small(t), []string{c.set})
		checkErrors(t, err)
		if want := "--set " + c.set + ": " + c.want; err.Error() != want {
			t.Errorf("%v\nwant\n%s", err, want)
		}
	}
}

// What stays in the file and no longer fits is cited where it stands.
func TestSetLeavesTheRestInPlace(t *testing.T) {
	_, err := Parse("small.yaml", small(t), []string{"learning.schedule={name: cosine, every: 1, factor: 1}", "task.name=sine"})
	const want = `--set learning.schedule={name: cosine, every: 1, factor: 1}: learning.schedule.every: given 1; allowed only with name: step
--set learning.schedule={name: cosine, every: 1, factor: 1}: learning.schedule.factor: given 1; allowed only with name: step
small.yaml:26:27: task.cue: given the unknown key "cue"; allowed name, duration, clock, amplitude, noise, periods, pattern
small.yaml:26:39: task.delay: given the unknown key "delay"; allowed name, duration, clock, amplitude, noise, periods, pattern
small.yaml:26:53: task.width: given the unknown key "width"; allowed name, duration, clock, amplitude, noise, periods, pattern`
	if err == nil || err.Error() != want {
		t.Errorf("%v\nwant\n%s", err, want)
	}
}
