package problem

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// number reads a number within a bound.
func (r *reader) number(b bound) (float64, error) {
	token, err := r.next(b.allowed)
	if err != nil {
		return 0, err
	}
	return r.numberIn(token, b)
}

// numberIn is the number that a token is.
func (r *reader) numberIn(token json.Token, b bound) (float64, error) {
	literal, ok := token.(json.Number)
	x, err := strconv.ParseFloat(string(literal), 64)
	if !ok || err != nil || !b.holds(x) {
		return 0, r.refuseToken(b.allowed)
	}
	return x, nil
}

// text reads a string.
func (r *reader) text() (string, error) {
	const allowed = "a text in quotation marks"
	token, err := r.next(allowed)
	if err != nil {
		return "", err
	}
	text, ok := token.(string)
	if !ok {
		return "", r.refuseToken(allowed)
	}
	return text, nil
}

// word reads one of some words.
func (r *reader) word(words []string) (string, error) {
	token, err := r.next(choice(words))
	if err != nil {
		return "", err
	}
	word, _ := token.(string)
	if !slices.Contains(words, word) {
		return "", r.refuseToken(choice(words))
	}
	return word, nil
}

// choice lists words in quotation marks: "mse" or "ce".
func choice(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = strconv.Quote(w)
	}
	return strings.Join(quoted, " or ")
}

// dimension is one axis of an array: as hyper names it, and its length.
type dimension struct {
	name string
	size int
}

// array is the form an array must have. The bound of an element may depend on
// its index.
type array struct {
	shape   []dimension
	element func(index []int) bound
}

// all is the form of an array whose elements have one bound.
func all(b bound, shape ...dimension) array {
	return array{shape, func([]int) bound { return b }}
}

// numbers reads an array, row-major.
func (r *reader) numbers(form array) ([]float64, error) {
	token, err := r.next(form.describe(nil))
	if err != nil {
		return nil, err
	}
	return r.numbersIn(token, form)
}

// numbersIn reads the array that a token begins.
func (r *reader) numbersIn(token json.Token, form array) ([]float64, error) {
	var values []float64
	err := r.axis(token, form, &values)
	return values, err
}

// axis reads along the axis that r.index has reached, whose first token is given.
func (r *reader) axis(token json.Token, form array, values *[]float64) error {
	depth := len(r.index)
	if depth == len(form.shape) {
		x, err := r.numberIn(token, form.element(r.index))
		*values = append(*values, x)
		return err
	}
	if token != json.Delim('[') {
		return r.refuseToken(form.describe(r.index))
	}
	opened := r.start
	r.index = append(r.index, 0)
	count, err := r.elements(form, values)
	if err != nil {
		return err
	}
	r.index = r.index[:depth]
	if d := form.shape[depth]; count != d.size {
		return r.refuse(r.after(opened, separators), plural(count), fmt.Sprintf("%s (%s)", plural(d.size), d.name))
	}
	return nil
}

// elements reads the elements of an axis up to its closing bracket. Those beyond
// its length are counted, not stored.
func (r *reader) elements(form array, values *[]float64) (count int, err error) {
	last := len(r.index) - 1
	for ; ; count++ {
		r.index[last] = count
		token, err := r.next(form.describe(r.index))
		switch {
		case err != nil:
			return count, err
		case token == json.Delim(']'):
			return count, nil
		case count >= form.shape[last].size:
			err = r.skipRest(token)
		default:
			err = r.axis(token, form, values)
		}
		if err != nil {
			return count, err
		}
	}
}

// describe says what may stand at an index, which need not reach the last axis.
func (a array) describe(index []int) string {
	axes := a.shape[len(index):]
	switch len(axes) {
	case 0:
		return a.element(index).allowed
	case 1:
		return fmt.Sprintf("an array of %s (%s)", plural(axes[0].size), axes[0].name)
	}
	var names, sizes []string
	for _, d := range axes {
		names = append(names, d.name)
		sizes = append(sizes, strconv.Itoa(d.size))
	}
	return fmt.Sprintf("nested arrays, %s (%s)", strings.Join(sizes, " × "), strings.Join(names, " × "))
}

func plural(elements int) string {
	if elements == 1 {
		return "1 element"
	}
	return fmt.Sprintf("%d elements", elements)
}
