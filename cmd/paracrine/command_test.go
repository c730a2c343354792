package main

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/scenarios"
)

// TestMain lets the test binary stand in for the command, so that tests can
// start, interrupt and kill real processes.
func TestMain(m *testing.M) {
	if os.Getenv("PARACRINE_TEST_COMMAND") == "1" {
		main()
	}
	os.Exit(m.Run())
}

// command prepares the program as a process of its own.
func command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), "PARACRINE_TEST_COMMAND=1")
	return cmd
}

// call runs the program to its end.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	cmd := command(args...)
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), out.String(), errors.String()
}

// tiny makes delayed-xor-short small enough for a test, of the given length.
func tiny(iterations string, more ...string) []string {
	args := []string{"delayed-xor-short"}
	for _, set := range append([]string{
		"network.cells.excitatory.count=9", "network.cells.inhibitory.count=3", "task.cue=20 ms", "task.delay=20 ms", "task.width=5 ms",
		"training.batch=11", "training.iterations=" + iterations, "training.checkpoint=10", "training.validation.every=7",
	}, more...) {
		args = append(args, "--set", set)
	}
	return args
}

// tables are the files of a result folder that must not depend on how it came about.
var tables = []string{"metrics.csv", "modulators.csv", "taps.csv", "alignment.csv", "weights.npz", "scenario.yaml"}

// sameResults compares two result folders to the bit.
func sameResults(t *testing.T, a, b string) {
	t.Helper()
	for _, name := range tables {
		x, errX := os.ReadFile(filepath.Join(a, name))
		y, errY := os.ReadFile(filepath.Join(b, name))
		if os.IsNotExist(errX) && os.IsNotExist(errY) {
			continue
		}
		if errX != nil || errY != nil || !bytes.Equal(x, y) {
			t.Errorf("%s differs between %s and %s (%v, %v)", name, a, b, errX, errY)
		}
	}
}

func TestResultsDoNotDependOnWorkers(t *testing.T) {
	for _, set := range [][]string{
		{"learning.rule=modprop"},
		{"learning.rule=modprop:weights=cell", "learning.alignment={every: 5, rules: [modprop, eprop]}"},
		{"learning.rule=modprop:weights=expression,ligands=3"},
		{"learning.rule=modprop:mu=mean-derivative"},
		{"learning.rule=modprop:route=state-space"},
		{"learning.rule=rtrl", "training.iterations=3"},
		{"learning.rule=bptt", "learning.update=trial"},
		{"learning.rule=modprop", "learning.update=online", "learning.interval=20 ms"},
	} {
		dir := t.TempDir()
		for _, workers := range []string{"1", "2", "3"} {
			args := append([]string{"run", "--quiet", "--workers", workers, "--out", filepath.Join(dir, workers)}, tiny("12", set...)...)
			if code, out, errors := call(t, args...); code != 0 || out != "" {
				t.Fatalf("%v: exit %d, %s%s", set, code, out, errors)
			}
		}
		sameResults(t, filepath.Join(dir, "1"), filepath.Join(dir, "2"))
		sameResults(t, filepath.Join(dir, "1"), filepath.Join(dir, "3"))
	}
}

// A run that is killed at any moment and resumed ends as one that never was.
func TestKilledRunResumes(t *testing.T) {
	dir := t.TempDir()
	set := []string{"learning.rule=modprop:weights=expression,ligands=2,mu=mean-derivative", "learning.alignment={every: 25}"}
	whole := filepath.Join(dir, "whole")
	started := time.Now()
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", whole}, tiny("200", set...)...)...); code != 0 {
		t.Fatal(errors)
	}
	length := time.Since(started)
	broken := filepath.Join(dir, "broken")
	args := append([]string{"run", "--quiet", "--out", broken}, tiny("200", set...)...)
	for i := range 4 {
		cmd := command(args...)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(length * time.Duration(i+1) / 6)
		cmd.Process.Kill()
		cmd.Wait()
		if _, err := os.Stat(filepath.Join(broken, "scenario.yaml")); err == nil {
			args = []string{"run", "--quiet", "--resume", broken}
		}
	}
	if code, _, errors := call(t, args...); code != 0 {
		t.Fatal(errors)
	}
	sameResults(t, whole, broken)
}

// Ctrl-C finishes the iteration, saves, exits 130 and says how to go on.
func TestInterruptedRunResumes(t *testing.T) {
	dir := t.TempDir()
	whole, stopped := filepath.Join(dir, "whole"), filepath.Join(dir, "stopped")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", whole}, tiny("400")...)...); code != 0 {
		t.Fatal(errors)
	}
	cmd := command(append([]string{"run", "--out", stopped}, tiny("400")...)...)
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
	if code, _, errors := call(t, "run", "--quiet", "--resume", stopped); code != 0 {
		t.Fatal(errors)
	}
	sameResults(t, whole, stopped)
}

// A run without end says what it took; interrupted and resumed with another number of
// workers, it ends with the same bits.
func TestContinuousRunResumes(t *testing.T) {
	dir := t.TempDir()
	whole, stopped := filepath.Join(dir, "whole"), filepath.Join(dir, "stopped")
	args := []string{"online-sheet"}
	for _, set := range []string{
		"network.cells.0.count=50", "network.cells.1.count=50", "network.cells.2.count=12", "network.cells.3.count=12", "task.inputs=50",
		"task.duration=100 ms", "training.iterations=60", "training.checkpoint=10", "expect=[]",
	} {
		args = append(args, "--set", set)
	}
	code, out, errors := call(t, append([]string{"run", "--workers", "1", "--out", whole}, args...)...)
	for _, words := range []string{"loss of the last trial", "biological seconds per second of wall time; 13640 plastic synapses of ", "after 60 iterations"} {
		if code != 0 || !strings.Contains(out, words) {
			t.Fatalf("exit %d, %q does not say %q: %s", code, out, words, errors)
		}
	}
	code, out, errors = call(t, append([]string{"check", "--workers", "1"}, args...)...)
	for _, words := range []string{"cells       124\n", "trials      60, one after the other without a break\n", "B with 1 worker\n", "s per iteration"} {
		if code != 0 || !strings.Contains(out, words) {
			t.Errorf("exit %d, %q does not say %q%s", code, out, words, errors)
		}
	}
	cmd := command(append([]string{"run", "--quiet", "--workers", "2", "--out", stopped}, args...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, filepath.Join(stopped, "checkpoint"))
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Fatalf("exit %d", code)
	}
	if code, _, errors := call(t, "run", "--quiet", "--resume", stopped); code != 0 {
		t.Fatal(errors)
	}
	sameResults(t, whole, stopped)
	data, err := os.ReadFile(filepath.Join(whole, "summary.json"))
	var summary struct {
		Online struct {
			Bytes float64 `json:"bytes_per_plastic_synapse"`
			Speed float64 `json:"biological_seconds_per_wall_second"`
		}
	}
	if err != nil || json.Unmarshal(data, &summary) != nil || !(summary.Online.Bytes > 0 && summary.Online.Speed > 0) {
		t.Errorf("summary %s, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(whole, "report.html")); err != nil {
		t.Error(err)
	}
}

// waitFor waits for a file, as long as the race detector on a busy machine may need.
func waitFor(t *testing.T, path string) {
	t.Helper()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if _, err := os.Stat(path); err == nil {
			return
		}
	}
	t.Fatalf("%s did not appear", path)
}

func TestInterruptedComparisonResumes(t *testing.T) {
	dir := t.TempDir()
	whole, stopped := filepath.Join(dir, "whole"), filepath.Join(dir, "stopped")
	plan := append(tiny("150"), "--rule", "modprop", "--rule", "eprop", "--seeds", "1-2")
	if code, _, errors := call(t, append([]string{"compare", "--quiet", "--out", whole}, plan...)...); code != 0 {
		t.Fatal(errors)
	}
	cmd := command(append([]string{"compare", "--quiet", "--workers", "1", "--out", stopped}, plan...)...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, filepath.Join(stopped, "runs", "modprop", "seed-2", "checkpoint"))
	cmd.Process.Signal(syscall.SIGINT)
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != exitInterrupted {
		t.Fatalf("exit %d", code)
	}
	if code, _, errors := call(t, "compare", "--quiet", "--resume", stopped); code != 0 {
		t.Fatal(errors)
	}
	a, _ := os.ReadFile(filepath.Join(whole, "comparison.csv"))
	b, _ := os.ReadFile(filepath.Join(stopped, "comparison.csv"))
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Errorf("comparisons differ:\n%s\n%s", a, b)
	}
}

// A checkpoint that is damaged or belongs to another run is refused.
func TestBadCheckpointIsRefused(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", run}, tiny("20")...)...); code != 0 {
		t.Fatal(errors)
	}
	path := filepath.Join(run, "checkpoint")
	sound, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(sound)
	flipped[len(flipped)/2] ^= 1
	for name, content := range map[string][]byte{"flipped": flipped, "cut": sound[:len(sound)/2], "empty": nil, "foreign text": []byte("hello")} {
		if err := os.WriteFile(path, content, 0o644); err != nil {
			t.Fatal(err)
		}
		if code, _, errors := call(t, "run", "--quiet", "--resume", run); code != exitBadInput || !strings.Contains(errors, path) {
			t.Errorf("%s: exit %d, %s", name, code, errors)
		}
	}
	os.WriteFile(path, sound, 0o644)
	other := append(tiny("20"), "--seed", "9")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--resume", run}, other...)...); code != exitBadInput || !strings.Contains(errors, filepath.Join(run, "scenario.yaml")) {
		t.Errorf("resumed with another seed: exit %d, %s", code, errors)
	}
	foreign := filepath.Join(dir, "foreign")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", foreign}, other...)...); code != 0 {
		t.Fatal(errors)
	}
	if err := os.Rename(filepath.Join(foreign, "checkpoint"), path); err != nil {
		t.Fatal(err)
	}
	if code, _, errors := call(t, "run", "--quiet", "--resume", run); code != exitBadInput || !strings.Contains(errors, path) {
		t.Errorf("a checkpoint of another seed: exit %d, %s", code, errors)
	}
}

func TestExitCodes(t *testing.T) {
	dir := t.TempDir()
	taken := filepath.Join(dir, "taken")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", taken}, tiny("2")...)...); code != 0 {
		t.Fatal(errors)
	}
	file := filepath.Join(dir, "problem.json")
	os.WriteFile(file, []byte(`{"hyper": {`), 0o644)
	sound := filepath.Join("..", "..", "internal", "problem", "testdata", "rate_ce_last_2types.json")
	for _, c := range []struct {
		code int
		says string
		args []string
	}{
		{0, "", []string{"list"}},
		{0, "", []string{"check", "delayed-xor"}},
		{0, "", []string{"check", "small-exact"}},
		{exitBadInput, "network.projections.0.connection.in-degree", []string{"check", "online-sheet", "--set", "network.projections.0.connection.in-degree=1001"}},
		{exitBadInput, "network.projections.excitation.delay: given 0.05 ms", []string{"check", "brunel", "--set", "network.projections.excitation.delay=0.05 ms"}},
		{exitBadInput, "synapses", []string{"check", "brette-cuba", "--set", "network.cells.excitatory.count=90000000", "--set", "network.projections.excitation.connection={rule: all-to-all}"}},
		{exitBadInput, "a simulation", []string{"compare", "brunel", "--rule", "bptt", "--rule", "eprop"}},
		{exitBadInput, "unknown flag", []string{"run", "delayed-xor", "--sed", "1"}},
		{exitBadInput, "unknown command", []string{"rnu"}},
		{exitBadInput, "delayed-xor-short", []string{"run", "delayed-xor-shrot"}},
		{exitBadInput, "no scenario given", []string{"run"}},
		{exitBadInput, "--set network.step=2 mV", []string{"check", "delayed-xor", "--set", "network.step=2 mV"}},
		{exitBadInput, "--workers 0", []string{"run", "delayed-xor-short", "--workers", "0", "--out", filepath.Join(dir, "w")}},
		{exitBadInput, "--resume " + taken, []string{"run", "delayed-xor-short", "--out", taken}},
		{exitBadInput, "--seeds", []string{"compare", "delayed-xor-short", "--seeds", "3-1"}},
		{exitBadInput, "unknown name", []string{"compare", "delayed-xor-short", "--rule", "backprop"}},
		{exitBadInput, "given twice", []string{"compare", "delayed-xor-short", "--rule", "bptt", "--rule", "bptt"}},
		{exitBadInput, "taps has no meaning", []string{"compare", "delayed-xor-short", "--rule", "modprop:route=state-space,taps=5"}},
		{exitBadInput, "mu has 3 values", []string{"compare", "delayed-xor-short", "--rule", "modprop:mu=0.1/0.2/0.3"}},
		{exitBadInput, file + ":1:", []string{"gradients", file}},
		{exitBadInput, "no such file", []string{"gradients", filepath.Join(dir, "none.json")}},
		{exitBadInput, `--seed: given "-1"; allowed a whole number from 0`, []string{"run", "delayed-xor-short", "--seed", "-1"}},
		{exitBadInput, `--workers: given "two"; allowed a whole number`, []string{"run", "delayed-xor-short", "--workers", "two"}},
		{exitBadInput, dir + ": given a directory; allowed a scenario file", []string{"check", dir}},
		{exitBadInput, filepath.Join(dir, "none.yaml") + ": given no such file or directory", []string{"check", filepath.Join(dir, "none.yaml")}},
		{exitBadInput, `paracrine: rule "modprop:mu=1/2/3": mu has 3 values`, []string{"gradients", sound, "--rule", "modprop:mu=1/2/3"}},
		{exitFailed, `rule "bptt": potential became`, []string{"gradients", sound, "--rule", "bptt", "--sgd-steps", "3", "--sgd-rate", "1e300"}},
	} {
		code, _, errors := call(t, c.args...)
		if code != c.code || !strings.Contains(errors, c.says) {
			t.Errorf("%v: exit %d, want %d: %q does not say %q", c.args, code, c.code, errors, c.says)
		}
	}
}

// A network that no machine holds is refused before anything is begun.
func TestTooLargeIsRefused(t *testing.T) {
	for _, command := range []string{"run", "compare", "check"} {
		dir := filepath.Join(t.TempDir(), "run")
		args := []string{command, "delayed-xor", "--set", "network.cells.excitatory.count=1000000"}
		if command != "check" {
			args = append(args, "--out", dir)
		}
		code, _, errors := call(t, args...)
		if code != exitBadInput || !strings.Contains(errors, "network.cells.excitatory.count") || !strings.Contains(errors, "TB of memory") {
			t.Errorf("%s: exit %d, %s", command, code, errors)
		}
		if _, err := os.Stat(dir); err == nil {
			t.Errorf("%s left a folder", command)
		}
	}
}

func TestCheckSaysWhatARunTakes(t *testing.T) {
	code, out, errors := call(t, append([]string{"check", "--workers", "1"}, tiny("50")...)...)
	for _, words := range []string{"cells       12\n", "60 per trial, of 1 ms each", "11 per iteration, 50 iterations", "B with 1 worker\n", "s per iteration"} {
		if code != 0 || !strings.Contains(out, words) {
			t.Errorf("exit %d, %q does not say %q%s", code, out, words, errors)
		}
	}
}

func TestLasting(t *testing.T) {
	for d, want := range map[time.Duration]string{
		1234 * time.Microsecond: "1.2 ms", 340 * time.Millisecond: "340 ms", 17 * time.Second: "17 s", 119 * time.Second: "119 s",
		20 * time.Minute: "20 min", 5*time.Hour + 12*time.Minute: "5.2 h", 100 * time.Hour: "4 days",
	} {
		if got := lasting(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}

// A run that leaves the finite numbers stops, says where, and leaves its folder.
func TestDivergenceIsReported(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	code, _, errors := call(t, append([]string{"run", "--out", dir}, tiny("50", "learning.optimiser={name: sgd, rate: 1e250}")...)...)
	if code != exitFailed || !strings.Contains(errors, "cell") || !strings.Contains(errors, "step") {
		t.Errorf("exit %d, %s", code, errors)
	}
	data, err := os.ReadFile(filepath.Join(dir, "summary.json"))
	var summary struct{ Status, Message string }
	if err != nil || json.Unmarshal(data, &summary) != nil || summary.Status != "diverged" || !strings.Contains(summary.Message, "step") {
		t.Errorf("summary %s, %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "report.html")); err != nil {
		t.Error(err)
	}
}

// An unstable μ trains when guarded.
func TestUnstableMuIsGuarded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	if code, _, errors := call(t, append([]string{"run", "--quiet", "--out", dir}, tiny("20", "learning.rule=modprop:weights=cell,mu=500")...)...); code != 0 {
		t.Fatalf("exit %d, %s", code, errors)
	}
	data, _ := os.ReadFile(filepath.Join(dir, "summary.json"))
	var summary struct {
		Radius float64 `json:"propagator_radius"`
	}
	if json.Unmarshal(data, &summary) != nil || summary.Radius > learning.RadiusBound || summary.Radius < 0.9 {
		t.Errorf("radius %v", summary.Radius)
	}
}

func TestGradientsJSON(t *testing.T) {
	rules := []string{"bptt", "modprop:weights=cell,form=code", "eprop:feedback=random"}
	args := []string{"gradients", filepath.Join("..", "..", "internal", "problem", "testdata", "rate_mse_kappa_4types.json"), "--json", "--sgd-steps", "3"}
	for _, rule := range rules {
		args = append(args, "--rule", rule)
	}
	code, out, errors := call(t, args...)
	var got map[string]struct {
		WIn    [][]float64         `json:"W_in"`
		WRec   [][]float64         `json:"W_rec"`
		WOut   [][]float64         `json:"W_out"`
		BOut   []float64           `json:"b_out"`
		Loss   float64             `json:"loss"`
		Cosine map[string]*float64 `json:"cosine"`
		Ratio  map[string]*float64 `json:"norm_ratio"`
		Radius *float64            `json:"radius"`
		Losses []float64           `json:"losses"`
	}
	if err := json.Unmarshal([]byte(out), &got); code != 0 || err != nil {
		t.Fatalf("exit %d, %v: %s", code, err, errors)
	}
	for _, rule := range rules {
		g, found := got[rule]
		if !found || len(g.WIn) != 20 || len(g.WIn[0]) != 3 || len(g.WRec) != 20 || len(g.WRec[0]) != 20 ||
			len(g.WOut) != 20 || len(g.WOut[0]) != 3 || len(g.BOut) != 3 || g.Loss < 8.38 || g.Loss > 8.39 || len(g.Losses) != 4 ||
			len(g.Cosine) != 5 || g.Ratio["W_rec"] == nil || (g.Radius == nil) != (rule[0] != 'm') {
			t.Errorf("%s: %+v", rule, g)
		}
	}
}

func TestPipedOutputIsPlain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	_, out, _ := call(t, append([]string{"run", "--out", dir}, tiny("12")...)...)
	if strings.ContainsAny(out, "\x1b\r") || !strings.Contains(out, "iteration 12 of 12, loss ") || !strings.Contains(out, "iterations/s") || !strings.Contains(out, "cross-entropy (nats)") {
		t.Errorf("%q", out)
	}
	log, err := os.ReadFile(filepath.Join(dir, "log.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(log)), "\n") {
		if !json.Valid([]byte(line)) {
			t.Errorf("log line %q", line)
		}
	}
}

// check says what a simulation takes.
func TestCheckSimulation(t *testing.T) {
	code, out, errors := call(t, "check", "small-grid", "--workers", "1")
	if code != 0 {
		t.Fatal(errors)
	}
	for _, line := range []string{"cells       200\n", "synapses    1100\n", "memory      about ", "time        about "} {
		if !strings.Contains(out, line) {
			t.Errorf("no %q in\n%s", line, out)
		}
	}
}

func TestListSchemaVersionHelp(t *testing.T) {
	_, list, _ := call(t, "list")
	for _, b := range scenarios.Builtin() {
		if !strings.Contains(list, b.Name) {
			t.Errorf("list lacks %s", b.Name)
		}
	}
	for _, m := range neuron.Models() {
		for _, p := range m.Parameters {
			if !strings.Contains(list, m.Name) || !strings.Contains(list, "    "+p.Name+" ") {
				t.Errorf("list lacks %s of %s", p.Name, m.Name)
			}
		}
	}
	for _, kind := range learning.RuleKinds() {
		for _, o := range kind.Options {
			if !strings.Contains(list, o.Name+"="+o.Values) {
				t.Errorf("list lacks %s of %s", o.Name, kind.Name)
			}
		}
	}
	_, schema, _ := call(t, "schema")
	published, err := os.ReadFile(filepath.Join("..", "..", "docs", "scenario.schema.json"))
	if err != nil || schema != string(published) {
		t.Errorf("the schema is not the published one: %v", err)
	}
	if _, version, _ := call(t, "version"); !strings.Contains(version, "kernel ") {
		t.Errorf("version: %s", version)
	}
	for _, c := range newRoot().Commands() {
		if c.Example == "" {
			t.Errorf("%s has no example", c.Name())
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if code, script, _ := call(t, "completion", shell); code != 0 || len(script) < 100 {
			t.Errorf("no completion for %s", shell)
		}
	}
}
