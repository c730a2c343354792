package scenarios

import (
	"math"
	"slices"
	"time"

	"paracrine/learning"
)

// Estimate is about how long a run takes.
type Estimate struct {
	Iteration time.Duration // one training iteration
	Run       time.Duration // from the first weights to the last, with validations
	Cells     int           // of the network it was measured on
}

// What measuring may cost: multiplications of an iteration, about a second, and
// the time over which short iterations are averaged.
const (
	mostSampled = 2.5e9
	sampleTime  = 300 * time.Millisecond
)

// fewestSampled is the smallest network that says anything about a larger one.
const fewestSampled = 16

// Estimate trains the scenario for a moment with a number of workers. Where an
// iteration would take long, it is a smaller network and batch that is trained,
// and the times are scaled with the work. The error is one of building or
// training the network.
func (s *Scenario) Estimate(workers int) (Estimate, error) {
	if s.Continuous() {
		return s.estimateContinuous(workers)
	}
	sample := s.sample(workers)
	rule, err := sample.Learning.Rule.Parse()
	if err != nil {
		return Estimate{}, err
	}
	began := time.Now()
	t, err := NewTrainer(sample, rule, sample.Seed, workers)
	if err != nil {
		return Estimate{}, err
	}
	if _, err := t.Iterate(); err != nil { // the first fills caches and workspaces
		return Estimate{}, err
	}
	cells := float64(s.cellCount()) / float64(sample.cellCount())
	run := time.Since(began).Seconds() * cells * cells * cells // eigenvalues of the first weights
	iteration, err := perCall(t.Iterate)
	if err != nil {
		return Estimate{}, err
	}
	validation, err := perCall(t.Validate)
	if err != nil {
		return Estimate{}, err
	}
	iteration *= s.work() / sample.work()
	validation *= cells * cells * float64(s.Training.Validation.Batch) / float64(sample.Training.Validation.Batch)
	run += iteration*float64(s.Training.Iterations) + validation*float64(1+s.Training.Iterations/s.Training.Validation.Every)
	return Estimate{seconds(iteration), seconds(run), sample.cellCount()}, nil
}

// mostContinuous is how many cells a continuous run is measured with.
const mostContinuous = 1000

// estimateContinuous scales the time of a trial with the number of synapses, and that
// of drawing them with the number of pairs.
func (s *Scenario) estimateContinuous(workers int) (Estimate, error) {
	sample := *s
	sample.Network.Cells = slices.Clone(s.Network.Cells)
	if all := s.cellCount(); all > mostContinuous {
		for i := range sample.Network.Cells {
			count := &sample.Network.Cells[i].Count
			*count = max(1, *count*mostContinuous/all)
		}
	}
	rule, err := sample.Learning.Rule.Parse()
	if err != nil {
		return Estimate{}, err
	}
	began := time.Now()
	c, err := NewContinuous(&sample, rule, sample.Seed, workers)
	if err != nil {
		return Estimate{}, err
	}
	cells := float64(s.cellCount()) / float64(sample.cellCount())
	run := time.Since(began).Seconds() * cells * cells
	iteration, err := perCall(c.Iterate)
	if err != nil {
		return Estimate{}, err
	}
	whole, _ := s.plasticSynapses()
	measured, _ := sample.plasticSynapses()
	iteration *= whole / measured
	return Estimate{seconds(iteration), seconds(run + iteration*float64(s.Training.Iterations)), sample.cellCount()}, nil
}

// seconds is a duration, the longest there is where it would be longer.
func seconds(x float64) time.Duration {
	return time.Duration(min(x*float64(time.Second), math.MaxInt64/2))
}

// perCall is the mean time of a call (s).
func perCall(call func() (Measure, error)) (float64, error) {
	began, calls := time.Now(), 0
	for calls == 0 || time.Since(began) < sampleTime {
		if _, err := call(); err != nil {
			return 0, err
		}
		calls++
	}
	return time.Since(began).Seconds() / float64(calls), nil
}

// work counts the multiplications of an iteration, up to a factor.
func (s *Scenario) work() float64 {
	n, m, k, steps := s.cellCount(), s.Task.Inputs(), s.Task.Outputs(), s.Task.Steps(s.Network.Step)
	each := float64(n) * float64(n+m+k)
	if rule, err := s.Learning.Rule.Parse(); err == nil {
		each += rule.Work(learning.Shape{Inputs: m, Cells: n, Outputs: k, Types: len(s.Network.Cells), Steps: steps,
			Online: s.Learning.updatesWithin()})
	}
	return each * float64(s.Training.Batch) * float64(steps)
}

// sample is the scenario, or one like it that is small enough to be measured.
func (s *Scenario) sample(workers int) *Scenario {
	small := *s
	small.Network.Cells = slices.Clone(s.Network.Cells)
	small.Training.Validation.Batch = min(s.Training.Validation.Batch, tileTrials*workers)
	if small.work() > mostSampled {
		small.Training.Batch = min(s.Training.Batch, tileTrials*workers)
	}
	for small.work() > mostSampled && small.cellCount() > fewestSampled {
		for i := range small.Network.Cells {
			count := &small.Network.Cells[i].Count
			*count = max(1, *count*3/4)
		}
		if small.cellCount() <= len(small.Network.Cells) {
			break
		}
	}
	return &small
}
