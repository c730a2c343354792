package scenarios

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// path leads from the root of a file to a value: keys of mappings, and indices
// or names of list items.
type path []string

// at is the path with more steps.
func (p path) at(steps ...string) path { return append(slices.Clip(p), steps...) }

// item is the path of a list's item.
func (p path) item(i int) path { return p.at(strconv.Itoa(i)) }

var plainKey = regexp.MustCompile(`^[\pL\pN_-]{1,64}$`)

// String is the path as --set takes it.
func (p path) String() string {
	steps := make([]string, len(p))
	for i, step := range p {
		steps[i] = step
		if !plainKey.MatchString(step) {
			steps[i] = quote(step)
		}
	}
	return strings.Join(steps, ".")
}

// named is the path with the names of list items in place of their indices
// where the items have one: network.cells.excitatory.count.
func (p path) named(root *yaml.Node) path {
	steps, node := slices.Clone(p), root
	for i, step := range p {
		next := child(node, step)
		if node != nil && node.Kind == yaml.SequenceNode {
			if name := child(next, "name"); name != nil && itemNamed(node, name.Value) == next {
				steps[i] = name.Value
			}
		}
		node = next
	}
	return steps
}

// child is the value at a key, an index, or an item's name; nil if there is none.
func child(node *yaml.Node, step string) *yaml.Node {
	if node == nil {
		return nil
	}
	switch node.Kind {
	case yaml.MappingNode:
		if i := keyIndex(node, step); i >= 0 {
			return node.Content[i+1]
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(step); err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i]
		}
		return itemNamed(node, step)
	}
	return nil
}

// keyIndex is the place of a key in the content of a mapping, −1 if absent.
func keyIndex(node *yaml.Node, key string) int {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// itemNamed is the first item of a list whose name it is.
func itemNamed(list *yaml.Node, name string) *yaml.Node {
	for _, item := range list.Content {
		if item.Kind != yaml.MappingNode {
			continue
		}
		if value := child(item, "name"); value != nil && value.Value == name {
			return item
		}
	}
	return nil
}
