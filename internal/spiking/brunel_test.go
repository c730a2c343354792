package spiking

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"paracrine/sim"
)

// activity is what the regimes of Brunel 2000 are told apart by.
type activity struct {
	rate        float64 // Hz
	irregular   float64 // mean coefficient of variation of a cell's intervals
	synchronous float64 // variance over mean of the spikes in 1 ms; 1 if cells are independent
}

// observe simulates and takes what comes after begin.
func observe(t *testing.T, spec Spec, begin, end sim.Time) activity {
	t.Helper()
	n, err := Build(spec, 2)
	if err != nil {
		t.Fatal(err)
	}
	cells := int(n.Count().Cells)
	last, intervals := make([]sim.Time, cells), make([][]float64, cells)
	bins, spikes := make([]float64, (end-begin)/sim.Millisecond), 0.0
	n.OnSpikes = func(all []Spike) error {
		for _, s := range all {
			if s.Time <= begin {
				continue
			}
			spikes++
			bins[(s.Time-begin-1)/sim.Millisecond]++
			if last[s.Cell] != 0 {
				intervals[s.Cell] = append(intervals[s.Cell], (s.Time - last[s.Cell]).Milliseconds())
			}
			last[s.Cell] = s.Time
		}
		return nil
	}
	if err := n.Run(end); err != nil {
		t.Fatal(err)
	}
	var cvs []float64
	for _, of := range intervals {
		if len(of) >= 3 {
			mean, sd := stat.MeanStdDev(of, nil)
			cvs = append(cvs, sd/mean)
		}
	}
	mean, variance := stat.MeanVariance(bins, nil)
	return activity{spikes / float64(cells) / (end - begin).Milliseconds() * 1000, stat.Mean(cvs, nil), variance / mean}
}

// The four regimes of Brunel (J. Comput. Neurosci. 8, 2000), figure 8, are what
// the paper says: synchronous regular firing at high rates; fast oscillations of
// irregularly firing cells at 60.7 Hz; asynchronous irregular firing at 37.7 Hz;
// slow oscillations at 5.5 Hz (rates of its simulations, table 1; they depend on
// the network that was drawn, hence 15 %).
func TestBrunelRegimes(t *testing.T) {
	if testing.Short() {
		t.Skip("four networks of 15.6 million synapses")
	}
	span := func(ms sim.Time) sim.Time { return ms * sim.Millisecond }
	regular := observe(t, brunel(t, 3, 2), span(50), span(110))
	fast := observe(t, brunel(t, 6, 4), span(100), span(250))
	asynchronous := observe(t, brunel(t, 5, 2), span(100), span(400))
	slow := observe(t, brunel(t, 4.5, 0.9), span(100), span(900))
	t.Logf("SR %+.3v, SI fast %+.3v, AI %+.3v, SI slow %+.3v", regular, fast, asynchronous, slow)
	for _, c := range []struct {
		name string
		activity
		rate float64
	}{{"SI, fast", fast, 60.7}, {"AI", asynchronous, 37.7}, {"SI, slow", slow, 5.5}} {
		if math.Abs(c.activity.rate-c.rate) > 0.15*c.rate {
			t.Errorf("%s: %.1f Hz, the paper has %v", c.name, c.activity.rate, c.rate)
		}
		if c.irregular < 0.35 {
			t.Errorf("%s: intervals vary by %.2f of their mean, want irregular firing", c.name, c.irregular)
		}
	}
	// Regular: near the highest rate the refractory period allows, in step.
	if regular.rate < 200 || regular.rate > 500 || regular.irregular > 0.05 {
		t.Errorf("SR: %+v, want regular firing at a high rate", regular)
	}
	if !(regular.synchronous > 2*fast.synchronous && fast.synchronous > 2*asynchronous.synchronous && slow.synchronous > asynchronous.synchronous) {
		t.Errorf("synchrony: SR %.0f, SI fast %.0f, AI %.0f, SI slow %.0f; want SR > SI fast > AI < SI slow",
			regular.synchronous, fast.synchronous, asynchronous.synchronous, slow.synchronous)
	}
}
