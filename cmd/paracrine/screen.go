package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"sync/atomic"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
	"golang.org/x/term"

	"paracrine/internal/experiment"
	"paracrine/internal/report"
)

// screen is what a run shows: a moving line on a terminal, a line every few
// seconds when the output goes elsewhere.
type screen struct {
	out, errors io.Writer
	quiet       bool
	bars        *mpb.Progress // nil when not on a terminal
	bar         *mpb.Bar
	status      atomic.Value // string; the line is drawn by another goroutine
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

func (s *screen) progress(p experiment.Progress) {
	if s.quiet {
		return
	}
	s.status.Store(describe(p))
	if s.bars != nil {
		s.moveBar(p)
		return
	}
	if now := time.Now(); now.Sub(s.printed) >= linePause || p.Iteration == p.Iterations {
		s.printed = now
		s.say("iteration %d of %d, %s\n", p.Iteration, p.Iterations, s.status.Load())
	}
}

func (s *screen) moveBar(p experiment.Progress) {
	if s.bar == nil {
		s.bar = s.bars.New(int64(p.Iterations), mpb.BarStyle().Lbound("").Rbound("").Filler("━").Tip("━").Padding("─"),
			mpb.BarWidth(24),
			mpb.PrependDecorators(decor.CountersNoUnit("iteration %d of %d ")),
			mpb.AppendDecorators(decor.Any(func(decor.Statistics) string { return " " + s.status.Load().(string) })))
	}
	s.bar.SetCurrent(int64(p.Iteration))
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
	text := fmt.Sprintf("loss %.4f", p.Loss)
	if !math.IsNaN(p.Accuracy) {
		text += fmt.Sprintf(", accuracy %.1f %%", 100*p.Accuracy)
	}
	if p.PerSecond > 0 {
		text += fmt.Sprintf(", %.1f iterations/s, %v left", p.PerSecond, p.Left.Round(time.Second))
	}
	return text
}

func (s *screen) summary(m *experiment.Summary) {
	s.say("final validation loss %.4f, %s", float64(m.FinalLoss), m.Loss)
	if !math.IsNaN(float64(m.FinalAccuracy)) {
		s.say(", accuracy %.1f %%", 100*float64(m.FinalAccuracy))
	}
	s.say(" after %d iterations, %.1f s (%.2f ms each)\n", m.Iterations, m.WallSeconds, m.MsPerIteration)
	for _, e := range m.Expected {
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
