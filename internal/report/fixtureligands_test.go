package report

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// fixtureLigands is a network of four types that secrete and hear four peptides:
// one spreads from a burst, one is secreted in two places of a plane larger than
// a page shows.
func fixtureLigands() *Simulation {
	s := fixtureSimulation()
	s.Name, s.Title, s.SimulatedS = "peptides", "Four types that hear each other's peptides", 8
	s.Types = []CellType{{Name: "pyramidal", Count: 400, Sign: 1}, {Name: "PV", Count: 50, Sign: -1}, {Name: "SST", Count: 40, Sign: -1}, {Name: "VIP", Count: 30, Sign: -1}}
	s.Pathways, s.Drives, s.Populations, s.Raster, s.Rates, s.Traces, s.Expect = nil, nil, nil, nil, nil, nil, nil
	ligands := []string{"somatostatin", "VIP peptide", "neuropeptide Y", "enkephalin"}
	c := &Chemistry{Ligands: ligands}
	s.Chemistry = c
	for i, t := range s.Types {
		for k, ligand := range ligands {
			if i == k || i == 2 && k == 0 || i == 0 && k == 3 {
				c.Map.Secretions = append(c.Map.Secretions, Secretion{t.Name, ligand, 1e4 * math.Pow(10, float64(k)) * float64(i%3), "molecules", "bursts, from dense-core vesicles"})
			}
			if (i+k)%2 == 0 || k == 3 {
				c.Map.Receptions = append(c.Map.Receptions, Reception{t.Name, ligand, 0.3 + 0.5*float64(k), "", 10 * float64(1+k), fmt.Sprintf("gain −%d %%, over %d s", 10*(i+1), k+1)})
			}
		}
	}
	c.Fields = []FieldFrames{fixtureBurst(), fixturePatches()}
	random := rand.New(rand.NewPCG(8, 9))
	for k, ligand := range ligands[:2] {
		for i, t := range s.Types {
			for _, quantity := range []string{"concentration", "occupancy"} {
				c.Exposures = append(c.Exposures, fixtureExposure(ligand, t.Name, quantity, math.Pow(10, float64(2*k)), float64(i)))
			}
		}
	}
	c.Releases = &Releases{FromMS: 0, ToMS: 8000}
	for range 400 {
		cell := 450 + random.IntN(70)
		c.Releases.TimeMS = append(c.Releases.TimeMS, 8000*random.Float64())
		c.Releases.Cell = append(c.Releases.Cell, cell)
		c.Releases.Ligand = append(c.Releases.Ligand, ligands[(cell-450)/40])
	}
	return s
}

// fixtureExposure rises and decays.
func fixtureExposure(ligand, of, quantity string, size, late float64) Exposure {
	e := Exposure{Ligand: ligand, Type: of, Quantity: quantity, Unit: "nM"}
	if quantity == "occupancy" {
		size, e.Unit = 0.8, ""
	}
	for i := range 160 {
		t := float64(i) * 0.05
		v := size * math.Exp(-t/2) * (1 - math.Exp(-t/(0.3+0.2*late)))
		e.TimeMS, e.Mean = append(e.TimeMS, 1000*t), append(e.Mean, v)
		e.Low, e.High = append(e.Low, v/3), append(e.High, min(2*v, 1.2*size))
	}
	return e
}

// fixtureBurst spreads from a point at 500 ms: Q/(4πD t h) exp(−r²/(4Dt)).
func fixtureBurst() FieldFrames {
	f := FieldFrames{Ligand: "somatostatin", Unit: "nM", Plane: "z = 40 µm", Shape: [2]int{41, 41}, SpacingUM: 10, OriginUM: [2]float64{-200, -200}}
	const spread = 0.5 // µm²/ms
	for k := range 41 {
		f.TimesMS = append(f.TimesMS, 200*float64(k))
		after, values := 200*float64(k)-500, make([]float64, 41*41)
		for i := range values {
			x, y := 10*float64(i%41)-200, 10*float64(i/41)-200
			if after > 0 {
				values[i] = 5e4 / after * math.Exp(-(x*x+y*y)/(4*spread*after)-after/3000)
			}
		}
		f.Values = append(f.Values, values)
	}
	return f
}

// fixturePatches is two places of secretion in a plane of 160 × 80 points, more
// frames than a film has; the larger one is at the lower left.
func fixturePatches() FieldFrames {
	f := FieldFrames{Ligand: "VIP peptide", Unit: "nM", Shape: [2]int{160, 80}, SpacingUM: 5, OriginUM: [2]float64{2.5, 2.5}}
	for k := range 101 {
		f.TimesMS = append(f.TimesMS, 80*float64(k))
		values := make([]float64, 160*80)
		for i := range values {
			x, y := float64(i%160)/160, float64(i/160)/80
			values[i] = 30*math.Exp(-((x-0.2)*(x-0.2)*4+(y-0.25)*(y-0.25))*30) + float64(k)/10*math.Exp(-((x-0.7)*(x-0.7)*4+(y-0.7)*(y-0.7))*60)
		}
		f.Values = append(f.Values, values)
	}
	return f
}
