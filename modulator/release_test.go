package modulator

import (
	"math"
	"testing"

	"pgregory.net/rapid"

	"paracrine/sim"
)

// vesicles is a rule under which spikes further apart than 50 ln(3/2) = 20.27 ms
// never release.
var vesicles = DenseCore{Jump: 1, Calcium: 50, Threshold: 3, Pool: 5, Refill: 20_000, Quantum: 1000}

// train is how many of some spikes at regular intervals release.
func train(rule DenseCore, interval sim.Time, spikes int) (released int) {
	r := must(NewDenseCoreRelease(rule, 1))
	for k := range spikes {
		if r.Spike(0, sim.Time(k)*interval) > 0 {
			released++
		}
	}
	return released
}

// TestBurstsReleaseAndSingleSpikesDoNot looks on both sides of the interval that
// the closed form says.
func TestBurstsReleaseAndSingleSpikesDoNot(t *testing.T) {
	limit := vesicles.Calcium * math.Log(vesicles.Threshold/(vesicles.Threshold-vesicles.Jump))
	slow, err := sim.FromMilliseconds(limit * 1.001)
	if err != nil {
		t.Fatal(err)
	}
	fast, err := sim.FromMilliseconds(limit * 0.999)
	if err != nil {
		t.Fatal(err)
	}
	if n := train(vesicles, slow, 1000); n != 0 {
		t.Errorf("spikes just too far apart release %d times", n)
	}
	if n := train(vesicles, fast, 1000); n == 0 {
		t.Error("spikes just near enough never release")
	}
	// 1 + e^{−1/10} + e^{−2/10} = 2.72 and with a fourth 3.46: of six spikes at
	// 200 Hz the last three release.
	if n := train(vesicles, 5*ms, 6); n != 3 {
		t.Errorf("a burst of six releases %d times, want 3", n)
	}
}

// TestPoolEmptiesAndRefills: a long burst releases the pool and no more; after a
// pause Δ there are 5 (1 − e^{−Δ/τ_r}) vesicles, but for the remainder below 1.
func TestPoolEmptiesAndRefills(t *testing.T) {
	r := must(NewDenseCoreRelease(vesicles, 2))
	burst := func(begin sim.Time) (released int) {
		for k := range sim.Time(60) {
			if r.Spike(1, begin+k*2*ms) > 0 {
				released++
			}
		}
		return released
	}
	if n := burst(0); n != 5 {
		t.Fatalf("a long burst releases %d vesicles of a pool of 5", n)
	}
	// The pool was emptied within 20 ms, and 120 ms refill 5 · 120/20,000 = 0.03.
	if n := burst(10 * sim.Second); n != 1 {
		t.Errorf("10 s later, of 5 (1 − e^{−1/2}) = 1.97 vesicles, %d are released, want 1", n)
	}
	if n := burst(200 * sim.Second); n != 5 {
		t.Errorf("much later %d vesicles are released, want 5", n)
	}
	if r.pool[0] != 5 || r.calcium[0] != 0 {
		t.Error("another cell has changed")
	}
}

// TestDenseCoreEqualsSmallSteps compares with a cell whose calcium and pool are
// taken through every 0.1 ms.
func TestDenseCoreEqualsSmallSteps(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rule := vesicles
		rule.Threshold = rapid.Float64Range(1.01, 4).Draw(t, "threshold")
		rule.Refill = rapid.Float64Range(50, 5000).Draw(t, "refill")
		r, err := NewDenseCoreRelease(rule, 1)
		if err != nil {
			t.Fatal(err)
		}
		const step = 0.1
		y, n, now := 0.0, rule.Pool, sim.Time(0)
		for range 60 {
			wait := rapid.IntRange(1, 300).Draw(t, "wait")
			now += sim.Time(wait) * ms / 10
			for range wait {
				y *= math.Exp(-step / rule.Calcium)
				n += (rule.Pool - n) * -math.Expm1(-step/rule.Refill)
			}
			y += rule.Jump
			got := r.Spike(0, now) > 0
			if math.Min(math.Abs(y-rule.Threshold), math.Abs(n-1)) < 1e-9 {
				return // rounding decides
			}
			if want := y >= rule.Threshold && n >= 1; got != want {
				t.Fatalf("at %v released is %v, want %v: y = %v, n = %v", now, got, want, y, n)
			}
			if got {
				n--
			}
		}
	})
}

// TestSpikeReleaseIsBernoulli: of 20,000 spikes p release, within four standard
// deviations; and each cell's are its own, whoever spikes between.
func TestSpikeReleaseIsBernoulli(t *testing.T) {
	const spikes, p = 20_000, 0.3
	alone, among := must(NewSpikeRelease(PerSpike{50, p}, 3, 3, 2)), must(NewSpikeRelease(PerSpike{50, p}, 3, 3, 2))
	released, differ := 0.0, false
	for k := range spikes {
		amount := alone.Spike(1, sim.Time(k)*ms)
		released += amount / 50
		other := among.Spike(2, sim.Time(k)*ms)
		differ = differ || other != amount
		if among.Spike(1, sim.Time(k)*ms) != amount {
			t.Fatalf("spike %d of a cell depends on another's", k)
		}
	}
	if !(math.Abs(released-p*spikes) <= 4*math.Sqrt(p*(1-p)*spikes)) {
		t.Errorf("%v of %v spikes release, want %v of them", released, spikes, p)
	}
	if !differ {
		t.Error("two cells release at the same spikes")
	}
	if always := must(NewSpikeRelease(PerSpike{50, 1}, 1, 3, 2)).Spike(0, 0); always != 50 {
		t.Errorf("a certain release is %v molecules, want 50", always)
	}
}

// TestReleasesContinue saves the states of releases, takes others up there and
// goes on with both.
func TestReleasesContinue(t *testing.T) {
	for name, made := range map[string][2]Release{
		"per spike":  {must(NewSpikeRelease(PerSpike{50, 0.5}, 2, 3, 2)), must(NewSpikeRelease(PerSpike{50, 0.5}, 2, 3, 2))},
		"dense core": {must(NewDenseCoreRelease(vesicles, 2)), must(NewDenseCoreRelease(vesicles, 2))},
	} {
		went, restored := made[0], made[1]
		for k := range sim.Time(6) {
			went.Spike(1, k*5*ms)
		}
		var s sim.Snapshot
		if err := restored.Restore(&s, "r"); err == nil {
			t.Errorf("%s takes up an empty snapshot", name)
		}
		went.Save(&s, "r")
		if err := restored.Restore(&s, "r"); err != nil {
			t.Fatal(err)
		}
		released := 0.0
		for k := range sim.Time(40) {
			amount := went.Spike(1, 100*ms+k*5*ms)
			released += amount
			if again := restored.Spike(1, 100*ms+k*5*ms); again != amount {
				t.Fatalf("%s: spike %d releases %v, want %v", name, k, again, amount)
			}
		}
		if released == 0 {
			t.Errorf("%s releases nothing", name)
		}
	}
}

// TestBadReleasesAreRefused, each with the quantity at fault.
func TestBadReleasesAreRefused(t *testing.T) {
	spike := func(rule PerSpike) error { _, err := NewSpikeRelease(rule, 1, 0, 0); return err }
	dense := func(change func(*DenseCore)) error {
		rule := vesicles
		change(&rule)
		_, err := NewDenseCoreRelease(rule, 1)
		return err
	}
	for _, c := range []struct {
		err     error
		message string
	}{
		{spike(PerSpike{0, 0.5}), "quantum: given 0 molecules"},
		{spike(PerSpike{1, 1.5}), "probability: given 1.5"},
		{dense(func(r *DenseCore) { r.Jump = 0 }), "jump: given 0"},
		{dense(func(r *DenseCore) { r.Calcium = -1 }), "calcium time constant: given -1 ms"},
		{dense(func(r *DenseCore) { r.Threshold = 1 }), "threshold: given 1; allowed: values above the jump 1"},
		{dense(func(r *DenseCore) { r.Pool = 0.5 }), "pool: given 0.5 vesicles; allowed: at least 1"},
		{dense(func(r *DenseCore) { r.Refill = math.Inf(1) }), "refill time constant: given +Inf ms"},
		{dense(func(r *DenseCore) { r.Quantum = 0 }), "quantum: given 0 molecules"},
	} {
		requireRefusal(t, c.err, c.message)
	}
}
