package experiment

import (
	"sync"
	"time"
)

// total adds up the progress of all runs.
type total struct {
	sync.Mutex
	runs, iterations int
	done             map[*job]int
	report           func(Progress)
	latest           Progress // of any run
	started          time.Time
	spared           int // iterations that this process need not do
}

func newTotal(runs, iterations int, report func(Progress), started time.Time) *total {
	return &total{runs: runs, iterations: iterations, done: map[*job]int{}, report: report, started: started}
}

// finish counts a run that has ended, at the end of its budget or before it.
func (t *total) finish(j *job) {
	t.Lock()
	defer t.Unlock()
	if t.done[j] < t.iterations {
		t.spared += t.iterations - t.done[j]
		t.done[j] = t.iterations
		t.latest.Loss, t.latest.Accuracy = float64(j.summary.FinalLoss), float64(j.summary.FinalAccuracy)
		t.tell()
	}
}

func (t *total) update(j *job, p Progress) {
	t.Lock()
	defer t.Unlock()
	if _, seen := t.done[j]; !seen {
		t.spared += p.Iteration
	}
	t.done[j], t.latest = p.Iteration, p
	t.tell()
}

func (t *total) tell() {
	if t.report == nil {
		return
	}
	sum, all := 0, t.runs*t.iterations
	for _, n := range t.done {
		sum += n
	}
	p := t.latest
	p.Iteration, p.Iterations = sum, all
	p.PerSecond = float64(sum-t.spared) / time.Since(t.started).Seconds()
	p.Left = duration(all-sum, p.PerSecond)
	t.report(p)
}
