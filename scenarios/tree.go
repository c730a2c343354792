package scenarios

import (
	"fmt"
	"math"
	"slices"

	"go.yaml.in/yaml/v4"
)

// refuseTree refuses what YAML allows and a scenario file does not.
func refuseTree(file string, root *yaml.Node) FileErrors {
	var problems FileErrors
	values := 0
	var walk func(node *yaml.Node, at path)
	walk = func(node *yaml.Node, at path) {
		if values++; values > mostValues {
			return
		}
		if given, allowed := refuseNode(node); given != "" {
			problems = append(problems, &FileError{File: file, Line: node.Line, Column: node.Column,
				Path: at.named(root).String(), Given: given, Allowed: allowed})
			return
		}
		switch node.Kind {
		case yaml.SequenceNode:
			for i, item := range node.Content {
				walk(item, at.item(i))
			}
		case yaml.MappingNode:
			problems = append(problems, refuseKeys(file, root, node, at)...)
			for i := 0; i+1 < len(node.Content); i += 2 {
				walk(node.Content[i+1], at.at(node.Content[i].Value))
			}
		}
	}
	walk(root, nil)
	if values > mostValues {
		return FileErrors{{File: file, Line: 1, Column: 1,
			Given: fmt.Sprintf("more than %d values", mostValues), Allowed: "a scenario file, which has a few hundred"}}
	}
	return problems
}

// refuseNode says what is wrong with a node by itself.
func refuseNode(node *yaml.Node) (given, allowed string) {
	plain := []string{"!!map", "!!seq", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!timestamp"}
	switch {
	case node.Kind == yaml.AliasNode:
		return "an alias (*" + legible(node.Value) + ")", "the value itself, written out"
	case node.Anchor != "":
		return "an anchor (&" + legible(node.Anchor) + ")", "a value without an anchor"
	case node.Style&yaml.TaggedStyle != 0 || !slices.Contains(plain, node.Tag):
		return "the tag " + legible(node.Tag), "a value without a tag"
	case node.Tag == "!!float" && !isFinite(node):
		return legible(node.Value), "a finite number"
	}
	return "", ""
}

func isFinite(node *yaml.Node) bool {
	var x float64
	return node.Decode(&x) == nil && !math.IsNaN(x) && !math.IsInf(x, 0)
}

// refuseKeys refuses keys that are not plain text or stand there twice.
func refuseKeys(file string, root, mapping *yaml.Node, at path) FileErrors {
	var problems FileErrors
	lines := map[string]int{}
	for i := 0; i+1 < len(mapping.Content); i += 2 {
		key := mapping.Content[i]
		problem := &FileError{File: file, Line: key.Line, Column: key.Column,
			Path: at.at(key.Value).named(root).String()}
		first, twice := lines[key.Value]
		switch given, _ := refuseNode(key); {
		case key.Tag == "!!merge":
			problem.Given, problem.Allowed = "the merge key <<", "the keys themselves, written out"
		case given != "":
			problem.Given, problem.Allowed = given+" as a key", "a plain key"
		case key.Kind != yaml.ScalarNode:
			problem.Path = at.named(root).String()
			problem.Given, problem.Allowed = shown(key)+" as a key", "a plain key"
		case twice:
			problem.Given = fmt.Sprintf("the key %s a second time (first in line %d)", quote(key.Value), first)
			problem.Allowed = "each key once"
		default:
			lines[key.Value] = key.Line
			continue
		}
		problems = append(problems, problem)
	}
	return problems
}
