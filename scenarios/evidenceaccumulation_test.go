package scenarios

import (
	"fmt"
	"math"
	"math/bits"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/stat/combin"

	"paracrine/internal/units"
)

// publishedAccumulation is what the papers and their programs say of a version,
// in steps of 1 ms.
type publishedAccumulation struct {
	version                        string
	steps, firstCue, recall        int
	left, right, decision, ongoing int // first input of each group of 10
	counts                         bool
	window                         int // steps with a learning signal, at the end
	alike                          float64
}

var publishedAccumulations = []publishedAccumulation{
	{"liu2021", 2000, 0, 1850, 0, 10, 20, 30, true, 1, 0.5},
	{"bellec2020", 2250, 50, 2100, 0, 10, 20, 30, false, 150, 0.7*0.7 + 0.3*0.3},
	{"barretto2026", 2050, 50, 1900, 20, 30, 10, 0, false, 150, 0.5},
}

func accumulationOf(t *testing.T, version string) *EvidenceAccumulation {
	t.Helper()
	return taskKinds["evidence-accumulation"].version(version)().(*EvidenceAccumulation)
}

func TestEvidenceAccumulationTimes(t *testing.T) {
	for _, p := range publishedAccumulations {
		e := accumulationOf(t, p.version)
		if e.Version != p.version || e.Steps(1) != p.steps || e.Inputs() != 40 || e.Outputs() != 2 {
			t.Errorf("%s: %s, %d steps, %d inputs, %d outputs", p.version, e.Version, e.Steps(1), e.Inputs(), e.Outputs())
		}
		epochs := e.Epochs()
		if len(epochs) != 9 {
			t.Fatalf("%s: %d epochs", p.version, len(epochs))
		}
		for k := range 7 {
			from := units.Time(p.firstCue + 150*k)
			if want := (Epoch{fmt.Sprintf("cue %d", k+1), from, from + 100}); epochs[k] != want {
				t.Errorf("%s: %v, want %v", p.version, epochs[k], want)
			}
		}
		end, recall := units.Time(p.firstCue+1000), units.Time(p.recall)
		if want := []Epoch{{"delay", end, recall}, {"recall", recall, recall + 150}}; !reflect.DeepEqual(epochs[7:], want) {
			t.Errorf("%s: %v, want %v", p.version, epochs[7:], want)
		}
		checkWindow(t, e, p.steps, p.window)
	}
}

// checkWindow wants the mean of the cross-entropy over the last steps.
func checkWindow(t *testing.T, task Task, steps, last int) {
	t.Helper()
	loss, weight := task.Loss(1)
	if loss != CrossEntropy || len(weight) != steps {
		t.Fatalf("%s over %d steps", loss, len(weight))
	}
	for i, w := range weight {
		want := 0.0
		if i >= steps-last {
			want = 1 / float64(last)
		}
		if w != want {
			t.Fatalf("step %d has weight %v, want %v", i, w, want)
		}
	}
}

// tally is how many spikes are where.
type tally struct{ spikes, entries, more float64 }

func (n *tally) add(t Trial, inputs, first, from, to int) {
	for step := from; step < to; step++ {
		for _, x := range t.Input[step*inputs+first : step*inputs+first+10] {
			n.spikes += x
			n.entries++
			if x > 1 {
				n.more++
			}
		}
	}
}

// fits tests a rate (spikes per step) and whether there can be several spikes.
func (n tally) fits(t *testing.T, what string, rate float64, counts bool) {
	t.Helper()
	variance := n.entries * rate * (1 - rate)
	several := 0.0
	if counts {
		variance = n.entries * rate
		several = n.entries * (1 - math.Exp(-rate)*(1+rate))
	}
	if math.Abs(n.spikes-n.entries*rate) > 4*math.Sqrt(variance) {
		t.Errorf("%s: %v spikes, expected %v", what, n.spikes, n.entries*rate)
	}
	if math.Abs(n.more-several) > 4*math.Sqrt(several) {
		t.Errorf("%s: %v steps with several spikes, expected %v", what, n.more, several)
	}
}

// The cues, read off the spikes, are the condition; the class is the side that
// has more of them. Groups have their rates when active and are silent otherwise.
func TestEvidenceAccumulationTrials(t *testing.T) {
	for _, p := range publishedAccumulations {
		e := accumulationOf(t, p.version)
		var cues, recall, background, total tally
		classes := map[int]int{}
		for i := range uint64(60) {
			trial := fillTrial(e, 1, NewStreams(1, streamTraining, i, 64))
			pattern, right := 0, 0
			for k := range 7 {
				from := p.firstCue + 150*k
				var left, other tally
				left.add(trial, 40, p.left, from, from+100)
				other.add(trial, 40, p.right, from, from+100)
				pattern *= 2
				active := p.left
				if other.spikes > 0 {
					pattern, right, active = pattern+1, right+1, p.right
				}
				if left.spikes > 0 == (other.spikes > 0) {
					t.Errorf("%s, trial %d, cue %d: %v spikes left and %v right", p.version, i, k, left.spikes, other.spikes)
				}
				cues.add(trial, 40, active, from, from+100)
			}
			class := 0
			if right >= 4 {
				class = 1
			}
			if trial.Class != class || trial.Condition != pattern {
				t.Errorf("%s, trial %d: class %d and condition %d, its cues say %d and %d", p.version, i, trial.Class, trial.Condition, class, pattern)
			}
			classes[class]++
			recall.add(trial, 40, p.decision, p.recall, p.steps)
			background.add(trial, 40, p.ongoing, 0, p.steps)
			for first := 0; first < 40; first += 10 {
				total.add(trial, 40, first, 0, p.steps)
			}
		}
		cues.fits(t, p.version+", cues", 0.04, p.counts)
		recall.fits(t, p.version+", recall", 0.04, p.counts)
		background.fits(t, p.version+", background", 0.01, p.counts)
		if elsewhere := total.spikes - cues.spikes - recall.spikes - background.spikes; elsewhere != 0 {
			t.Errorf("%s: %v spikes where there should be none", p.version, elsewhere)
		}
		if classes[0] < 15 || classes[1] < 15 {
			t.Errorf("%s: classes %v", p.version, classes)
		}
	}
}

// Left and right are alike, and cues agree as often as two draws from the
// trial's side do. The number on the right is a mixture of two binomials.
func TestEvidenceAccumulationCues(t *testing.T) {
	const trials = 6400
	for _, p := range publishedAccumulations {
		e := accumulationOf(t, p.version)
		first, last, agree, numbers := 0.0, 0.0, 0.0, make([]float64, 8)
		for i := range uint64(trials) {
			pattern := e.pattern(NewStreams(3, streamTraining, i, 64))
			a, b := pattern>>6, pattern&1
			first += float64(a)
			last += float64(b)
			if a == b {
				agree++
			}
			numbers[bits.OnesCount(uint(pattern))]++
		}
		fitsBinomial(t, p.version+", first cue", first, trials, 0.5)
		fitsBinomial(t, p.version+", last cue", last, trials, 0.5)
		fitsBinomial(t, p.version+", first and last agree", agree, trials, p.alike)
		expected := make([]float64, 8)
		side := map[bool]float64{true: 0.7, false: 0.5}[p.version == "bellec2020"]
		for k := range expected {
			ways := float64(combin.Binomial(7, k))
			expected[k] = trials * ways / 2 * (math.Pow(side, float64(k))*math.Pow(1-side, float64(7-k)) + math.Pow(1-side, float64(k))*math.Pow(side, float64(7-k)))
		}
		chiSquared(t, p.version+", cues on the right", numbers, expected)
	}
}

// A batch of 64 has 64 of the 128 patterns, other ones than the next batch or
// the validation; a larger batch has each as often as another, but for one.
func TestEvidenceAccumulationDistinctPatterns(t *testing.T) {
	e := accumulationOf(t, "liu2021")
	batch := func(s func(i uint64) *Streams, trials uint64) []float64 {
		times := make([]float64, 128)
		for i := range trials {
			times[e.pattern(s(i))]++
		}
		return times
	}
	training := batch(func(i uint64) *Streams { return NewStreams(1, streamTraining, i, 64) }, 64)
	for pattern, n := range training {
		if n > 1 {
			t.Errorf("pattern %d is there %v times", pattern, n)
		}
	}
	for name, other := range map[string][]float64{
		"next batch": batch(func(i uint64) *Streams { return NewStreams(1, streamTraining, 64+i, 64) }, 64),
		"validation": batch(func(i uint64) *Streams { return NewStreams(1, streamValidation, i, 64) }, 64),
	} {
		if reflect.DeepEqual(training, other) {
			t.Errorf("the %s has the same patterns", name)
		}
	}
	for pattern, n := range batch(func(i uint64) *Streams { return NewStreams(1, streamValidation, i, 300) }, 300) {
		if n != 2 && n != 3 {
			t.Errorf("of 300 trials, %v have pattern %d", n, pattern)
		}
	}
	all := make([]float64, 128)
	expected := make([]float64, 128)
	for i := range uint64(64 * 200) { // half of the patterns each time: less variable than chance
		all[e.pattern(NewStreams(5, streamTraining, i, 64))]++
	}
	for i := range expected {
		expected[i] = 100
	}
	chiSquared(t, "patterns over batches", all, expected)
}

// What a version says is a default: any of it can be changed.
func TestEvidenceAccumulationVersions(t *testing.T) {
	for parameters, change := range map[string]func(*EvidenceAccumulation){
		"":                    func(e *EvidenceAccumulation) { *e = *accumulationOf(t, "liu2021") },
		", version: liu2021":  func(e *EvidenceAccumulation) { *e = *accumulationOf(t, "liu2021") },
		", spikes: bernoulli": func(e *EvidenceAccumulation) { *e = *accumulationOf(t, "liu2021"); e.Spikes = "bernoulli" },
		", version: bellec2020, cues: 3, silence-first: false, probability: 1": func(e *EvidenceAccumulation) {
			*e = *accumulationOf(t, "bellec2020")
			e.Cues, e.SilenceFirst, e.Probability = 3, false, 1
		},
		", groups: [recall, left, right, background], version: barretto2026, delay: 0 s, window: last-step": func(e *EvidenceAccumulation) {
			*e = *accumulationOf(t, "barretto2026")
			e.Groups, e.Delay, e.Window = []string{"recall", "left", "right", "background"}, 0, "last-step"
		},
	} {
		s, err := Parse("f", small(t), []string{"task={name: evidence-accumulation" + parameters + "}"})
		if err != nil {
			t.Error(err)
			continue
		}
		want := new(EvidenceAccumulation)
		change(want)
		if !reflect.DeepEqual(s.Task.Task, want) {
			t.Errorf("%s: %+v, want %+v", parameters, s.Task.Task, want)
		}
		checkRoundTrip(t, s)
	}
}

// Without silence and delay, epochs follow each other.
func TestEvidenceAccumulationWithoutSilence(t *testing.T) {
	e := accumulationOf(t, "liu2021")
	e.Cues, e.Cue, e.Silence, e.Delay, e.Recall = 3, 20, 0, 0, 10
	if got, want := e.Epochs(), []Epoch{{"cue 1", 0, 20}, {"cue 2", 20, 40}, {"cue 3", 40, 60}, {"recall", 60, 70}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if e.Steps(0.5) != 140 {
		t.Errorf("%d steps of 0.5 ms, want 140", e.Steps(0.5))
	}
}

func TestEvidenceAccumulationRefuses(t *testing.T) {
	refusesTask(t, "evidence-accumulation", []refusedTask{
		{"cues: 0", "task.cues: given 0; allowed from 1 to 31"},
		{"cues: 33, patterns: random", "task.cues: given 33; allowed from 1 to 31"},
		{"cues: 6", "task.cues: given 6; allowed odd, so that one side has more"},
		{"cues: 11", "task.cues: given 11; allowed at most 9 with patterns: distinct"},
		{"cue: 0 ms", "task.cue: given 0 ms; allowed a whole number of steps of 1 ms, at least 1"},
		{"silence: 50.5 ms", "task.silence: given 50.5 ms; allowed a whole number of steps of 1 ms, at least 0"},
		{"delay: 0.1 ms", "task.delay: given 0.1 ms; allowed a whole number of steps of 1 ms, at least 0"},
		{"recall: 0 ms", "task.recall: given 0 ms; allowed a whole number of steps of 1 ms, at least 1"},
		{"group: 0", "task.group: given 0; allowed at least 1"},
		{"groups: [left, right, recall]", "task.groups: given [left, right, recall]; allowed a list of left, right, recall, background, each once"},
		{"groups: [left, left, recall, background]", "task.groups: given [left, left, recall, background]; allowed a list of left, right, recall, background, each once"},
		{"groups: [left, right, recall, noise]", `task.groups.3: given "noise"; allowed left, right, recall, background`},
		{"rate: 1.5 kHz, version: bellec2020", "task.rate: given 1500 Hz; allowed from 0 Hz to 1000 Hz, which is a spike at every step of 1 ms"},
		{"background-rate: 1001 kHz", "task.background-rate: given 1001000 Hz; allowed from 0 Hz to 1000000 Hz, which is 1000 spikes at every step of 1 ms"},
		{"rate: -1 Hz", `task.rate: given "-1 Hz" (is negative); allowed a frequency from 0 Hz`},
		{"patterns: random, probability: 1.5", "task.probability: given 1.5; allowed a number from 0 to 1"},
		{"probability: 0.7", "task.probability: given 0.7; allowed 0.5 with patterns: distinct"},
		{"version: liu2022", `task.version: given "liu2022"; allowed liu2021, bellec2020, barretto2026 (did you mean "liu2021"?)`},
		{"spikes: gaussian", `task.spikes: given "gaussian"; allowed bernoulli, poisson`},
		{"window: decision", `task.window: given "decision"; allowed last-step, recall`},
	})
}

func TestEvidenceAccumulationTrains(t *testing.T) {
	for _, p := range publishedAccumulations {
		trains(t, "{name: evidence-accumulation, version: "+p.version+"}")
	}
}
