package modulator

import (
	"math"
	"strings"
	"testing"
)

func TestTorusGivesEveryCellASite(t *testing.T) {
	for _, torus := range []Torus{
		{Rows: 2, Columns: 3},
		{Rows: 2, Columns: 3, Site: []int{5, 0, 3, 1, 2, 4}},
	} {
		if err := torus.Check(6); err != nil {
			t.Errorf("%+v: %v", torus, err)
		}
	}
	if got := (&Torus{Rows: 2, Columns: 3}).SiteOf(4); got != 4 {
		t.Errorf("without sites cell 4 is at site %d", got)
	}
	if got := (&Torus{Rows: 2, Columns: 3, Site: []int{5, 0}}).SiteOf(0); got != 5 {
		t.Errorf("cell 0 of site 5 is at site %d", got)
	}
}

func TestTorusRefuses(t *testing.T) {
	for _, c := range []struct {
		torus Torus
		cells int
		says  string
	}{
		{Torus{Rows: 0, Columns: 3}, 0, "0 rows and 3 columns; allowed are whole numbers from 1"},
		{Torus{Rows: 3, Columns: -1}, 1, "3 rows and -1 columns"},
		{Torus{Rows: 1 << 12, Columns: 1<<12 + 1}, 1, "at most 16777216 sites"},
		{Torus{Rows: math.MaxInt, Columns: math.MaxInt}, 1, "at most 16777216 sites"},
		{Torus{Rows: 2, Columns: 3}, 7, "no site for each of 7 cells"},
		{Torus{Rows: 2, Columns: 3, Site: []int{0, 1}}, 3, "sites for 2 cells; the network has 3"},
		{Torus{Rows: 2, Columns: 3, Site: []int{0, 6}}, 2, "cell 1 at site 6; allowed are sites from 0 to 5"},
		{Torus{Rows: 2, Columns: 3, Site: []int{-1, 0}}, 2, "cell 0 at site -1"},
		{Torus{Rows: 2, Columns: 3, Site: []int{4, 1, 4}}, 3, "cells 0 and 2 at site 4; allowed is one cell per site"},
	} {
		if err := c.torus.Check(c.cells); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v for %d cells: %v, want %q", c.torus, c.cells, err, c.says)
		}
	}
}
