package scenarios

import (
	"fmt"

	"paracrine/modulator"
	"paracrine/sim"
	"paracrine/synapse"
)

// hasTorus says whether cells have places.
func (n *Network) hasTorus() bool { return n.Torus.Rows > 0 }

// sitesFit says whether the cells have a site each, or no places at all.
func (n *Network) sitesFit() bool {
	return !n.hasTorus() || n.Torus.Rows*n.Torus.Columns == n.count(n.types(allCells))
}

// checkTorus refuses sites that are not as many as the cells.
func (n *Network) checkTorus(c *checker) {
	if !n.sitesFit() {
		c.refuse(path{"network", "torus"}, fmt.Sprintf("%d rows of %d sites", n.Torus.Rows, n.Torus.Columns),
			fmt.Sprintf("rows and columns whose product is the number of cells, %d", n.count(n.types(allCells))))
	}
}

// checkLocal refuses local connections where an end has no place.
func (n *Network) checkLocal(c *checker, at path, b extent) {
	const otherwise = "all-to-all, bernoulli, fixed-in-degree, fixed-total"
	switch {
	case b.kind != allCells:
		c.refuse(at, because(quote("local"), "only cells have places"), otherwise)
	case !n.hasTorus():
		c.refuse(at, because(quote("local"), "the network has no torus"), otherwise+", or a network.torus")
	}
}

// sheet is the torus with cells along its rows; nil where they have no places.
func (n *Network) sheet() *modulator.Torus {
	if !n.hasTorus() {
		return nil
	}
	return &modulator.Torus{Rows: n.Torus.Rows, Columns: n.Torus.Columns, Spacing: n.Torus.Spacing.Value}
}

// torus gives the cells their places; nil where they have none.
func (s *Scenario) torus(seed uint64) *modulator.Torus {
	t := s.Network.sheet()
	if t != nil && s.Network.Torus.Placement == "scattered" {
		sites := make([]int, t.Sites())
		sim.NewStream(seed, streamPlaces, 0).Perm(sites)
		t.Site = sites[:s.cellCount()]
	}
	return t
}

// around is how far it is round the torus. Its first row and its last, at 0 and 1,
// are thus at one place, as in the code of Barretto-Bittar et al. 2026, which
// divides coordinates by their maximum.
const around = 1

// positions are the places of some cells on the torus.
func positions(t *modulator.Torus, cells [2]int) [][3]float64 {
	places := make([][3]float64, 0, cells[1]-cells[0])
	for p := cells[0]; p < cells[1]; p++ {
		row, column := t.SiteOf(p)/t.Columns, t.SiteOf(p)%t.Columns
		places = append(places, [3]float64{coordinate(column, t.Columns), coordinate(row, t.Rows)})
	}
	return places
}

// coordinate is where the i-th of n sites is along a side.
func coordinate(i, n int) float64 { return float64(i) / float64(max(1, n-1)) }

// draw decides which synapses exist by a rule of the package synapse, and says so
// target by target.
func (e ends) draw(c Connection, torus *modulator.Torus, seed, index uint64) func(post int) []bool {
	w := synapse.Wiring{Pre: e.sources(), Post: e.post[1] - e.post[0],
		Offset: e.post[0] - e.pre[0], Shared: e.recurrent, Seed: seed, Index: index}
	// Estimates are made on smaller networks, which may have fewer pairs.
	var rule synapse.Rule = synapse.FixedTotal{Total: min(c.Synapses, e.pairs(c.Autapses)), Autapses: c.Autapses}
	if c.Rule == "local" {
		w.PrePositions, w.PostPositions = positions(torus, e.pre), positions(torus, e.post)
		rule = synapse.DistanceDependent{Probability: 1, Autapses: c.Autapses, Extent: [3]float64{around, around},
			Profile: synapse.Profile{Kind: synapse.LogisticProfile, Scale: c.Sigma}}
	}
	sources := make([][]uint32, w.Post)
	rule.Connect(w, 0, w.Post, func(batch synapse.Batch) {
		for i, pre := range batch.Pre {
			post := batch.Post[i]
			sources[post] = append(sources[post], pre)
		}
	})
	exists := make([]bool, w.Pre)
	return func(post int) []bool {
		clear(exists)
		for _, pre := range sources[post-e.post[0]] {
			exists[pre] = true
		}
		return exists
	}
}

// pairs is the number of pairs that may have a synapse.
func (e ends) pairs(autapses bool) int {
	all := e.sources() * (e.post[1] - e.post[0])
	if autapses || !e.recurrent {
		return all
	}
	return all - max(0, min(e.pre[1], e.post[1])-max(e.pre[0], e.post[0]))
}
