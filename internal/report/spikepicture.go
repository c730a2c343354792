package report

import (
	"fmt"

	"gonum.org/v1/plot/vg"
)

// Sizes of a spike, in pixels of the picture: it is still seen when the picture
// is shrunk to a coarse screen or, in files, to a column of print.
const (
	spikeInPage = 4
	spikeInFile = 5
)

// newSpikePicture is the spike raster; nil without spikes to show.
func newSpikePicture(s *Simulation) *eventPicture {
	r := s.Raster
	if r == nil || !(r.ToMS > r.FromMS) {
		return nil
	}
	p := &eventPicture{ID: "raster", Title: "Spikes", fromMS: r.FromMS, toMS: r.ToMS,
		atMS: r.TimeMS, row: r.Row, pageMark: spikeInPage, fileMark: spikeInFile, height: rasterHeight}
	all := 0
	for i, rows := range r.Rows {
		if i < len(s.Types) && rows > 0 {
			p.addGroup(s, i, rows)
			all += s.Types[i].Count
		}
	}
	if p.Cells == 0 {
		return nil
	}
	for _, g := range p.Groups {
		p.inks = append(p.inks, g.Style.Ink)
	}
	p.ink = make([]int, len(p.row))
	for i, row := range p.row {
		p.ink[i] = p.groupOf(row)
	}
	p.Note = fmt.Sprintf("Every mark is a spike, every row a cell: %s of %s cells, at equal distances in their type. Shown are the last %s\u00a0ms.",
		count(p.Cells), count(all), short(r.ToMS-r.FromMS))
	return p
}

// sheet is the raster over the rates in the same stretch of time.
func (p *eventPicture) sheet(rates *chart) sheet {
	s := sheet{name: "raster", columns: 1, panels: []panel{p}, width: 6.5 * vg.Inch, height: 3 * vg.Inch}
	if rates != nil {
		s.panels = append(s.panels, rates)
		s.legend = legendOf(s.panels)
	}
	return s
}
