package scenarios

import (
	"errors"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
)

const page = "../docs/scenarios.md"

// The page's table of keys is made from the schema and its error messages by
// the program; go test -update renews both.
func TestDocumentedKeysAndErrors(t *testing.T) {
	text := readPage(t)
	want := replaceBetween(t, text, "keys", "\n"+keyTables())
	want = replaceBetween(t, want, "errors", documentedErrors(t, want))
	if *update {
		if err := os.WriteFile(page, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != want {
		t.Errorf("%s is out of step with the types; run go test ./scenarios -update", page)
	}
}

// What the page shows as a scenario is one.
func TestDocumentedExample(t *testing.T) {
	blocks := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(readPage(t), -1)
	if len(blocks) == 0 {
		t.Fatal("no example")
	}
	for _, block := range blocks {
		s, err := ParseAny("example.yaml", []byte(block[1]), nil)
		if err != nil {
			t.Fatal(err)
		}
		checkRoundTrip(t, s)
	}
}

func readPage(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// between is what stands between two marks of the page.
func between(t *testing.T, text, mark string) (from, to int) {
	t.Helper()
	begin, end := "<!-- "+mark+" -->\n", "<!-- /"+mark+" -->"
	from, to = strings.Index(text, begin), strings.Index(text, end)
	if from < 0 || to < from {
		t.Fatalf("%s has no %s", page, begin)
	}
	return from + len(begin), to
}

func replaceBetween(t *testing.T, text, mark, replacement string) string {
	t.Helper()
	from, to := between(t, text, mark)
	return text[:from] + replacement + text[to:]
}

// documentedErrors runs the command that the page shows.
func documentedErrors(t *testing.T, text string) string {
	t.Helper()
	from, to := between(t, text, "errors")
	var block string
	for line := range strings.Lines(text[from:to]) {
		command, found := strings.CutPrefix(line, "$ paracrine check ")
		if !found {
			continue
		}
		arguments := strings.Fields(command)
		var sets []string
		for i, a := range arguments {
			if a == "--set" {
				sets = append(sets, arguments[i+1])
			}
		}
		name := arguments[0]
		if strings.HasSuffix(name, ".yaml") {
			name = "../" + name
		}
		_, err := Open(name, sets)
		var list FileErrors
		if !errors.As(err, &list) {
			t.Fatalf("%s: %v", command, err)
		}
		block += line + strings.ReplaceAll(err.Error(), "../", "") + "\n"
	}
	return "```console\n" + block + "```\n"
}

// section is a block of the file with its keys.
type section struct {
	title, intro string
	rows         []keyRow
}

type keyRow struct{ key, value, standard, meaning string }

// keyTables is the reference of all keys in Markdown.
func keyTables() string {
	var b strings.Builder
	for _, s := range sections() {
		fmt.Fprintf(&b, "### %s\n\n", s.title)
		if s.intro != "" {
			fmt.Fprintf(&b, "%s\n\n", s.intro)
		}
		b.WriteString("| key | value | default | meaning |\n|---|---|---|---|\n")
		for _, r := range s.rows {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", r.key, r.value, r.standard, strings.ReplaceAll(r.meaning, "|", "\\|"))
		}
		b.WriteString("\n")
	}
	return b.String()
}

// sections are all blocks, from the whole file inwards.
func sections() []section {
	var all []section
	var walk func(title string, at path, s *jsonschema.Schema)
	kind := ""
	walk = func(title string, at path, s *jsonschema.Schema) {
		current := section{title: title}
		var inner []func()
		for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
			key, p := pair.Key, resolve(pair.Value)
			current.rows = append(current.rows, keyRow{key, valueText(p), defaultText(s, key, p), pair.Value.Description})
			below := at.at(key)
			switch {
			case key == "task":
				for _, branch := range p.AllOf {
					inner = append(inner, func() { all = append(all, taskSection(branch.Then)) })
				}
			case p.Properties != nil && p.Format != "": // a value; its keys are under “A distribution”
			case p.Type == "object" && p.Properties != nil:
				inner = append(inner, func() { walk("`"+below.String()+"`"+kind, below, p) })
			case p.Type == "array" && resolve(p.Items).Type == "object":
				inner = append(inner, func() { walk("`"+below.String()+"`, each"+kind, below, resolve(p.Items)) })
			}
		}
		all = append(all, current)
		for _, f := range inner {
			f()
		}
	}
	walk("A scenario that trains: the file", nil, trainingForm.schema())
	kind = " (simulation)"
	walk("A simulation: the file", nil, simulationForm.schema())
	return append(all, modelSections()...)
}

// modelSections are the parameters of every cell model, the variables that can
// have initial values, and the keys of a distribution.
func modelSections() []section {
	var all []section
	for _, branch := range slices.Concat(schema().Definitions["CellType"].AllOf, schema().Definitions["CellGroup"].AllOf) {
		if branch.Then.Description == "" {
			continue
		}
		current := section{title: fmt.Sprintf("`parameters` with `model: %v`", branch.If.Properties.Oldest().Value.Enum[0]),
			intro: strings.ToUpper(branch.Then.Description[:1]) + branch.Then.Description[1:] + "."}
		for _, key := range []string{"parameters", "initial", "times"} {
			block, have := branch.Then.Properties.Get(key)
			switch {
			case !have:
			case key == "times":
				current.rows = append(current.rows, keyRow{"../times", valueText(resolve(block)), "required", block.Description})
			default:
				for pair := block.Properties.Oldest(); pair != nil; pair = pair.Next() {
					name := pair.Key
					if key == "initial" {
						name = "../initial." + name
					}
					current.rows = append(current.rows, keyRow{name, valueText(resolve(pair.Value)), defaultText(block, pair.Key, pair.Value), pair.Value.Description})
				}
			}
		}
		all = append(all, current)
	}
	draws := section{title: "A distribution"}
	value := schema().Definitions["Value-voltage"]
	for pair := value.Properties.Oldest(); pair != nil; pair = pair.Next() {
		draws.rows = append(draws.rows, keyRow{pair.Key, strings.Replace(valueText(pair.Value), "a voltage", "quantity", 1), defaultText(value, pair.Key, pair.Value), pair.Value.Description})
	}
	return append(all, draws)
}

func taskSection(s *jsonschema.Schema) section {
	name, _ := s.Properties.Get("name")
	current := section{title: fmt.Sprintf("`task` with `name: %v`", name.Const), intro: strings.ToUpper(s.Description[:1]) + s.Description[1:]}
	for pair := s.Properties.Oldest(); pair != nil; pair = pair.Next() {
		if pair.Key != "name" {
			current.rows = append(current.rows, keyRow{pair.Key, valueText(pair.Value), defaultText(s, pair.Key, pair.Value), pair.Value.Description})
		}
	}
	return current
}

func isQuantity(format string) bool {
	_, is := quantityFormats[format]
	return is
}

func valueText(s *jsonschema.Schema) string {
	switch {
	case s.Properties != nil && s.Format == formatQuantity:
		return "quantity in the unit of the channel, or a distribution"
	case s.Properties != nil && isQuantity(s.Format):
		return quantityFormats[s.Format].words() + ", or a distribution"
	case s.Format == formatQuantity:
		return "number or quantity"
	case s.Enum != nil:
		return "`" + words(s.Enum, "`, `") + "`"
	case s.Format == "positive-time":
		return "time above 0"
	case s.Format == formatNonNegativeTime:
		return "time from 0"
	case s.Format != "" && isQuantity(s.Format):
		return quantityFormats[s.Format].words()
	case s.Format == formatName:
		return "name"
	case s.Format == formatRule:
		return "rule"
	case s.Type == "object":
		return "block"
	case s.Type == "array" && resolve(s.Items).Type == "object":
		return "list of blocks"
	case s.Type == "array":
		return "list, each: " + valueText(resolve(s.Items))
	}
	return strings.TrimPrefix(describe(s), "a ")
}

// defaultText says what happens without the key.
func defaultText(s *jsonschema.Schema, key string, p *jsonschema.Schema) string {
	for _, branch := range s.AllOf {
		if branch.Else == nil {
			continue
		}
		if _, conditional := branch.Else.Properties.Get(key); conditional {
			sibling := branch.If.Properties.Oldest()
			with := fmt.Sprintf("; only with `%s: %s`", sibling.Key, words(sibling.Value.Enum, "` or `"))
			switch {
			case p.Default == nil && branch.Then != nil && slices.Contains(branch.Then.Required, key):
				return "required" + with
			case p.Default == nil:
				return strings.TrimPrefix(with, "; ")
			}
			return standardText(p) + with
		}
	}
	switch {
	case slices.Contains(s.Required, key):
		return "required"
	case p.Default != nil:
		return standardText(p)
	case p.Type == "object" && len(p.Required) == 0:
		return "its defaults"
	}
	return ""
}

func standardText(p *jsonschema.Schema) string {
	if list, isList := p.Default.([]any); isList {
		return "`[" + words(list, ", ") + "]`"
	}
	return fmt.Sprintf("`%v`", p.Default)
}
