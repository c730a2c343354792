package report

// ligandsView is the section of what ligands did.
type ligandsView struct {
	Signals    *signalDrawing
	Secretions []secretionRow
	Receptions []receptionRow
	Fields     []*field
	Profiles   *figure
	Exposure   *figure
	Releases   *eventPicture
}

// secretionRow is a line of the table of who secretes.
type secretionRow struct{ Type, Ink, Ligand, What, Amount string }

// receptionRow is a line of the table of who hears.
type receptionRow struct{ Type, Ink, Ligand, Density, HalfMaximal, Effect string }

// newLigandsView is nil without anything to show.
func newLigandsView(s *Simulation) (*ligandsView, error) {
	if s.Chemistry == nil {
		return nil, nil
	}
	v := &ligandsView{Signals: newSignalDrawing(s), Profiles: profileCharts(s.Chemistry.Fields), Exposure: exposureCharts(s), Releases: newReleasePicture(s)}
	styles := typeStyles(s.Types)
	for i, e := range s.Chemistry.Map.Secretions {
		v.Secretions = append(v.Secretions, secretionRow{e.Type, styleOf(styles, e.Type, i).Ink, e.Ligand, e.What, amount(e.Amount, e.Unit)})
	}
	for i, e := range s.Chemistry.Map.Receptions {
		v.Receptions = append(v.Receptions, receptionRow{e.Type, styleOf(styles, e.Type, i).Ink, e.Ligand,
			amount(e.Density, e.Unit), amount(e.HalfMaximalNM, "nM"), e.Effect})
	}
	for _, f := range s.Chemistry.Fields {
		if drawn := newField(len(v.Fields)+1, f); drawn != nil {
			if err := drawn.paint(); err != nil {
				return nil, err
			}
			v.Fields = append(v.Fields, drawn)
		}
	}
	if v.Signals == nil && v.Profiles == nil && v.Exposure == nil && v.Releases == nil && len(v.Fields) == 0 {
		return nil, nil
	}
	return v, v.Releases.paint()
}

// sheets are the figures as files.
func (v *ligandsView) sheets() []sheet {
	var sheets []sheet
	if v == nil {
		return nil
	}
	if v.Signals != nil {
		sheets = append(sheets, v.Signals.sheet())
	}
	for _, f := range v.Fields {
		sheets = append(sheets, f.sheet())
	}
	for _, f := range [...]*figure{v.Profiles, v.Exposure} {
		if f != nil {
			sheets = append(sheets, newSheet(f))
		}
	}
	if v.Releases != nil {
		sheets = append(sheets, releaseSheet(v.Releases))
	}
	return sheets
}
