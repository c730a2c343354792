package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// network makes Brunel's network small enough for a test, simulated for a time
// and with a checkpoint every 50 ms.
func network(duration string, more ...string) []string {
	args := []string{"brunel"}
	for _, set := range append([]string{
		"network.cells.excitatory.count=200", "network.cells.inhibitory.count=50",
		"network.projections.excitation.connection.in-degree=20", "network.projections.inhibition.connection.in-degree=5",
		"simulation={duration: " + duration + ", warm-up: 20 ms, checkpoint: 50 ms}", "expect=[]",
		"record=[{what: spikes, of: cells}, {what: spikes, of: inhibitory, to: parquet}, {what: variable, of: excitatory, variable: potential, cells: 2}]",
	}, more...) {
		args = append(args, "--set", set)
	}
	return args
}

// sameSimulation compares two result folders to the bit.
func sameSimulation(t *testing.T, a, b string) {
	t.Helper()
	for _, name := range []string{"spikes.csv", "spikes-inhibitory.parquet", "potential-excitatory.csv", "rates.csv", "scenario.yaml"} {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if errX != nil || errY != nil || !bytes.Equal(x, y) || len(x) == 0 {
			t.Errorf("%s differs between %s and %s (%v, %v)", name, a, b, errX, errY)
		}
	}
}

// Ctrl-C finishes the window, saves, exits 130 and says how to go on; kill -9
// loses nothing that a checkpoint has. Either way the end is the same.
func TestStoppedSimulationResumes(t *testing.T) {
	dir := t.TempDir()
	whole, stopped := filepath.Join(dir, "whole"), filepath.Join(dir, "stopped")
	if code, out, errors := call(t, append([]string{"run", "--quiet", "--out", whole}, network("1.5 s")...)...); code != 0 || out != "" {
		t.Fatal(out, errors)
	}
	cmd := command(append([]string{"run", "--workers", "1", "--out", stopped}, network("1.5 s")...)...)
	var errors bytes.Buffer
	cmd.Stderr = &errors
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, filepath.Join(stopped, "checkpoint"))
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted || !strings.Contains(errors.String(), " run --resume "+stopped) {
		t.Fatalf("exit %d: %s", code, errors.String())
	}
	killed := command("run", "--quiet", "--resume", stopped)
	if err := killed.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(50 * time.Millisecond)
	killed.Process.Kill()
	killed.Wait()
	if code, _, errors := call(t, "run", "--quiet", "--resume", stopped); code != 0 {
		t.Fatal(errors)
	}
	sameSimulation(t, whole, stopped)
	if code, out, _ := call(t, "run", "--resume", stopped); code != 0 || !strings.Contains(out, "complete") {
		t.Errorf("resumed when complete: exit %d, %s", code, out)
	}
}

// A simulation says where it is, what came out and where it is to be read, in
// plain lines when nobody watches.
func TestSimulationTells(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	code, out, errors := call(t, append([]string{"run", "--out", dir}, network("100 ms")...)...)
	if code != 0 {
		t.Fatal(errors)
	}
	for _, words := range []string{"simulated 100 of 100 ms", "real-time factor", "250 cells, 6250 synapses", "million events/s", "bytes per synapse", "synchrony", "inhibitory", filepath.Join(dir, "report.html")} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is missing in\n%s", words, out)
		}
	}
	if strings.ContainsAny(out, "\r\x1b") {
		t.Errorf("control characters in %q", out)
	}
}

// A simulation says where what was released of a modulator is, and check what its
// field takes.
func TestModulatorsAreTold(t *testing.T) {
	short := []string{"peptide-diffusion", "--set", "simulation.duration=1200 ms", "--set", "expect=[]", "--set", "record=[{what: releases, of: somatostatin}]"}
	code, out, errors := call(t, append([]string{"run", "--out", filepath.Join(t.TempDir(), "out")}, short...)...)
	if code != 0 {
		t.Fatal(errors)
	}
	for _, words := range []string{"modulator  ", "unaccounted for", "  1.9e+05  "} {
		if !strings.Contains(out, words) {
			t.Errorf("%q is missing in\n%s", words, out)
		}
	}
	code, out, errors = call(t, append([]string{"check"}, short...)...)
	if code != 0 || !strings.Contains(out, "modulators  1, in fields of 3721 points: about ") {
		t.Errorf("%s\n%s", out, errors)
	}
}

func TestSimulationExitCodes(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		code int
		says string
		args []string
	}{
		"compare":   {exitBadInput, "simulat", []string{"compare", "brunel"}},
		"runs away": {exitFailed, "diverged", append([]string{"run", "--out", filepath.Join(dir, "a")}, network("1 s", "simulation.runaway=1 Hz")...)},
		"wrong":     {exitBadInput, "duration", append([]string{"run", "--out", filepath.Join(dir, "b")}, network("-1 s")...)},
		"other":     {exitBadInput, "holds no run", []string{"run", "--resume", filepath.Join(dir, "none")}},
	} {
		if code, out, errors := call(t, c.args...); code != c.code || !strings.Contains(errors, c.says) {
			t.Errorf("%s: exit %d, want %d and %q in %s%s", name, code, c.code, c.says, out, errors)
		}
	}
}
