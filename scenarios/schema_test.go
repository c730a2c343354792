package scenarios

import (
	"bytes"
	"os"
	"strings"
	"testing"

	validator "github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v4"
)

const publishedSchema = "../docs/scenario.schema.json"

// The published schema is the one the program uses; go test -update renews it.
func TestPublishedSchema(t *testing.T) {
	if *update {
		if err := os.WriteFile(publishedSchema, Schema(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	published, err := os.ReadFile(publishedSchema)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(published, Schema()) {
		t.Errorf("%s is out of step with the types; run go test ./scenarios -update", publishedSchema)
	}
}

// Any validator, without our formats, accepts what comes with the program.
func TestBuiltinsFitPublishedSchema(t *testing.T) {
	published := compilePublished(t)
	files := map[string][]byte{"small": small(t)}
	for _, b := range Builtin() {
		files[b.Name] = b.File
		s, err := Open(b.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		files[b.Name+", resolved"] = s.YAML()
	}
	for name, text := range files {
		var value any
		if err := yaml.Load(text, &value); err != nil {
			t.Fatal(err)
		}
		if err := published.Validate(value); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// The published schema is not empty words: it refuses by itself what needs no
// knowledge of ours.
func TestPublishedSchemaRefuses(t *testing.T) {
	published := compilePublished(t)
	for _, name := range []string{
		"unknown-key", "missing-key", "wrong-unit", "no-unit", "zero-count", "fractional-count", "wrong-sign", "probability-without-bernoulli",
		"bernoulli-without-probability", "momentum-of-adam", "unknown-task", "unknown-key-in-a-task", "unknown-rule", "unknown-rule-option", "wrong-rule-option",
	} {
		text, err := os.ReadFile("testdata/broken/" + name + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		var value any
		if err := yaml.Load(text, &value); err != nil {
			t.Fatal(err)
		}
		if published.Validate(value) == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}

func compilePublished(t *testing.T) *validator.Schema {
	t.Helper()
	compiler := validator.NewCompiler()
	published, err := compiler.Compile(publishedSchema)
	if err != nil {
		t.Fatal(err)
	}
	return published
}

// Every key of the schema, at any depth, says what it means.
func TestEveryKeyIsDescribed(t *testing.T) {
	for _, section := range sections() {
		for _, row := range section.rows {
			if row.meaning == "" {
				t.Errorf("%s %s has no description", section.title, row.key)
			}
		}
	}
}

func TestDescribe(t *testing.T) {
	root := parseSmall(t).root
	for at, want := range map[string]string{
		"network.step":                       "a number with a unit of time (ms, s, us or µs), such as 20 ms",
		"network.dale":                       "true or false",
		"network.cells":                      "a list of at least one item",
		"network.cells.0.count":              "a whole number from 1 to 1000000",
		"network.cells.inhibitory.sign":      "excitatory, inhibitory, mixed",
		"network.readout":                    "a mapping with the keys filter, scale, bias",
		"learning.optimiser":                 "a mapping with the keys name, rate, beta1, beta2, epsilon, epsilon-form",
		"learning.optimiser.beta1":           "a number from 0 and below 1",
		"learning.rule":                      "a rule such as modprop:weights=cell, or a mapping of its name and options",
		"learning.rule.mu":                   "number, number/number/…, mean-derivative",
		"title":                              "text that is not empty",
		"source":                             "text",
		"expect":                             "a list",
		"network.projections.1.weights.mean": "nothing",
		"no.such.key":                        "nothing",
	} {
		if got := describeIn(root, strings.Split(at, ".")); got != want {
			t.Errorf("%s: %s, want %s", at, got, want)
		}
	}
}

func describeIn(root *yaml.Node, at path) string {
	s := schemaAt(root, at)
	if s == nil {
		return "nothing"
	}
	if s.Type == "object" {
		value := (&document{root: root}).value(at)
		return "a mapping with the keys " + strings.Join(keys(s, value), ", ")
	}
	return describe(s)
}

func parseSmall(t *testing.T) *document {
	t.Helper()
	d, err := parseDocument("small.yaml", small(t))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
