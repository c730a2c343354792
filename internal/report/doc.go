// Package report turns the record of a run, or of several rules over several
// seeds, into plots (PNG and SVG) and one self-contained page that works
// offline. It computes nothing about learning: it draws what it is given, and
// what is not finite it draws as a gap and says so.
//
// A chart is described once (chart, heat) and drawn twice: by gonum/plot into
// files, and by uPlot in the page.
package report
