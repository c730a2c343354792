package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"

	"paracrine/learning"
)

// Both forms of a rule are the same rule.
func TestRuleForms(t *testing.T) {
	for form, want := range map[string]string{
		"bptt":                         "bptt",
		"{name: bptt}":                 "bptt",
		"modprop:weights=cell,mu=0.25": "modprop:mu=0.25,weights=cell",
		"{name: modprop, weights: cell, mu: 0.25}":    "modprop:mu=0.25,weights=cell",
		"{mu: [0.2, 0.3], name: modprop}":             "modprop:mu=0.2/0.3",
		"modprop:mu=0.2/0.3":                          "modprop:mu=0.2/0.3",
		"{name: mdgl, causal: true}":                  "mdgl:causal=true",
		"{name: modprop, guard: off, taps: 5}":        "modprop:guard=off,taps=5",
		"{name: modprop, taps: all}":                  "modprop:taps=all",
		"{name: modprop, mu: mean-derivative}":        "modprop:mu=mean-derivative",
		"{name: modprop, mu: 1e-1}":                   "modprop:mu=1e-1",
		"'eprop:feedback=random'":                     "eprop:feedback=random",
		"{name: tbptt, window: 5}":                    "tbptt:window=5",
		"{name: modprop, mu: 0.2/0.3, form: 'paper'}": "modprop:form=paper,mu=0.2/0.3",
	} {
		s, err := Parse("small.yaml", small(t), []string{"learning.rule=" + form})
		if err != nil {
			t.Errorf("%s: %v", form, err)
			continue
		}
		if got := s.Learning.Rule.String(); got != want {
			t.Errorf("%s is %s, want %s", form, got, want)
		}
		rule, err := s.Learning.Rule.Parse()
		if err != nil || rule.Name != s.Learning.Rule.Name {
			t.Errorf("%s is %+v, %v", form, rule, err)
		}
		checkRoundTrip(t, s)
	}
}

// The schema knows the rules and options that the package learning knows, and
// each of an option's words is accepted by both.
func TestSchemaKnowsRules(t *testing.T) {
	root := parseSmall(t).root
	for _, kind := range learning.RuleKinds() {
		node := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{
			{Kind: yaml.ScalarNode, Value: "name"}, {Kind: yaml.ScalarNode, Value: kind.Name}}}
		want := []string{"name"}
		for _, option := range kind.Options {
			want = append(want, option.Name)
		}
		if got := keys(schemaAt(root, path{"learning", "rule"}), node); !slices.Equal(got, want) {
			t.Errorf("%s has keys %v, want %v", kind.Name, got, want)
		}
		for _, option := range kind.Options {
			for _, word := range choices(option) {
				spec := RuleSpec{kind.Name, map[string]string{option.Name: texts([]any{word})[0]}}
				if _, err := spec.Parse(); err != nil && !strings.Contains(err.Error(), "weights=") && !strings.Contains(err.Error(), "through=") && !strings.Contains(err.Error(), "exactly one of") {
					t.Errorf("%s: %v", spec, err)
				}
			}
		}
	}
}

// Writing and reading a rule changes nothing, in either form.
func TestRuleRoundTrip(t *testing.T) {
	word := rapid.StringMatching(`[a-z][a-z-]{0,6}|[0-9]{1,3}(\.[0-9]{1,3})?(e-[0-9])?(/[0-9])?|true|null|off`)
	rapid.Check(t, func(t *rapid.T) {
		want := RuleSpec{Name: "modprop", Options: rapid.MapOfN(
			rapid.StringMatching(`[a-z]{2,8}`).Filter(func(s string) bool { return s != "name" }), word, 0, 4).Draw(t, "options")}
		text, err := yaml.Dump(want)
		if err != nil {
			t.Fatal(err)
		}
		for _, form := range []string{string(text), want.String()} {
			var got RuleSpec
			if err := yaml.Load([]byte(form), &got); err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			if got.Name != want.Name || !maps.Equal(got.Options, want.Options) {
				t.Fatalf("%s was read as %+v, want %+v", form, got, want)
			}
		}
	})
}

// A result folder keeps the scenario it ran, so what is written is read again:
// the schema allows every word of every option as YAML has it.
func TestSchemaAllowsWordsAsWritten(t *testing.T) {
	for _, kind := range learning.RuleKinds() {
		for _, option := range kind.Options {
			for _, word := range choices(option) {
				mapping := fmt.Sprintf("{name: %s, %s: %v}", kind.Name, option.Name, word)
				_, err := Parse("small.yaml", small(t), []string{"learning.rule=" + mapping})
				if err != nil && strings.Contains(err.Error(), "learning.rule."+option.Name+": given "+fmt.Sprint(word)+"; allowed") {
					t.Errorf("%s: %v", mapping, err)
				}
			}
		}
	}
}
