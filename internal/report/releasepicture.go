package report

import (
	"fmt"
	"slices"

	"gonum.org/v1/plot/vg"
)

// Sizes of a release in pixels of the picture: larger than spikes, since they are
// fewer.
const (
	releaseInPage = 8
	releaseInFile = 9
)

// Of few cells the picture is lower: so many pixels for each, and so many at least.
const (
	releaseRow    = 40
	lowestRelease = 120
)

// newReleasePicture is the raster of releases: rows are the cells of the types
// that released something, inks are ligands; nil without any.
func newReleasePicture(s *Simulation) *eventPicture {
	r := s.Chemistry.Releases
	if r == nil || !(r.ToMS > r.FromMS) {
		return nil
	}
	ligands := s.Chemistry.ligands()
	p := &eventPicture{ID: "releases", Title: "Releases, cell by cell", fromMS: r.FromMS, toMS: r.ToMS, pageMark: releaseInPage, fileMark: releaseInFile}
	inks := inksOfLigands(s.Types)
	for i, name := range ligands {
		ink := inks[i%len(inks)]
		p.inks = append(p.inks, ink)
		if slices.Contains(r.Ligand, name) {
			p.Legend = append(p.Legend, key{name, style{Ink: ink}})
		}
	}
	rows := p.releasingTypes(s)
	for i, cell := range r.Cell[:min(len(r.Cell), len(r.TimeMS), len(r.Ligand))] {
		ligand := slices.Index(ligands, r.Ligand[i])
		kind, first := typeOf(s.Types, cell)
		at := r.TimeMS[i]
		if ligand < 0 || kind < 0 || !(at >= r.FromMS && at <= r.ToMS) {
			continue
		}
		p.atMS = append(p.atMS, at)
		p.row = append(p.row, rows[kind]+cell-first)
		p.ink = append(p.ink, ligand)
	}
	if len(p.atMS) == 0 {
		return nil
	}
	p.height = min(max(releaseRow*p.Cells, lowestRelease), rasterHeight)
	shown := plural(len(p.atMS), "release")
	if r.All > len(p.atMS) {
		shown = count(len(p.atMS)) + " of " + plural(r.All, "release")
	}
	p.Note = fmt.Sprintf("Every mark is a release, every row a cell of the types that release. Shown are %s of %s.", shown, plural(p.Cells, "cell"))
	return p
}

// releasingTypes adds a group for each type with a release and returns the first
// row of each.
func (p *eventPicture) releasingTypes(s *Simulation) map[int]int {
	released := map[int]bool{}
	for _, cell := range s.Chemistry.Releases.Cell {
		kind, _ := typeOf(s.Types, cell)
		released[kind] = true
	}
	rows := map[int]int{}
	for kind, t := range s.Types {
		if released[kind] {
			rows[kind] = p.Cells
			p.addGroup(s, kind, t.Count)
		}
	}
	return rows
}

// typeOf is the type of a cell, −1 for none, and the number of its first cell.
func typeOf(types []CellType, cell int) (kind, first int) {
	for i, t := range types {
		if n := max(t.Count, 0); cell >= first && cell < first+n {
			return i, first
		}
		first += max(t.Count, 0)
	}
	return -1, 0
}

// releaseSheet is the picture as a file.
func releaseSheet(p *eventPicture) sheet {
	height := 0.7*vg.Inch + 1.9*vg.Inch*vg.Length(p.height)/rasterHeight
	return sheet{name: "releases", columns: 1, panels: []panel{p}, legend: p.Legend, width: 6.5 * vg.Inch, height: height}
}
