package report

// Widths of lines, in pixels of the page and points of the files.
const (
	thin = 1.0
	bold = 2.0
)

const iterationLabel = "training iteration"

// learningCurve is loss, accuracy and activity over training.
func learningCurve(r *Run) *figure {
	charts := []*chart{lossChart(r)}
	if r.HasClasses {
		charts = append(charts, accuracyChart(r))
	}
	charts = append(charts, activityChart(r))
	for _, c := range charts {
		c.Marks = divergence(r)
	}
	f := newFigure("learning-curve", "Learning curve",
		"Training batches in grey, fresh trials in colour. Drag to zoom, double-click to reset.", 2, charts...)
	if f == nil {
		return nil
	}
	return f.common(legendOf(f.panels()))
}

func lossChart(r *Run) *chart {
	c := trainingChart("loss", "Loss", lossLabel(r.LossName),
		r.Train.Iteration, r.Train.Loss, r.Validation.Iteration, r.Validation.Loss)
	c.Bands = expected(r.Expect, "final-loss")
	c.Y.Switch = true
	c.Y.Log = lively(decadesOf(c))
	c.Height, c.Wide = 340, true
	return c
}

func accuracyChart(r *Run) *chart {
	c := trainingChart("accuracy", "Accuracy", "fraction correct",
		r.Train.Iteration, r.Train.Accuracy, r.Validation.Iteration, r.Validation.Accuracy)
	c.Bands = expected(r.Expect, "final-accuracy")
	c.Y.Linear = limits{0, 1.02}
	return c
}

func activityChart(r *Run) *chart {
	return trainingChart("mean-activity", "Mean activity", "mean z (dimensionless)",
		r.Train.Iteration, r.Train.Activity, r.Validation.Iteration, r.Validation.Activity)
}

func trainingChart(id, title, label string, trainAt []int, train []float64, freshAt []int, fresh []float64) *chart {
	c := &chart{ID: id, Title: title, Height: 240, X: axis{Label: iterationLabel}, Y: axis{Label: label}}
	if len(train) > 0 {
		c.Tables = append(c.Tables, newTable(iterations(trainAt),
			line{Label: "training", Y: train, Style: style{Ink: "muted"}, Width: thin, Alpha: 0.4}))
	}
	if len(fresh) > 0 {
		c.Tables = append(c.Tables, newTable(iterations(freshAt),
			line{Label: "validation", Y: fresh, Style: style{Ink: "blue"}, Width: bold}))
	}
	return c
}

// decadesOf are the limits a chart would have on a logarithmic scale.
func decadesOf(c *chart) limits {
	trial := *c
	trial.fit()
	return trial.Y.Decade
}

// Outcomes of a run, as in Run.Status.
const (
	completed   = "completed"
	interrupted = "interrupted"
	diverged    = "diverged"
)

func lossLabel(name string) string {
	if name == "" {
		return "loss"
	}
	return "loss: " + name
}

// expected are the bands in which a metric should end.
func expected(bands []Band, metric string) []shade {
	var shades []shade
	for _, b := range bands {
		if b.Metric == metric {
			shades = append(shades, newShade(b.From, b.To, "green", "expected "+interval(b.From, b.To)))
		}
	}
	return shades
}

// divergence marks the iteration at which a run ceased to be finite.
func divergence(r *Run) []mark {
	if r.Status != diverged {
		return nil
	}
	at := r.Iterations
	for i, loss := range r.Train.Loss {
		if !finite(loss) && i < len(r.Train.Iteration) {
			at = r.Train.Iteration[i]
			break
		}
	}
	return []mark{{number(at), "vermillion", "diverged"}}
}
