package scenarios

import (
	"errors"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v4"
)

// set overrides one value, as --set path=value does. List items go by index or
// by name. A path that is not there is made: the schema knows which may be.
func (d *document) set(option string) error {
	name := "--set " + legible(option)
	refuse := func(at path, given, allowed string) error {
		return FileErrors{{File: name, Path: at.String(), Given: given, Allowed: allowed}}
	}
	steps, text, found := strings.Cut(option, "=")
	if !found {
		return refuse(nil, quote(option), "path=value, as in task.delay=150 ms")
	}
	at := path(strings.Split(steps, "."))
	value, err := parseOption(name, at, text)
	if err != nil {
		return err
	}
	node := d.root
	for i, step := range at {
		if step == "" {
			return refuse(at[:i], "a path with an empty step", "keys joined by dots, as in network.cells.0.count")
		}
		next, choices := d.step(node, step, name)
		if next == nil {
			return FileErrors{{File: name, Path: at[:i+1].String(), Given: quote(step),
				Allowed: strings.Join(choices, ", "), Hint: nearest(step, choices)}}
		}
		node = next
	}
	*node = *value
	d.options[node] = name
	return nil
}

// step goes down to a key or item, making keys; otherwise it says what is
// allowed.
func (d *document) step(node *yaml.Node, step, option string) (next *yaml.Node, allowed []string) {
	if next := child(node, step); next != nil {
		return next, nil
	}
	if node.Kind == yaml.ScalarNode && node.Tag == "!!null" {
		*node = yaml.Node{Kind: yaml.MappingNode, Tag: "!!map"}
		d.options[node] = option
	}
	switch node.Kind {
	case yaml.SequenceNode:
		return nil, itemChoices(node)
	case yaml.ScalarNode:
		return nil, []string{"nothing below the value " + shown(node) + ": set it whole"}
	}
	next = &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}
	d.options[next] = option
	node.Content = append(node.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: step}, next)
	return next, nil
}

// itemChoices are the indices and names of a list's items.
func itemChoices(list *yaml.Node) []string {
	if len(list.Content) == 0 {
		return []string{"nothing: the list is empty"}
	}
	choices := []string{fmt.Sprintf("an item from 0 to %d", len(list.Content)-1)}
	for _, item := range list.Content {
		if name := child(item, "name"); item.Kind == yaml.MappingNode && name != nil {
			choices = append(choices, legible(name.Value))
		}
	}
	return choices
}

// parseOption reads a value: a scalar, [a, list] or {a: mapping}. Its nodes
// have no place in the file.
func parseOption(option string, at path, text string) (*yaml.Node, error) {
	if strings.TrimSpace(text) == "" {
		return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null"}, nil
	}
	d, err := parseDocument(option, []byte(text))
	if err != nil {
		return nil, moved(err, at)
	}
	if isBlock(d.root) {
		return nil, FileErrors{{File: option, Path: at.String(), Given: quote(text),
			Allowed: "a value, [a, list] or {a: mapping}; text that contains “: ” needs quotation marks"}}
	}
	forget(d.root)
	return d.root, nil
}

// moved gives errors in an option's value the path it was to go to, in place of
// line and column.
func moved(err error, at path) error {
	var list FileErrors
	if errors.As(err, &list) {
		for _, e := range list {
			e.Line, e.Column = 0, 0
			e.Path = strings.TrimSuffix(at.String()+"."+e.Path, ".")
		}
	}
	return err
}

// forget removes the places of a tree.
func forget(node *yaml.Node) {
	node.Line, node.Column = 0, 0
	for _, c := range node.Content {
		forget(c)
	}
}
