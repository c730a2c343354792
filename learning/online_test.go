package learning_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"paracrine/learning"
	"paracrine/neuron"
)

// sparse is the circuit's network in rows, dealt out to two shares.
func (c *circuit) sparse() *learning.SparseNetwork {
	net := &learning.SparseNetwork{
		Cells: c.net.Cells.(*neuron.AdaptiveSpiking), Type: c.net.Type, Types: c.types, Inputs: c.inputs,
		Out: c.net.Out.W, Bias: c.net.Bias, ReadoutDecay: c.net.ReadoutDecay, ReadoutGain: c.net.ReadoutGain,
		RandomFeedback: c.net.RandomFeedback,
	}
	for _, border := range [][2]int{{0, c.cells / 3}, {c.cells / 3, c.cells}} {
		rows := learning.Rows{From: border[0], To: border[1], Starts: []int{0}}
		for q := range c.cells + c.inputs {
			for p := rows.From; p < rows.To; p++ {
				switch {
				case q >= c.cells:
					rows.Target, rows.Weight = append(rows.Target, int32(p-rows.From)), append(rows.Weight, c.net.In.At(p, q-c.cells))
				case c.net.Rec.Connected(p, q):
					rows.Target, rows.Weight = append(rows.Target, int32(p-rows.From)), append(rows.Weight, c.net.Rec.At(p, q))
				}
			}
			rows.Starts = append(rows.Starts, len(rows.Target))
		}
		net.Shares = append(net.Shares, rows)
	}
	return net
}

// sparseCircuit is thirty cells of four types, of which two adapt.
func sparseCircuit() shape {
	s := spiking()
	s.cells, s.types, s.trials, s.steps, s.density = 30, 4, 1, 700, 0.3
	s.spikes.beta = []float64{0.4, 0, 0.8, 0}
	return s
}

// TestOnlineAgreesWithEveryStep compares what synapses teach at their touches with
// the step-by-step form on matrices, over a run in which some are silent for long.
func TestOnlineAgreesWithEveryStep(t *testing.T) {
	for _, rule := range []string{"eprop", "modprop", "modprop:mu=0.1/0.4/0.2/0.3", "modprop:feedback=random"} {
		c := sparseCircuit().build(t)
		requireLive(t, c)
		want := learning.NewGradient(c.net)
		causal := c.credit(t, withOption(rule, "route=state-space")).NewCausal(1)
		for step := range c.steps {
			causal.Step(want, c.batch.Record, step)
		}
		c.keepExisting(want)
		requireEqual(t, rule, c.online(t, rule), want, 1e-9)
	}
}

// online is the gradient as a learner that learns nothing collects it.
func (c *circuit) online(t *testing.T, text string) *learning.Gradient {
	t.Helper()
	if strings.HasPrefix(text, "modprop") {
		text = withOption(text, "guard=off")
	}
	rule, err := learning.ParseRule(text)
	if err != nil {
		t.Fatal(err)
	}
	net := c.sparse()
	o, err := learning.NewOnline(net, rule)
	if err != nil {
		t.Fatal(err)
	}
	g := learning.NewGradient(c.net)
	o.Collect(func(post, channel int, taught float64) {
		if channel < c.cells {
			g.Rec[post*c.cells+channel] += taught
		} else {
			g.In[post*c.inputs+channel-c.cells] += taught
		}
	})
	for step := range c.steps {
		c.replay(t, o, net, step)
	}
	for i := range net.Shares {
		o.Settle(i)
	}
	c.teachReadout(g)
	return g
}

// replay takes a step of the circuit's record.
func (c *circuit) replay(t *testing.T, o *learning.Online, net *learning.SparseNetwork, step int) {
	t.Helper()
	r := c.batch.Record
	var channels []int
	var u []float64
	for q, x := range append(append([]float64(nil), r.RateBefore(step)...), r.InputAt(step)...) {
		if x != 0 {
			channels, u = append(channels, q), append(u, x)
		}
	}
	for i, rows := range net.Shares {
		o.Deliver(i, make([]float64, rows.To-rows.From), channels, u)
		o.Observe(i, r.RateAt(step)[rows.From:rows.To], r.PsiAt(step)[rows.From:rows.To])
	}
	if err := o.Teach(r.ErrorAt(step)); err != nil {
		t.Fatal(err)
	}
	for i := range net.Shares {
		o.Advance(i)
	}
}

// teachReadout adds the gradients of W_out and b, δ r and δ.
func (c *circuit) teachReadout(g *learning.Gradient) {
	read := make([]float64, c.cells)
	for step := range c.steps {
		for j, z := range c.batch.Record.RateAt(step) {
			read[j] = c.net.ReadoutDecay*read[j] + c.net.ReadoutGain*z
			for k, d := range c.batch.Record.ErrorAt(step) {
				g.Out[k*c.cells+j] += d * read[j]
			}
		}
		for k, d := range c.batch.Record.ErrorAt(step) {
			g.Bias[k] += d
		}
	}
}

// TestOnlineRefuses names rules and cells that would need more than a synapse keeps.
func TestOnlineRefuses(t *testing.T) {
	for _, text := range []string{
		"bptt", "mdgl", "modprop:weights=cell", "modprop:weights=expression", "modprop:diagonal=zero", "modprop:form=code",
		"modprop:taps=3", "modprop:mu=mean-derivative", "modprop:mu=0.1/0.2", "eprop:reset=1", "eprop:feedback=frozen",
		"eprop:feedback=sparse", "eprop:feedback=adaptive", "modprop:through=mixed",
	} {
		rule, err := learning.ParseRule(text)
		if err != nil {
			t.Fatal(err)
		}
		_, err = learning.NewOnline(sparseCircuit().build(t).sparse(), rule)
		var refused *learning.RuleError
		if !errors.As(err, &refused) || refused.Rule != text {
			t.Errorf("%s: %v", text, err)
		}
	}
	s := sparseCircuit()
	s.decay = []float64{0.8, 0.9}
	rule, err := learning.ParseRule("eprop")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := learning.NewOnline(s.build(t).sparse(), rule); err == nil || !strings.Contains(err.Error(), "membrane time constant") {
		t.Errorf("cells that differ: %v", err)
	}
}

// TestOnlineChecksNetworks names what does not fit together.
func TestOnlineChecksNetworks(t *testing.T) {
	rule, err := learning.ParseRule("modprop")
	if err != nil {
		t.Fatal(err)
	}
	for want, spoil := range map[string]func(*learning.SparseNetwork){
		"29 types given for 30 cells":            func(n *learning.SparseNetwork) { n.Type = n.Type[1:] },
		"cell 3 is of type 4":                    func(n *learning.SparseNetwork) { n.Type = slices.Clone(n.Type); n.Type[3] = 4 },
		"W_out has 59 weights":                   func(n *learning.SparseNetwork) { n.Out = n.Out[1:] },
		"share 1 begins with cell 9":             func(n *learning.SparseNetwork) { n.Shares[1].From = 9 },
		"shares end with cell 10 of 30":          func(n *learning.SparseNetwork) { n.Shares = n.Shares[:1] },
		"share 0: 32 rows":                       func(n *learning.SparseNetwork) { n.Inputs++ },
		"the row of channel 2 ends before":       func(n *learning.SparseNetwork) { n.Shares[0].Starts[3] = -1 },
		"targets and":                            func(n *learning.SparseNetwork) { n.Shares[0].Weight = n.Shares[0].Weight[1:] },
		"share 1: synapse 5 ends on cell 20 of ": func(n *learning.SparseNetwork) { n.Shares[1].Target[5] = 20 },
	} {
		net := sparseCircuit().build(t).sparse()
		spoil(net)
		if _, err := learning.NewOnline(net, rule); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
