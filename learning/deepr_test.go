package learning_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/sim"
	"paracrine/synapse"
)

// rewired is a network of 3 inputs, 6 cells and 2 readouts in which every other
// pair of W_in and every third of W_rec has a synapse, and what DeepR needs to know
// of those two. Signs are drawn.
func rewired(stream *sim.Stream) (*learning.Network, []learning.RewiredProjection) {
	net := &learning.Network{
		Cells: neuron.NewReLU(6), Type: make([]int, 6), TypeNames: []string{"cells"},
		In: synapse.NewDense(6, 3), Rec: synapse.NewDense(6, 6), Out: synapse.NewDense(2, 6), Bias: make([]float64, 2),
	}
	net.In.Exists, net.Rec.Exists = make([]bool, 18), make([]bool, 36)
	var projections []learning.RewiredProjection
	for i, a := range net.Arrays()[:2] {
		p := learning.RewiredProjection{Array: i}
		for j := range a.Values {
			p.Pairs, p.Sign = append(p.Pairs, j), append(p.Sign, float64(2*stream.IntN(2)-1))
			if j%(i+2) == 0 {
				a.Exists[j] = true
				a.Values[j] = p.Sign[j] * stream.Float64()
			}
		}
		projections = append(projections, p)
	}
	return net, projections
}

// drawnGradient is a masked gradient of normal numbers.
func drawnGradient(net *learning.Network, stream *sim.Stream) *learning.Gradient {
	g := learning.NewGradient(net)
	for _, a := range g.Arrays() {
		for i := range a {
			a[i] = stream.Normal()
		}
	}
	g.Mask(net)
	return g
}

// Whatever the gradients and the optimiser: every projection keeps its number of
// synapses, weights their signs, and pairs without a synapse have weight zero.
func TestDeepRHoldsSparsity(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stream := sim.NewStream(rapid.Uint64().Draw(t, "seed"), "a test", 0)
		net, projections := rewired(stream)
		var o learning.Optimiser = learning.NewSGD(net, rapid.Float64Range(0, 0.9).Draw(t, "momentum"))
		if rapid.Bool().Draw(t, "adam") {
			o = learning.NewAdam(net, 0.9, 0.999, 1e-8, false)
		}
		before := []int{net.In.Synapses(), net.Rec.Synapses()}
		d := learning.NewDeepR(net, projections, rapid.Float64Range(0, 1).Draw(t, "l1"), rapid.Float64Range(0, 1).Draw(t, "temperature"), 1)
		for range 20 {
			o.Step(weightsOf(net), drawnGradient(net, stream).Arrays(), 0.1)
			d.Step(o, 0.1)
			if now := []int{net.In.Synapses(), net.Rec.Synapses()}; !slices.Equal(now, before) {
				t.Fatalf("%v synapses become %v", before, now)
			}
			for _, p := range projections {
				a := net.Arrays()[p.Array]
				for i, at := range p.Pairs {
					if w := a.Values[at]; p.Sign[i]*w < 0 || !a.Exists[at] && w != 0 {
						t.Fatalf("%s[%d] is %v, its sign %v, exists: %v", a.Name, at, w, p.Sign[i], a.Exists[at])
					}
				}
			}
		}
	})
}

// The algorithm as the paper has it, on θ of all pairs, dormant ones negative,
// with plain descent; it draws what DeepR draws. w = s θ where θ ≥ 0.
func TestDeepRIsTheAlgorithmOfThePaper(t *testing.T) {
	const rate, l1, temperature = 0.05, 0.3, 0.02
	gradients := sim.NewStream(3, "a test", 0)
	net, projections := rewired(gradients)
	theta := [][]float64{{}, {}}
	for i, p := range projections {
		for j := range p.Pairs {
			theta[i] = append(theta[i], -1)
			if a := net.Arrays()[i]; a.Exists[j] {
				theta[i][j] = p.Sign[j] * a.Values[j]
			}
		}
	}
	o, d := learning.NewSGD(net, 0), learning.NewDeepR(net, projections, l1, temperature, 7)
	first := slices.Clone(net.Rec.Exists)
	for update := range uint64(40) {
		g := drawnGradient(net, gradients)
		o.Step(weightsOf(net), g.Arrays(), rate)
		d.Step(o, rate)
		noise := sim.NewStream(7, "rewiring", update)
		for i, p := range projections {
			active := 0
			for k := range theta[i] {
				if theta[i][k] >= 0 {
					active++
					theta[i][k] += -rate*p.Sign[k]*g.Arrays()[i][k] - rate*l1 + math.Sqrt(2*rate*temperature)*noise.Normal()
				}
			}
			var dormant []int
			for k := range theta[i] {
				if theta[i][k] < 0 {
					dormant = append(dormant, k)
				}
			}
			for len(theta[i])-len(dormant) < active {
				chosen := noise.IntN(len(dormant))
				theta[i][dormant[chosen]] = 0
				dormant[chosen] = dormant[len(dormant)-1]
				dormant = dormant[:len(dormant)-1]
			}
			a := net.Arrays()[i]
			for k, x := range theta[i] {
				if want := p.Sign[k] * max(0, x); a.Exists[k] != (x >= 0) || math.Abs(a.Values[k]-want) > 1e-12 {
					t.Fatalf("update %d: %s[%d] is %v (exists: %v), want %v (θ = %v)", update, a.Name, k, a.Values[k], a.Exists[k], want, x)
				}
			}
		}
	}
	if slices.Equal(first, net.Rec.Exists) {
		t.Error("the same synapses all along: the comparison shows nothing")
	}
}

// Without noise, shrinking and crossings it is the optimiser alone, to the bit.
func TestDeepRWithoutCrossings(t *testing.T) {
	descend := func(rewire bool) *learning.Network {
		stream := sim.NewStream(5, "a test", 0)
		net, projections := rewired(stream)
		for _, p := range projections {
			for i, at := range p.Pairs {
				if a := net.Arrays()[p.Array]; a.Exists[at] {
					a.Values[at] += 10 * p.Sign[i]
				}
			}
		}
		o, d := learning.NewSGD(net, 0.9), learning.NewDeepR(net, projections, 0, 0, 1)
		for range 10 {
			o.Step(weightsOf(net), drawnGradient(net, stream).Arrays(), 0.01)
			if rewire {
				d.Step(o, 0.01)
			}
		}
		return net
	}
	plain, through := descend(false), descend(true)
	for i, a := range plain.Arrays() {
		if b := through.Arrays()[i]; !slices.Equal(a.Values, b.Values) || !slices.Equal(a.Exists, b.Exists) {
			t.Errorf("%s is not that of the optimiser alone", a.Name)
		}
	}
}

// Weights far from zero are shrunk by η α and spread with variance 2 η T.
func TestDeepRNoise(t *testing.T) {
	const n, rate, l1, temperature = 200, 0.01, 3.0, 0.5
	net := &learning.Network{
		Cells: neuron.NewReLU(n), In: synapse.NewDense(n, 1), Rec: synapse.NewDense(n, n), Out: synapse.NewDense(1, n), Bias: []float64{0},
	}
	net.Rec.Exists = make([]bool, n*n)
	p := learning.RewiredProjection{Array: 1}
	for i := range net.Rec.W {
		net.Rec.W[i], net.Rec.Exists[i] = 100, true
		p.Pairs, p.Sign = append(p.Pairs, i), append(p.Sign, 1)
	}
	learning.NewDeepR(net, []learning.RewiredProjection{p}, l1, temperature, 1).Step(learning.NewSGD(net, 0), rate)
	mean, square := 0.0, 0.0
	for _, w := range net.Rec.W {
		mean += (w - 100) / (n * n)
		square += (w - 100 + rate*l1) * (w - 100 + rate*l1) / (n * n)
	}
	const variance = 2 * rate * temperature
	if math.Abs(mean+rate*l1) > 4*math.Sqrt(variance)/n {
		t.Errorf("mean change %v, want %v", mean, -rate*l1)
	}
	if math.Abs(square-variance) > 4*variance*math.Sqrt2/n {
		t.Errorf("variance %v, want %v", square, variance)
	}
}

// What replaces a synapse is any dormant pair with the same probability, the one
// that has just gone among them.
func TestDeepRDrawsUniformly(t *testing.T) {
	const pairs, updates = 5, 5000
	net := oneCell(0)
	net.In = synapse.NewDense(pairs, 1)
	net.In.Exists = make([]bool, pairs)
	p := learning.RewiredProjection{Pairs: []int{0, 1, 2, 3, 4}, Sign: []float64{1, 1, 1, 1, 1}}
	d := learning.NewDeepR(net, []learning.RewiredProjection{p}, 1, 0, 2)
	net.In.Exists[0] = true
	o := learning.NewSGD(net, 0)
	var chosen [pairs]float64
	for range updates {
		d.Step(o, 1) // θ = 0 − 1: the synapse goes
		chosen[slices.Index(net.In.Exists, true)]++
	}
	for i, count := range chosen {
		if sd := math.Sqrt(updates * 0.2 * 0.8); math.Abs(count-updates*0.2) > 4*sd {
			t.Errorf("pair %d was chosen %v times of %d", i, count, updates)
		}
	}
}

// A synapse that went leaves nothing behind: one that comes in its place begins
// without momentum.
func TestDeepRForgets(t *testing.T) {
	for name, begin := range map[string]func(*learning.Network) learning.Optimiser{
		"sgd":  func(net *learning.Network) learning.Optimiser { return learning.NewSGD(net, 0.9) },
		"adam": func(net *learning.Network) learning.Optimiser { return learning.NewAdam(net, 0.9, 0.99, 1e-8, false) },
	} {
		stream := sim.NewStream(9, "a test", 0)
		net, projections := rewired(stream)
		o := begin(net)
		o.Step(weightsOf(net), drawnGradient(net, stream).Arrays(), 1e-3)
		before := net.Rec.Synapses()
		moved := func() (count int) {
			for key, values := range o.State() {
				if key == "velocity.W_rec" || key == "mean.W_rec" || key == "square.W_rec" {
					for _, x := range values {
						if x != 0 {
							count++
						}
					}
				}
			}
			return count
		}
		if moved() < before {
			t.Fatalf("%s: the optimiser remembers %d of %d synapses", name, moved(), before)
		}
		learning.NewDeepR(net, projections, 1e6, 0, 1).Step(o, 1) // every synapse goes
		if moved() != 0 {
			t.Errorf("%s: the optimiser remembers %d synapses that are gone", name, moved())
		}
	}
}

// Restored, it goes on to the bit.
func TestDeepRRestores(t *testing.T) {
	stream := sim.NewStream(11, "a test", 0)
	net, projections := rewired(stream)
	o, d := learning.NewSGD(net, 0), learning.NewDeepR(net, projections, 0.1, 0.1, 1)
	d.Step(o, 0.1)
	saved := map[string][]float64{}
	for name, values := range d.State() {
		saved[name] = slices.Clone(values)
	}
	in, rec := slices.Clone(net.In.W), slices.Clone(net.Rec.W)
	for range 3 {
		d.Step(o, 0.1)
	}
	want, synapses := slices.Clone(net.Rec.W), slices.Clone(net.Rec.Exists)
	again, sites := rewired(sim.NewStream(11, "a test", 0))
	resumed := learning.NewDeepR(again, sites, 0.1, 0.1, 1)
	copy(again.In.W, in)
	copy(again.Rec.W, rec)
	resumed.Restore(saved)
	for range 3 {
		resumed.Step(learning.NewSGD(again, 0), 0.1)
	}
	if !slices.Equal(synapses, again.Rec.Exists) || !slices.Equal(want, again.Rec.W) {
		t.Error("the network goes on in another way")
	}
}
