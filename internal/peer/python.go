package main

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
)

//go:embed delayed_xor_numpy.py
var script string

// probe prints NumPy's version and the library its products are computed by,
// read off the process itself: what NumPy was built with says nothing where
// BLAS is chosen by the system.
const probe = `
import numpy
numpy.ones((9, 9)) @ numpy.ones((9, 9))
print(numpy.__version__)
try:
    print(" ".join(sorted({line.split()[-1] for line in open("/proc/self/maps") if "blas" in line.lower()})))
except OSError:
    print("unknown")
`

// python is an interpreter with NumPy on OpenBLAS.
type python struct{ path, version, blas string }

// findPython tries the system's interpreter first, whose NumPy the packages
// named in the error bring. The error says what each lacks.
func findPython() (python, error) {
	problems := []error{errors.New("the peer, python3 with NumPy on OpenBLAS, is not here (Debian: apt-get install python3-numpy libopenblas0-pthread)")}
	for _, path := range []string{"/usr/bin/python3", "python3"} {
		p, err := tryPython(path)
		if err == nil {
			return p, nil
		}
		problems = append(problems, fmt.Errorf("  %s: %w", path, err))
	}
	return python{}, errors.Join(problems...)
}

func tryPython(path string) (python, error) {
	if _, err := exec.LookPath(path); err != nil {
		return python{}, errors.New("not found")
	}
	out, err := call(path, nil, nil, "-c", probe)
	if err != nil {
		return python{}, err
	}
	version, blas, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	for _, library := range strings.Fields(blas) {
		if strings.Contains(strings.ToLower(library), "openblas") {
			return python{path, version, library}, nil
		}
	}
	return python{}, fmt.Errorf("its NumPy %s multiplies by %q, which is not OpenBLAS", version, blas)
}

// peer is the script in one precision on a number of threads.
type peer struct {
	python    python
	precision string
	threads   int
}

// peers are both precisions on one thread and on all: small products can be
// faster on one.
func (p python) peers(processors int) []peer {
	var all []peer
	for _, precision := range []string{"float64", "float32"} {
		for _, threads := range slices.Compact([]int{1, processors}) {
			all = append(all, peer{p, precision, threads})
		}
	}
	return all
}

// measure is the time of each of count iterations, in ms.
func (p peer) measure(count int) ([]float64, error) {
	threads := "OPENBLAS_NUM_THREADS=" + strconv.Itoa(p.threads)
	out, err := call(p.python.path, nil, []string{threads}, "-c", script, "iterate", p.precision, strconv.Itoa(count))
	if err != nil {
		return nil, err
	}
	var times []float64
	for _, field := range strings.Fields(string(out)) {
		ms, err := strconv.ParseFloat(field, 64)
		if err != nil {
			return nil, err
		}
		times = append(times, ms)
	}
	if len(times) != count {
		return nil, fmt.Errorf("%s gave %d times for %d iterations", p.python.path, len(times), count)
	}
	return times, nil
}

// gradients are those of a problem file, as the script computes them, as JSON.
func (p python) gradients(problem []byte) ([]byte, error) {
	return call(p.path, problem, nil, "-c", script, "gradients")
}

// call runs a program and returns its output; its error ends with the last line
// the program wrote about it.
func call(path string, input []byte, environment []string, args ...string) ([]byte, error) {
	cmd := exec.Command(path, args...)
	cmd.Stdin = bytes.NewReader(input)
	cmd.Env = append(os.Environ(), environment...)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(strings.TrimSpace(complaint.String()), "\n")
		return nil, fmt.Errorf("%w: %s", err, lines[len(lines)-1])
	}
	return out, nil
}
