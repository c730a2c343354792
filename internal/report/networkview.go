package report

import "cmp"

// networkView is the section that shows what was run.
type networkView struct {
	Drawing     *drawing
	Types       []typeRow
	Projections []Projection
}

// Long reports whether the table of projections is better folded away.
func (v *networkView) Long() bool { return len(v.Projections) > 14 }

// typeRow is a line of the table of cell types.
type typeRow struct {
	Name, Count, Sign, Model, Tau, Ink string
	Inhibitory                         bool
}

func newNetworkView(r *Run) *networkView {
	if len(r.Types) == 0 {
		return nil
	}
	v := &networkView{Drawing: runDrawing(r), Projections: r.Projections}
	styles := typeStyles(r.Types)
	for _, t := range r.Types {
		v.Types = append(v.Types, typeRow{
			Name: t.Name, Count: count(t.Count), Sign: signName(t.Sign), Model: t.Model,
			Tau: short(t.TauMS), Ink: styles[t.Name].Ink, Inhibitory: t.Sign < 0,
		})
	}
	return v
}

// runDrawing has the input and the readout at the sides, and arrows as wide as
// the mean |weight|.
func runDrawing(r *Run) *drawing {
	in, out := box{Name: inputName}, box{Name: readoutName}
	if t := anyTrial(r); t != nil {
		in.Sub, out.Sub = plural(cmp.Or(len(t.Input), r.Inputs), "channel"), plural(len(t.Output), "output")
	}
	var bundles []bundle
	for _, p := range r.Projections {
		bundles = append(bundles, bundle{p.From, p.To, weightOf(p), projectionTitle(p)})
	}
	return newDrawing(r.Types, bundles, in, out)
}
