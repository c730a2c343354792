package scenarios

import (
	"cmp"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
)

// parameterHeader begins a table of parameters: of which block, and with which kind.
var parameterHeader = regexp.MustCompile("^\\| key(?: of `([a-z.-]+)`)?(?: with `kind: ([a-z-]+)`)? \\| symbol \\| unit \\| default \\| plausible \\| source \\|$")

// Pages that list parameters with plausible ranges and sources have a row for every one
// that there is, and no other. Defaults are written by the program; go test -update renews
// them. The other columns are ours.
func TestDocumentedParameters(t *testing.T) {
	var modulators, plasticity []string
	eachParameter("", blockSchema("modulators"), func(key, _ string) { modulators = append(modulators, key) })
	for _, kind := range []string{"tsodyks-markram", "stdp", "dopamine-stdp"} {
		eachParameter("plasticity", blockSchema("network", "projections", "plasticity"), func(key, standard string) {
			if key != "plasticity.kind" && hasKind(standard, kind) {
				plasticity = append(plasticity, kind+" "+key)
			}
		})
	}
	checkParameters(t, "../docs/modulators.md", blockSchema("modulators"), modulators)
	checkParameters(t, "../docs/plasticity.md", blockSchema("network", "projections"), plasticity)
}

// blockSchema is the schema of a block of a simulation, of each if there is a list of them.
func blockSchema(keys ...string) *jsonschema.Schema {
	s := simulationForm.schema()
	for _, key := range keys {
		s = resolve(s.Properties.Value(key))
		if s.Items != nil {
			s = resolve(s.Items)
		}
	}
	return s
}

// eachParameter visits the keys of a block, and of blocks in it, that are none themselves.
func eachParameter(prefix string, s *jsonschema.Schema, visit func(key, standard string)) {
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		key, p := strings.TrimPrefix(prefix+"."+pair.Key, "."), resolve(pair.Value)
		inner := p
		if p.Items != nil {
			inner = resolve(p.Items)
		}
		if inner.Properties != nil && p.Format == "" && inner.Format == "" {
			eachParameter(key, inner, visit)
			continue
		}
		visit(key, documentedDefault(defaultText(s, pair.Key, p), pair.Value.Description))
	}
}

// documentedDefault adds to a default that of which the description says what it is.
func documentedDefault(standard, description string) string {
	_, described, _ := strings.Cut(description, "default: ")
	switch {
	case standard == "":
		return cmp.Or(described, "none")
	case strings.HasPrefix(standard, "only with"):
		return cmp.Or(described, "none") + "; " + standard
	}
	return standard
}

// hasKind says whether a parameter with such a default belongs to a kind.
func hasKind(standard, kind string) bool {
	_, kinds, conditional := strings.Cut(standard, "only with `kind: ")
	return !conditional || slices.Contains(strings.Split(strings.TrimSuffix(kinds, "`"), "` or `"), kind)
}

// checkParameters compares the tables of a page with the keys of a block.
func checkParameters(t *testing.T, page string, s *jsonschema.Schema, want []string) {
	t.Helper()
	content, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	standards := map[string]string{}
	eachParameter("", s, func(key, standard string) { standards[key] = standard })
	lines := strings.Split(string(content), "\n")
	var listed []string
	var prefix, kind string
	for i, line := range lines {
		if header := parameterHeader.FindStringSubmatch(line); header != nil {
			prefix, kind = header[1], header[2]
		}
		cells := strings.Split(line, " | ")
		key, isKey := strings.CutPrefix(cells[0], "| `")
		if !isKey || len(cells) != 6 {
			continue
		}
		key = strings.TrimPrefix(prefix+"."+strings.TrimSuffix(key, "`"), ".")
		listed = append(listed, strings.TrimPrefix(kind+" "+key, " "))
		cells[3] = standards[key]
		if kind != "" {
			cells[3], _, _ = strings.Cut(cells[3], "; only with")
		}
		lines[i] = strings.Join(cells, " | ")
	}
	slices.Sort(listed)
	slices.Sort(want)
	if !slices.Equal(listed, want) {
		t.Errorf("%s lists\n%q, there are\n%q", page, listed, want)
	}
	renewed := strings.Join(lines, "\n")
	if *update {
		if err := os.WriteFile(page, []byte(renewed), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if renewed != string(content) {
		t.Errorf("%s: defaults are out of step; run go test ./scenarios -update", page)
	}
}
