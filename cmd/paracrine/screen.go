package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"paracrine/internal/experiment"
	"paracrine/internal/report"
	"paracrine/sim"
)

// screen is what a run shows: a moving line on a terminal, a line every few
// seconds when the output goes elsewhere.
type screen struct {
	out, errors io.Writer
	quiet       bool
	bars        *mpb.Progress // nil when not on a terminal
	bar         *mpb.Bar
	line        atomic.Pointer[[2]string] // place and status; the line is drawn by another goroutine
	printed     time.Time
}

// linePause is the time between lines when not on a terminal.
const linePause = 5 * time.Second

func newScreen(cmd *cobra.Command, quiet bool) *screen {
	s := &screen{out: cmd.OutOrStdout(), errors: cmd.ErrOrStderr(), quiet: quiet}
	if f, ok := s.out.(*os.File); ok && !quiet && term.IsTerminal(int(f.Fd())) {
		s.bars = mpb.New(mpb.WithOutput(f), mpb.WithRefreshRate(150*time.Millisecond))
	}
	return s
}

func (s *screen) say(format string, args ...any) {
	if !s.quiet {
		fmt.Fprintf(s.out, format, args...)
	}
}

// warn is said even when quiet.
func (s *screen) warn(format string, args ...any) { fmt.Fprintf(s.errors, format, args...) }

// progress shows how far training is.
func (s *screen) progress(p experiment.Progress) {
	s.show(int64(p.Iteration), int64(p.Iterations), fmt.Sprintf("iteration %d of %d", p.Iteration, p.Iterations), func() string { return describe(p) })
}

// simulated shows how far a simulation is.
func (s *screen) simulated(p experiment.Simulated) {
	now, end := p.Now.Milliseconds(), p.Duration.Milliseconds()
	s.show(int64(p.Now/sim.Microsecond), int64(p.Duration/sim.Microsecond), fmt.Sprintf("simulated %.0f of %.0f ms", now, end), func() string { return describeSimulated(p) })
}

// show moves the line, or prints one when it is time; the place is what comes
// before the bar, the status what comes after it.
func (s *screen) show(done, all int64, place string, status func() string) {
	now := time.Now()
	if s.quiet || s.bars == nil && now.Sub(s.printed) < linePause && done < all {
		return
	}
	if s.bars == nil {
		s.printed = now
		s.say("%s, %s\n", place, status())
		return
	}
	s.line.Store(&[2]string{place, status()})
	s.moveBar(done, all)
}

func (s *screen) moveBar(done, all int64) {
	if s.bar == nil {
		part := func(i int, format string) decor.Decorator {
			return decor.Any(func(decor.Statistics) string { return fmt.Sprintf(format, s.line.Load()[i]) })
		}
		s.bar = s.bars.New(all, mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
			mpb.BarWidth(24), mpb.PrependDecorators(part(0, "%s ")), mpb.AppendDecorators(part(1, " %s")))
	}
	s.bar.SetCurrent(done)
}

// close leaves the line as it stands.
func (s *screen) close() {
	if s.bar != nil {
		if !s.bar.Completed() {
			s.bar.Abort(false)
		}
		s.bars.Wait()
	}
}

func describe(p experiment.Progress) string {
	if math.IsNaN(p.Loss) {
		return "beginning"
	}
	text := fmt.Sprintf("loss %.4f", p.Loss)
	if !math.IsNaN(p.Accuracy) {
		text += fmt.Sprintf(", accuracy %.1f %%", 100*p.Accuracy)
	}
	if p.PerSecond > 0 {
		text += fmt.Sprintf(", %.1f iterations/s, %v left", p.PerSecond, p.Left.Round(time.Second))
	}
	return text
}

// describeSimulated has the wall time that simulated time takes, and what is
// left of it.
func describeSimulated(p experiment.Simulated) string {
	if p.RealTime <= 0 {
		return "beginning"
	}
	text := "real-time factor " + strconv.FormatFloat(p.RealTime, 'g', 3, 64)
	if p.Now < p.Duration {
		text += fmt.Sprintf(", %v left", p.Left.Round(time.Second))
	}
	return text
}

// simulation prints what came of a simulation.
func (s *screen) simulation(m *experiment.SimulationSummary) {
	s.say("%d cells, %d synapses: %d spikes and %.4g synaptic events in %.4g s of simulated time\n",
		m.Cells, m.Synapses, m.Spikes, float64(m.SynapticEvents), m.SimulatedSeconds)
	s.say("wall time %.2f s: build %.2f, simulate %.2f, write %.2f; real-time factor %.3g, %.3g million events/s, %s bytes per synapse\n",
		m.WallSeconds.Total, m.WallSeconds.Build, m.WallSeconds.Simulate, m.WallSeconds.Write,
		float64(m.RealTimeFactor), float64(m.EventsPerSecond)/1e6, known(m.BytesPerSynapse))
	if !s.quiet {
		w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
		fmt.Fprintln(w, "cells\tnumber\trate (Hz)\tCV\tsynchrony\t")
		for _, p := range m.Populations {
			fmt.Fprintf(w, "%s\t%d\t%s\t%s\t%s\t\n", p.Name, p.Cells, known(p.Rate), known(p.CV), known(p.Synchrony))
		}
		w.Flush()
		s.modulators(m.Modulators)
	}
	s.outcomes(m.Expected)
}

// modulators prints where what was released is.
func (s *screen) modulators(all []experiment.ModulatorSummary) {
	if len(all) == 0 {
		return
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "modulator\treleased\tpresent\tcleared\tabsorbed\tunaccounted for\tmean (nM)\toccupancy\t")
	for _, m := range all {
		fmt.Fprintf(w, "%s\t%.4g\t%.4g\t%.4g\t%.4g\t%.1e\t%.3g\t%s\t\n", m.Name, m.Released, m.Present, m.Cleared, m.Absorbed, m.Gap, m.Concentration, known(m.Occupancy))
	}
	w.Flush()
}

// known is a number, or a dash where there is none.
func known(n experiment.Number) string {
	if math.IsNaN(float64(n)) {
		return "–"
	}
	return strconv.FormatFloat(float64(n), 'g', 4, 64)
}

func (s *screen) summary(m *experiment.Summary) {
	what := "final validation loss"
	if m.Online != nil {
		what = "loss of the last trial"
	}
	s.say("%s %.4f, %s", what, float64(m.FinalLoss), m.Loss)
	if !math.IsNaN(float64(m.FinalAccuracy)) {
		s.say(", accuracy %.1f %%", 100*float64(m.FinalAccuracy))
	}
	s.say(" after %d iterations, %.1f s (%.2f ms each)\n", m.Iterations, m.WallSeconds, m.MsPerIteration)
	if o := m.Online; o != nil {
		s.say("%.3g biological seconds per second of wall time; %d plastic synapses of %.1f bytes, and %.1f bytes each of cells' history\n",
			o.BiologicalPerWall, o.PlasticSynapses, o.BytesPerSynapse, o.HistoryPerSynapse)
	}
	s.outcomes(m.Expected)
}

// outcomes prints what was expected and what came of it.
func (s *screen) outcomes(expected []experiment.Outcome) {
	for _, e := range expected {
		verdict := "as expected"
		if !e.Met {
			verdict = "NOT as expected"
		}
		s.say("%s: %s %.4g, band %g to %g (%s)\n", verdict, e.Metric, float64(e.Value), e.From, e.To, e.Source)
	}
}

// comparison prints the table of all rules.
func (s *screen) comparison(c *report.Comparison) {
	if s.quiet {
		return
	}
	w := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprint(w, "rule\tfinal loss\taccuracy\tsolved\tdiverged\t")
	for _, threshold := range c.Thresholds {
		fmt.Fprintf(w, "iterations to %g\t", threshold)
	}
	fmt.Fprintln(w, "ms/iteration\t")
	for _, r := range c.Rules {
		t := r.Table
		fmt.Fprintf(w, "%s\t%.4f ± %.4f\t%s\t%d of %d\t%d\t", r.Rule, t.LossMean, t.LossSD, percent(t.AccuracyMean), t.Solved, t.Runs, t.Diverged)
		for i := range c.Thresholds {
			if t.Crossed[i] == 0 {
				fmt.Fprint(w, "never\t")
				continue
			}
			fmt.Fprintf(w, "%.0f ± %.0f (%d of %d)\t", t.CrossingMean[i], t.CrossingSD[i], t.Crossed[i], t.Runs)
		}
		fmt.Fprintf(w, "%.2f\t\n", t.MillisecondsPerIteration)
	}
	w.Flush()
	s.say("mean ± sd over %s; loss: %s\n", counted(c.Rules[0].Table.Runs, "seed"), c.LossName)
}

// counted is a number of things.
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func percent(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*x)
}
