package modulator

import (
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// stepMatrix is D of G ← D G, sites × sites: k/(2r+1)² wherever two sites are at
// most r rows and columns apart, the short way round.
func stepMatrix(t *Torus, radius int, kept float64) []float64 {
	apart := func(a, b, around int) int {
		d := a - b
		if d < 0 {
			d = -d
		}
		return min(d, around-d)
	}
	n := t.Sites()
	d := make([]float64, n*n)
	for to := range n {
		for from := range n {
			if apart(to/t.Columns, from/t.Columns, t.Rows) <= radius && apart(to%t.Columns, from%t.Columns, t.Columns) <= radius {
				d[to*n+from] = kept / math.Pow(float64(2*radius+1), 2)
			}
		}
	}
	return d
}

func drawStencil(t *rapid.T) Stencil {
	radius := rapid.IntRange(0, 3).Draw(t, "radius")
	torus := &Torus{
		Rows:    rapid.IntRange(2*radius+1, 2*radius+6).Draw(t, "rows"),
		Columns: rapid.IntRange(2*radius+1, 2*radius+6).Draw(t, "columns"),
	}
	s := Stencil{torus, radius, rapid.SampledFrom([]float64{0, 0.3, 0.75, 1}).Draw(t, "k")}
	if err := s.Check(); err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSpreadIsTheStepMatrix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := drawStencil(t)
		n := s.Torus.Sites()
		field := rapid.SliceOfN(rapid.Float64Range(-2, 2), n, n).Draw(t, "G")
		d, want := stepMatrix(s.Torus, s.Radius, s.Kept), make([]float64, n)
		for to := range want {
			for from, x := range field {
				want[to] += d[to*n+from] * x
			}
		}
		s.Spread(field, make([]float64, s.Room()))
		for i, x := range field {
			if math.Abs(x-want[i]) > 1e-14 {
				t.Fatalf("site %d holds %v, by the matrix %v", i, x, want[i])
			}
		}
	})
}

// TestSpreadKeepsItsShare: of everything, k is left, wherever it is.
func TestSpreadKeepsItsShare(t *testing.T) {
	s := Stencil{&Torus{Rows: 3, Columns: 5}, 1, 0.75}
	for site := range 15 {
		field := make([]float64, 15)
		field[site] = -2
		s.Spread(field, make([]float64, s.Room()))
		sum, reached := 0.0, 0
		for _, x := range field {
			sum += x
			if x != 0 {
				reached++
			}
		}
		if math.Abs(sum+1.5) > 1e-15 || reached != 9 {
			t.Errorf("of −2 at site %d, %v are left at %d sites, want −1.5 at 9", site, sum, reached)
		}
	}
}

func TestStencilRefusesToMeetItself(t *testing.T) {
	for _, torus := range []*Torus{{Rows: 2, Columns: 9}, {Rows: 9, Columns: 2}} {
		err := Stencil{torus, 1, 0.75}.Check()
		if err == nil || !strings.Contains(err.Error(), "radius=1 on a torus of") || !strings.Contains(err.Error(), "up to 0") {
			t.Errorf("%+v: %v", torus, err)
		}
	}
	if err := (Stencil{&Torus{Rows: 2, Columns: 1}, 0, 0.75}).Check(); err != nil {
		t.Errorf("nothing spreads, yet: %v", err)
	}
}
