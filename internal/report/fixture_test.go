package report

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// fixtureRun is a made-up delayed XOR of full size: plausible curves, no learning.
func fixtureRun() *Run {
	const iterations, step = 3000, 1.0
	random := rand.New(rand.NewPCG(1, 2))
	types := []CellType{
		{Name: "E", Count: 97, Sign: +1, Model: "leaky ReLU", TauMS: 100},
		{Name: "I", Count: 23, Sign: -1, Model: "leaky ReLU", TauMS: 100},
	}
	r := &Run{
		Name: "delayed-xor", Title: "Delayed XOR: a rate network learns through neuromodulators",
		Description: "Two cues, 700 ms apart, agree or not. The network answers at the end of the trial; nothing but its own activity carries the first cue over the delay.",
		Source:      "Liu, Smith, Mihalas, Shea-Brown & Sümbül, NeurIPS 2022, figure 3",
		Rule:        "modprop:weights=cell,mu=0.25", Seed: 7, Version: "0.1.0 (avx512)", Status: completed,
		Command:  "paracrine run delayed-xor --rule modprop:weights=cell,mu=0.25 --seed 7 --set training.iterations=3000",
		Scenario: "name: delayed-xor\nnetwork:\n  step: 1 ms\n  cells:\n    - {name: E, count: 97, sign: excitatory}   # <b>not markup</b>\n    - {name: I, count: 23, sign: inhibitory}\n",
		StepMS:   step, TrialMS: 900, Batch: 32, Iterations: iterations, WallSeconds: 61.4, PerSecond: 48.9,
		Types: types,
		Projections: []Projection{
			{"input", "E", 194, 0.79, 0.84}, {"input", "I", 46, 0.81, 0.8},
			{"E", "E", 97 * 96, 0.0102, 0.0131}, {"E", "I", 97 * 23, 0.0101, 0.0094},
			{"I", "E", 23 * 97, 0.0431, 0.0466}, {"I", "I", 23 * 22, 0.0425, 0.0412},
			{"E", "readout", 194, 0.011, 0.093}, {"I", "readout", 46, 0.042, 0.121},
		},
		Facts:      []Fact{{"peak memory", "96", "MB"}, {"learning rate at the end", "6.7 × 10⁻⁵", ""}},
		HasClasses: true, LossName: "cross-entropy (nats)",
		Expect: []Band{
			{Metric: "final-loss", From: math.Inf(-1), To: 0.1, Value: 0.0121, Met: true, Source: "Liu et al. 2022, ten recorded runs: 0.017 ± 0.023"},
			{Metric: "final-accuracy", From: 0.98, To: 1, Value: 1, Met: true, Source: "Liu et al. 2022"},
		},
		InputNames: []string{"cue 1", "cue 2"}, OutputNames: []string{"different", "alike"},
		Epochs: []Epoch{{"cue 1", 0, 100}, {"delay", 100, 800}, {"cue 2", 800, 900}},
	}
	r.Train = fixtureCurve(random, iterations, 1, 0.18)
	r.Validation = fixtureCurve(random, iterations, 20, 0.05)
	r.Before, r.After = fixtureTrial(random, 0), fixtureTrial(random, iterations)
	r.Taps = fixtureTaps(types)
	r.Effective = fixtureEffective(types)
	r.Modulator = fixtureModulator(random)
	r.Alignment = fixtureAlignment(random, r.Rule, 0.7)
	return r
}

func fixtureCurve(random *rand.Rand, n, every int, noise float64) Curve {
	var c Curve
	for i := 0; i <= n; i += every {
		loss := 0.69/(1+math.Exp((float64(i)-420)/90)) + 0.012 + 0.12*math.Exp(-float64(i)/500)
		c.Iteration = append(c.Iteration, i)
		c.Loss = append(c.Loss, loss*math.Exp(noise*random.NormFloat64()))
		c.Accuracy = append(c.Accuracy, min(1, math.Round(32*(1-0.7*loss*math.Exp(noise*random.NormFloat64())))/32))
		c.Activity = append(c.Activity, 0.21+0.05*math.Tanh(float64(i)/700)+0.004*random.NormFloat64())
	}
	return c
}

func fixtureTrial(random *rand.Rand, iteration int) *Trial {
	const cells, steps = 120, 900
	t := &Trial{Iteration: iteration, Class: 1, Correct: iteration > 0, Weight: make([]float64, steps)}
	t.Weight[steps-1] = 1
	learned := 0.0
	if iteration > 0 {
		learned = 1
	}
	for m := range 2 {
		row := make([]float64, steps)
		for s := range row {
			at := float64(s) - 50 - 800*float64(m)
			row[s] = 0.02 + 0.01*random.NormFloat64()
			if math.Abs(at) <= 50 {
				row[s] += 2 * math.Exp(-at*at/(2*25*25))
			}
		}
		t.Input = append(t.Input, row)
	}
	for range cells {
		peak, gain, tau := 60+500*random.Float64()*learned, random.ExpFloat64(), 100+300*random.Float64()*learned
		second := random.Float64()
		row := make([]float64, steps)
		for s := range row {
			row[s] = math.Max(0, gain*(bump(float64(s)-peak, tau)+second*bump(float64(s)-860, 60))+0.03*random.NormFloat64())
		}
		t.Activity = append(t.Activity, row)
	}
	t.Output = make([][]float64, 2)
	for s := range steps {
		v := learned*(0.6*bump(float64(s)-300, 250)+4*bump(float64(s)-880, 30)) + 0.05*math.Sin(float64(s)/90)
		t.Output[0] = append(t.Output[0], -v+0.02*random.NormFloat64())
		t.Output[1] = append(t.Output[1], v+0.02*random.NormFloat64())
	}
	return t
}

func bump(t, tau float64) float64 {
	if t < 0 {
		return math.Exp(-t * t / (2 * 40 * 40))
	}
	return math.Exp(-t / tau)
}

func fixtureTaps(types []CellType) []Taps {
	var all []Taps
	for n := 0; n <= 3000; n += 500 {
		t := Taps{Iteration: n}
		grown := 0.4 + float64(n)/3000
		for _, post := range types {
			t.Types = append(t.Types, post.Name)
			var row [][]float64
			for _, pre := range types {
				f := make([]float64, 900)
				for s := range f {
					f[s] = float64(pre.Sign) * grown * (0.011 - 0.003*float64(post.Sign)) * math.Pow(0.985, float64(s))
				}
				row = append(row, f)
			}
			t.F = append(t.F, row)
		}
		all = append(all, t)
	}
	return all
}

// fixtureEffective has a release that decays within 20 ms.
func fixtureEffective(types []CellType) *EffectiveFilter {
	c := &EffectiveFilter{Iteration: 3000}
	for _, post := range types {
		for _, pre := range types {
			p := FilterPair{Post: post.Name, Pre: pre.Name}
			for lag := -40; lag <= 120; lag++ {
				f, effective := float64(pre.Sign)*0.01*math.Pow(0.985, float64(lag)), float64(pre.Sign)*0.008*math.Exp(-math.Abs(float64(lag))/20)
				if lag < 1 {
					f = 0
				}
				p.Lag, p.Ideal, p.Effective = append(p.Lag, lag), append(p.Ideal, f), append(p.Effective, effective)
				p.Own, p.Next = append(p.Own, 3*effective), append(p.Next, 2*effective)
			}
			c.Pairs = append(c.Pairs, p)
		}
	}
	return c
}

func fixtureModulator(random *rand.Rand) []Modulator {
	var all []Modulator
	for n := 0; n <= 3000; n += 50 {
		x := float64(n) / 3000
		all = append(all, Modulator{
			Iteration: n, Types: []string{"E", "I"}, Bound: 0.999,
			Mu:     []float64{0.25 + 0.1*x + 0.005*random.NormFloat64(), 0.31 - 0.05*x + 0.005*random.NormFloat64()},
			Radius: min(0.999, 0.991+0.012*x),
		})
	}
	return all
}

func fixtureAlignment(random *rand.Rand, rule string, level float64) []Alignment {
	var all []Alignment
	for k, matrix := range []string{"W_in", "W_rec", "W_out"} {
		a := Alignment{Rule: rule, Matrix: matrix}
		for n := 0; n <= 3000; n += 50 {
			a.Iteration = append(a.Iteration, n)
			a.Cosine = append(a.Cosine, math.Tanh(level+0.3*float64(k)-0.1*math.Sin(float64(n)/400))+0.02*random.NormFloat64())
			a.NormRatio = append(a.NormRatio, (0.6+0.2*float64(k))*math.Exp(0.08*random.NormFloat64()))
		}
		all = append(all, a)
	}
	return all
}

// fixtureComparison is five rules over ten seeds, with two divergences.
func fixtureComparison() *Comparison {
	random := rand.New(rand.NewPCG(3, 4))
	c := &Comparison{
		Name: "delayed-xor", Title: "Delayed XOR: which rule delivers the credit?",
		Description: "The same network, the same trials, five learning rules.",
		Source:      "Liu et al., NeurIPS 2022", Version: "0.1.0 (avx512)",
		Command:    "paracrine compare delayed-xor --rule bptt --rule modprop:weights=cell,form=code --rule modprop --rule mdgl:weights=type --rule eprop --seeds 1-10",
		Scenario:   "name: delayed-xor\n",
		Iterations: 3000, Batch: 32, StepMS: 1, TrialMS: 900, HasClasses: true, LossName: "cross-entropy (nats)",
		SolvedBelow: 0.1, Thresholds: []float64{0.5, 0.3, 0.1},
		Expect: []Band{{Rule: "modprop:weights=cell,form=code", Metric: "final-loss", From: math.Inf(-1), To: 0.1, Value: 0.017, Met: true, Source: "Liu et al. 2022"}},
		Types:  fixtureRun().Types,
	}
	for s := range 10 {
		c.Seeds = append(c.Seeds, uint64(s+1))
	}
	for i, rule := range []string{"bptt", "modprop:weights=cell,form=code", "modprop", "mdgl:weights=type", "eprop"} {
		c.Rules = append(c.Rules, fixtureRule(random, rule, float64(i)))
	}
	c.Rules[3].Seeds[4] = SeedResult{Seed: 5, Diverged: true, FinalLoss: math.NaN(), FinalAccuracy: math.NaN(),
		Message: "iteration 612: cell 17 of trial 3 is not finite", Crossings: []int{-1, -1, -1}, Folder: "mdgl-5"}
	c.Rules[3].Table.Diverged, c.Rules[3].Table.Solved = 1, c.Rules[3].Table.Solved-1
	return c
}

func fixtureRule(random *rand.Rand, rule string, rank float64) RuleResult {
	r := RuleResult{Rule: rule, Table: RuleRow{Runs: 10, MillisecondsPerIteration: 14 + 2*rank}}
	floor, late := 0.004*math.Pow(3.1, rank), 300+150*rank
	for n := 0; n <= 3000; n += 20 {
		m := 0.7/(1+math.Exp((float64(n)-late)/100)) + floor
		r.Curve.Iteration = append(r.Curve.Iteration, n)
		r.Curve.LossMean = append(r.Curve.LossMean, m)
		r.Curve.LossSD = append(r.Curve.LossSD, 0.25*m+0.4*floor+0.12*math.Exp(-math.Pow((float64(n)-late)/250, 2)))
		r.Curve.AccuracyMean = append(r.Curve.AccuracyMean, 1-0.65*m)
		r.Curve.AccuracySD = append(r.Curve.AccuracySD, 0.1*m)
	}
	for s := range 10 {
		loss := floor * math.Exp(0.7*random.NormFloat64())
		solved := loss < 0.1
		if solved {
			r.Table.Solved++
		}
		r.Table.LossMean += loss / 10
		r.Seeds = append(r.Seeds, SeedResult{Seed: uint64(s + 1), FinalLoss: loss, FinalAccuracy: 1 - 0.6*loss, Solved: solved,
			Crossings: []int{int(late), int(late * 1.3), int(late * 1.9)}, Folder: fmt.Sprintf("rule-%.0f/seed-%d", rank, s+1)})
	}
	r.Table.LossSD = r.Table.LossMean * 0.8
	r.Table.AccuracyMean, r.Table.AccuracySD = 1-0.6*floor, 0.2*floor
	r.Table.CrossingMean = []float64{late, late * 1.3, late * 1.9}
	r.Table.CrossingSD = []float64{79, 165, 315}
	r.Table.Crossed = []int{10, 10, 10 - int(rank)}
	r.Alignment = fixtureAlignment(random, rule, 1.4/(1+rank))
	return r
}
