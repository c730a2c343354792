package neuron_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"paracrine/neuron"
	"paracrine/sim"
)

var update = flag.Bool("update", false, "rewrite the files that tests compare with")

const page = "../docs/cells.md"

// The page's models are made from their declarations; go test -update renews
// them.
func TestDocumentedModels(t *testing.T) {
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "<!-- models -->\n", "<!-- /models -->"
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s has no models", page)
	}
	want := before + begin + documentedModels() + end + after
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if string(text) != want {
		t.Errorf("%s is out of step with the models; run go test ./neuron -update", page)
	}
}

// Every declaration is complete, and its defaults are allowed.
func TestModelsAreDeclaredInFull(t *testing.T) {
	for _, m := range spiking() {
		if m.Meaning == "" || m.Equation == "" || m.Source == "" {
			t.Errorf("%s lacks a meaning, an equation or a source", m.Name)
		}
		for _, p := range m.Parameters {
			if p.Symbol == "" || p.Meaning == "" || !p.Range.Holds(p.Default) {
				t.Errorf("%s: parameter %+v", m.Name, p)
			}
		}
		for _, v := range m.Variables {
			if v.Symbol == "" || v.Unit == "" || v.Meaning == "" {
				t.Errorf("%s: variable %+v", m.Name, v)
			}
		}
		injected := false
		for _, in := range m.Inputs {
			if injected && !in.Current {
				t.Errorf("%s: %s comes after a current", m.Name, in.Name)
			}
			injected = in.Current
		}
	}
}

// A population's state begins with the variables of its model, at the parameters
// they start at.
func TestStateBeginsWithTheVariables(t *testing.T) {
	for _, m := range spiking() {
		_, s := setting(t, m.Name, 2, tenth, nil)
		if m.Name == "spikes" {
			s.Times = make([][]sim.Time, 2)
		}
		c := gridFrom(t, m, s)
		for i, v := range m.Variables {
			if got := c.grid.State()[i].Name; got != v.Name {
				t.Errorf("%s: state %d is %s, variable %s", m.Name, i, got, v.Name)
			}
			if v.Initial != "" && c.read(v.Name) != s.Values.Of(v.Initial)[0] {
				t.Errorf("%s: %s starts at %v, not at %s", m.Name, v.Name, c.read(v.Name), v.Initial)
			}
		}
	}
}

// spiking are the models that emit spikes.
func spiking() []neuron.Model {
	var list []neuron.Model
	for _, m := range neuron.Models() {
		if m.Grid != nil || m.Exact != nil {
			list = append(list, m)
		}
	}
	return list
}

// documentedModels is the reference of all models in Markdown.
func documentedModels() string {
	var b strings.Builder
	for _, m := range spiking() {
		fmt.Fprintf(&b, "## %s\n\n%s. %s.\n\n", m.Name, upperFirst(m.Meaning), timings(m))
		for line := range strings.SplitSeq(m.Equation, "\n") {
			fmt.Fprintf(&b, "    %s\n", line)
		}
		fmt.Fprintf(&b, "\n%s.\n\n", strings.TrimSuffix(m.Source, "."))
		writeParameters(&b, m.Parameters)
		writeChannels(&b, m)
	}
	return b.String()
}

func upperFirst(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func timings(m neuron.Model) string {
	switch {
	case m.Exact == nil:
		return "Grid only"
	case m.Grid == nil:
		return "Exact only"
	}
	return "Grid and exact"
}

func writeParameters(b *strings.Builder, parameters []neuron.Parameter) {
	if len(parameters) == 0 {
		return
	}
	b.WriteString("| parameter | symbol | unit | default | allowed | meaning |\n|---|---|---|---|---|---|\n")
	for _, p := range parameters {
		fmt.Fprintf(b, "| `%s` | %s | %s | %g | %s | %s |\n", p.Name, p.Symbol, p.Unit, p.Default, p.Range, p.Meaning)
	}
	b.WriteString("\n")
}

// writeChannels tells what can be recorded and what reaches the cells.
func writeChannels(b *strings.Builder, m neuron.Model) {
	var lines []string
	for _, v := range m.Variables {
		lines = append(lines, fmt.Sprintf("| variable | `%s`, %s | %s | %s |", v.Name, v.Symbol, v.Unit, v.Meaning))
	}
	for _, in := range m.Inputs {
		kind := "channel"
		if in.Current {
			kind = "injected"
		}
		lines = append(lines, fmt.Sprintf("| %s | `%s` | %s | %s |", kind, in.Name, in.Unit, in.Meaning))
	}
	if len(lines) > 0 {
		fmt.Fprintf(b, "| | name | unit | meaning |\n|---|---|---|---|\n%s\n\n", strings.Join(lines, "\n"))
	}
}
