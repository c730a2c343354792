// Command peer measures one training iteration of the delayed XOR (120 cells,
// 900 steps, 32 trials, ModProp) beside the same arithmetic in NumPy with
// OpenBLAS, in one run, and prints the ratios. It needs python3 with NumPy
// (Debian: python3-numpy libopenblas0-pthread) and installs nothing.
package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"

	"paracrine/internal/kernel"
)

// Everything is measured in turn, again and again, so that whatever else the
// machine does meets all of them alike.
const (
	rounds     = 5
	iterations = 12 // per round
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-peer:", err)
		os.Exit(1)
	}
}

func run() error {
	python, err := findPython()
	if err != nil {
		return err
	}
	ours, err := newTraining()
	if err != nil {
		return err
	}
	peers := python.peers(runtime.NumCPU())
	times := make([][]float64, 1+len(peers))
	for range rounds {
		t, err := ours.measure(iterations)
		if err != nil {
			return err
		}
		times[0] = append(times[0], t...)
		for i, p := range peers {
			if t, err = p.measure(iterations); err != nil {
				return err
			}
			times[i+1] = append(times[i+1], t...)
		}
	}
	own := median(times[0])
	fmt.Printf("one iteration of delayed-xor with modprop, medians of %d\n", rounds*iterations)
	fmt.Printf("NumPy %s, %s\n", python.version, python.blas)
	fmt.Printf("  Paracrine  float64  threads %d  %7.1f ms  (kernel %s)\n", ours.workers, own, kernel.Name())
	for i, p := range peers {
		theirs := median(times[i+1])
		fmt.Printf("  NumPy      %s  threads %d  %7.1f ms  ratio %.1f\n", p.precision, p.threads, theirs, theirs/own)
	}
	return nil
}

// median is the middle of the times, the upper one of two.
func median(times []float64) float64 {
	sorted := slices.Sorted(slices.Values(times))
	return sorted[len(sorted)/2]
}
