package problem

import "encoding/json"

// nesting follows the brackets of a text, to tell what must stand before the
// next token.
type nesting struct {
	objects []bool // of every bracket open: is it a brace
	keyNext bool
	due     string // separator before the next token, if it is no closing bracket
}

func (n *nesting) isObject() bool {
	return len(n.objects) > 0 && n.objects[len(n.objects)-1]
}

// follow takes a token.
func (n *nesting) follow(token json.Token) {
	switch token {
	case json.Delim('['), json.Delim('{'):
		n.objects = append(n.objects, token == json.Delim('{'))
		n.keyNext, n.due = n.isObject(), ""
		return
	case json.Delim(']'), json.Delim('}'):
		n.objects = n.objects[:len(n.objects)-1]
	default:
		if n.keyNext {
			n.keyNext, n.due = false, ":"
			return
		}
	}
	n.keyNext, n.due = n.isObject(), ","
}

// punctuation is what may follow the last token.
func (n *nesting) punctuation() string {
	switch {
	case n.due == ":":
		return "a colon"
	case n.isObject():
		return "a comma or }"
	}
	return "a comma or ]"
}
