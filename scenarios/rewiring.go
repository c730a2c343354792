package scenarios

import (
	"paracrine/learning"
	"paracrine/sim"
)

// rewires says whether sparse projections change who is connected.
func (s *Scenario) rewires() bool { return s.Learning.Rewiring.Name != "" }

// sparse says whether a projection leaves out pairs that might have a synapse.
func (p Projection) sparse() bool { return p.Connection.Rule != "all-to-all" }

// streamDormant is where the signs of pairs come from that have no synapse at first.
const streamDormant sim.Purpose = "signs of dormant synapses"

// rewiring prepares the rewiring of all sparse projections of a network as Build
// made it.
func (s *Scenario) rewiring(net *learning.Network, seed uint64) *learning.DeepR {
	var projections []learning.RewiredProjection
	for i, p := range s.Network.Projections {
		if p.sparse() {
			projections = append(projections, s.rewired(net, i, seed))
		}
	}
	r := s.Learning.Rewiring
	return learning.NewDeepR(net, projections, r.L1, r.Temperature, seed)
}

// rewired is the pairs of a projection, by its index, that may have a synapse, with
// their signs: those of the initial weights and, under Dale's law, of the
// presynaptic cells or inputs; else drawn.
func (s *Scenario) rewired(net *learning.Network, index int, seed uint64) learning.RewiredProjection {
	p, stream := s.Network.Projections[index], sim.NewStream(seed, streamDormant, uint64(index))
	b := s.block(net, p)
	r := learning.RewiredProjection{Array: b.array}
	signs := make([]float64, b.matrix.Pre)
	if s.Network.Dale {
		signs = s.signsFrom(p, seed)
	}
	for post := b.post[0]; post < b.post[1]; post++ {
		for pre := b.pre[0]; pre < b.pre[1]; pre++ {
			if b.recurrent && pre == post && !p.Connection.Autapses {
				continue
			}
			sign := 1.0
			if stream.Bernoulli(0.5) {
				sign = -1
			}
			switch w := b.matrix.At(post, pre); {
			case signs[pre] != 0:
				sign = signs[pre]
			case w > 0:
				sign = 1
			case w < 0:
				sign = -1
			}
			r.Pairs, r.Sign = append(r.Pairs, post*b.matrix.Pre+pre), append(r.Sign, sign)
		}
	}
	return r
}
