package report

import "gonum.org/v1/plot/vg"

// trialSheets are the trial as files: the heat maps, and the readout under its inputs.
func trialSheets(views []*trialView) []sheet {
	activity := sheet{name: "activity", width: 3.6 * vg.Inch, height: 3.4 * vg.Inch}
	var inputs, outputs []panel
	for _, v := range views {
		if v.Activity != nil {
			activity.panels = append(activity.panels, titled{v.Activity, v.heading("Activity")})
			activity.footer = bar{v.Activity.Value, v.Activity.Scale}
		}
		if v.Inputs != nil && !v.Inputs.empty() {
			inputs = append(inputs, titled{v.Inputs, v.heading("Inputs")})
		}
		if !v.Readout.empty() {
			outputs = append(outputs, titled{v.Readout, v.heading("Readout")})
		}
	}
	var sheets []sheet
	if activity.columns = len(activity.panels); activity.columns > 0 {
		sheets = append(sheets, activity)
	}
	if len(outputs) > 0 {
		readout := sheet{name: "readout", columns: len(outputs), width: 3.6 * vg.Inch, height: 2.3 * vg.Inch}
		if len(inputs) == len(outputs) {
			readout.panels = append(readout.panels, inputs...)
		}
		readout.panels = append(readout.panels, outputs...)
		readout.legend = legendOf(readout.panels)
		sheets = append(sheets, readout)
	}
	return sheets
}

func (v *trialView) heading(what string) string {
	return what + " " + v.when + " (iteration " + v.Iteration + ")"
}
