package report

import "slices"

// Chemistry is what ligands did in a simulation. Parts without data are left
// out of the page.
type Chemistry struct {
	Ligands   []string // in the order of their colours, the same in all pictures
	Map       SignalMap
	Fields    []FieldFrames
	Exposures []Exposure
	Releases  *Releases // nil without any
}

// SignalMap says who secretes and who hears.
type SignalMap struct {
	Secretions []Secretion
	Receptions []Reception
}

// Secretion is a cell type that releases a ligand.
type Secretion struct {
	Type, Ligand string
	Amount       float64 // in the run, of all its cells; 0 where none released anything
	Unit         string  // of the amount, the same in the whole map: molecules
	What         string  // what makes it release: bursts, from dense-core vesicles
}

// Reception is a cell type with receptors for a ligand.
type Reception struct {
	Type, Ligand  string
	Density       float64 // of the receptors
	Unit          string  // of the density, the same in the whole map; empty for a relative one
	HalfMaximalNM float64 // EC₅₀ (nM)
	Effect        string  // what it changes: gain −30 %
}

// FieldFrames is the concentration of a ligand in a plane of its field over time.
type FieldFrames struct {
	Ligand    string
	Unit      string     // of the values: nM
	Plane     string     // which one: z = 40 µm, or the mean over z; empty for a field that is a plane
	Axes      [2]string  // names of the axes along columns and rows; x and y where they are empty
	Shape     [2]int     // points along them: columns and rows
	SpacingUM float64    // between neighbouring points, in µm
	OriginUM  [2]float64 // of the first point along the axes, in µm; a point stands for half a spacing around it
	TimesMS   []float64  // of the frames, ascending, in ms
	Values    [][]float64
	// Values[f][row*columns+column] is the value at a point in frame f; rows lie
	// along the second axis from the origin.
}

// Exposure is how much of a ligand the cells of a type have around them, or how
// much of their receptors it occupies, over a simulation.
type Exposure struct {
	Ligand, Type   string
	Quantity, Unit string    // concentration in nM, occupancy without a unit
	TimeMS         []float64 // of the samples, in ms
	Mean           []float64 // over cells
	Low, High      []float64 // the least and the most of any cell; nil for none
}

// Releases are the events at which cells released ligands. Times, cells and
// ligands are of equal length.
type Releases struct {
	FromMS, ToMS float64
	TimeMS       []float64
	Cell         []int    // number in the network; types follow one another in order
	Ligand       []string // by name
	All          int      // how many there were, where these are a part of them; 0 where they are all
}

// ligands are all that some part speaks of, those listed first.
func (c *Chemistry) ligands() []string {
	var all []string
	add := func(name string) {
		if !slices.Contains(all, name) {
			all = append(all, name)
		}
	}
	for _, name := range c.Ligands {
		add(name)
	}
	for _, s := range c.Map.Secretions {
		add(s.Ligand)
	}
	for _, r := range c.Map.Receptions {
		add(r.Ligand)
	}
	for _, f := range c.Fields {
		add(f.Ligand)
	}
	for _, e := range c.Exposures {
		add(e.Ligand)
	}
	if c.Releases != nil {
		for _, name := range c.Releases.Ligand {
			add(name)
		}
	}
	return all
}
