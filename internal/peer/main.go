// Command peer measures one training iteration of the delayed XOR (120 cells,
// 900 steps, 32 trials, ModProp) beside the same arithmetic in NumPy with
// OpenBLAS, in one run, and prints the ratio. It needs python3 with NumPy
// (Debian: python3-numpy libopenblas0-pthread).
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"paracrine/internal/kernel"
	"paracrine/learning"
	"paracrine/scenarios"
)

const iterations = 60

func main() {
	if err := measure(); err != nil {
		fmt.Fprintln(os.Stderr, "bench-peer:", err)
		os.Exit(1)
	}
}

func measure() error {
	python, err := numpyPython()
	if err != nil {
		return err
	}
	ours, err := paracrine()
	if err != nil {
		return err
	}
	fmt.Printf("one iteration of delayed-xor with modprop, median of %d, %d threads\n", iterations, runtime.GOMAXPROCS(0))
	fmt.Printf("  paracrine, float64, kernel %s  %7.1f ms\n", kernel.Name(), ours)
	for _, precision := range []string{"float64", "float32"} {
		theirs, err := numpy(python, precision)
		if err != nil {
			return err
		}
		fmt.Printf("  NumPy, %s                %7.1f ms   ratio %.1f\n", precision, theirs, theirs/ours)
	}
	return nil
}

// paracrine is the median time of an iteration in ms.
func paracrine() (float64, error) {
	s, err := scenarios.Load("delayed-xor", nil)
	if err != nil {
		return 0, err
	}
	rule, err := learning.ParseRule("modprop")
	if err != nil {
		return 0, err
	}
	trainer, err := scenarios.NewTrainer(s, rule, 1, runtime.GOMAXPROCS(0))
	if err != nil {
		return 0, err
	}
	var times []float64
	for i := range iterations + 5 {
		started := time.Now()
		if _, err := trainer.Iterate(); err != nil {
			return 0, err
		}
		if i >= 5 {
			times = append(times, time.Since(started).Seconds()*1000)
		}
	}
	slices.Sort(times)
	return times[len(times)/2], nil
}

// numpyPython finds a Python with NumPy on OpenBLAS.
func numpyPython() (string, error) {
	const probe = `import numpy; numpy.ones((9, 9)) @ numpy.ones((9, 9)); print("openblas" in open("/proc/self/maps").read().lower())`
	for _, python := range []string{"/usr/bin/python3", "python3"} {
		if out, err := exec.Command(python, "-c", probe).Output(); err == nil && strings.TrimSpace(string(out)) == "True" {
			return python, nil
		}
	}
	return "", fmt.Errorf("no python3 with NumPy on OpenBLAS was found; on Debian: apt-get install python3-numpy libopenblas0-pthread")
}

func numpy(python, precision string) (float64, error) {
	script := filepath.Join("internal", "peer", "delayed_xor_numpy.py")
	out, err := exec.Command(python, script, precision, strconv.Itoa(iterations)).Output()
	if err != nil {
		return 0, fmt.Errorf("%s %s: %w", python, script, err)
	}
	return strconv.ParseFloat(strings.TrimSpace(string(out)), 64)
}
