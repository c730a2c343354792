package synapse_test

import (
	"errors"
	"math"
	"os"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"paracrine/synapse"
)

func TestReadExplicit(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		want synapse.Explicit
	}{
		"two columns":     {"source,target\n0,1\n2,0\n", synapse.Explicit{Pre: []uint32{0, 2}, Post: []uint32{1, 0}}},
		"another order":   {"delay,target,source\n1.5,1,2\n", synapse.Explicit{Pre: []uint32{2}, Post: []uint32{1}, Delay: []float64{1.5}}},
		"all columns":     {"source,target,weight,delay\n0,0,-2e-1,0.1", synapse.Explicit{Pre: []uint32{0}, Post: []uint32{0}, Weight: []float64{-0.2}, Delay: []float64{0.1}}},
		"spaces, mark":    {"\xef\xbb\xbfsource, target\r\n 0 , 1\r\n\r\n2,0\r\n", synapse.Explicit{Pre: []uint32{0, 2}, Post: []uint32{1, 0}}},
		"quoted":          {"\"source\",target\n\"1\",0\n", synapse.Explicit{Pre: []uint32{1}, Post: []uint32{0}}},
		"the same twice":  {"source,target\n1,1\n1,1\n", synapse.Explicit{Pre: []uint32{1, 1}, Post: []uint32{1, 1}}},
		"weights of zero": {"source,target,weight\n1,1,0\n", synapse.Explicit{Pre: []uint32{1}, Post: []uint32{1}, Weight: []float64{0}}},
	} {
		got, err := synapse.ReadExplicit("list.csv", strings.NewReader(c.file), 3, 2)
		if err != nil || !reflect.DeepEqual(*got, c.want) {
			t.Errorf("%s: %+v, %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestBadListsAreRefused(t *testing.T) {
	for _, c := range []struct{ file, want string }{
		{"", "list.csv:1:1: given an empty file; allowed a header: source,target[,weight][,delay]"},
		{"\n\n", "list.csv:1:1: given an empty file; allowed a header: source,target[,weight][,delay]"},
		{"0,1\n", `list.csv:1:1: given the column "0"; allowed the columns source,target[,weight][,delay]`},
		{"source,target,wieght\n", `list.csv:1:15: given the column "wieght"; allowed the columns source,target[,weight][,delay]`},
		{"source,weight\n", `list.csv:1:1: given no column "target"; allowed the columns source,target[,weight][,delay]`},
		{"source,target,source\n", `list.csv:1:15: given the column "source" twice; allowed each column once`},
		{"source,target\n", "list.csv:1:1: given a header alone; allowed a line for each synapse"},
		{"source,target\n0,1\n1.5,1\n", `list.csv:3:1: given source "1.5"; allowed an integer`},
		{"source,target\n0,\n", `list.csv:2:3: given target ""; allowed an integer`},
		{"source,target\n3,1\n", `list.csv:2:1: given source "3"; allowed a cell from 0 to 2`},
		{"source,target\n0,-1\n", `list.csv:2:3: given target "-1"; allowed a cell from 0 to 1`},
		{"source,target\n99999999999999999999,1\n", `list.csv:2:1: given source "99999999999999999999"; allowed a cell from 0 to 2`},
		{"source,target,weight\n0,1,NaN\n", `list.csv:2:5: given weight "NaN"; allowed a finite number`},
		{"source,target,weight\n0,1,1e999\n", `list.csv:2:5: given weight "1e999"; allowed a finite number`},
		{"source,target,delay\n0,1,0\n", `list.csv:2:5: given delay "0"; allowed more than 0 ms`},
		{"source,target\n0,1\n\n0\n", "list.csv:4:1: given 1 fields; allowed 2, as many as the header has"},
		{"source,target\n0,1,2\n", "list.csv:2:5: given 3 fields; allowed 2, as many as the header has"},
		{"source,target\n0,\"1\n", `list.csv:2:6: given extraneous or missing " in quoted-field; allowed comma-separated values`},
		{"source,target\n" + strings.Repeat("x", 100) + ",1\n", `list.csv:2:1: given source "` + strings.Repeat("x", 40) + `…"; allowed an integer`},
	} {
		_, err := synapse.ReadExplicit("list.csv", strings.NewReader(c.file), 3, 2)
		var table *synapse.TableError
		if !errors.As(err, &table) || err.Error() != c.want {
			t.Errorf("%q:\n     %v\nwant %s", c.file, err, c.want)
		}
	}
}

func TestUnreadableListsAreRefused(t *testing.T) {
	_, err := synapse.ReadExplicit("list.csv", iotest.ErrReader(os.ErrPermission), 1, 1)
	if !errors.Is(err, os.ErrPermission) || !strings.HasPrefix(err.Error(), "list.csv: given ") {
		t.Errorf("a file that cannot be read: %v", err)
	}
}

func TestListRefusals(t *testing.T) {
	w := synapse.Wiring{Pre: 3, Post: 2}
	one := []uint32{0}
	requireTaken(t, w, &synapse.Explicit{}, &synapse.Explicit{Pre: one, Post: one, Weight: []float64{1}, Delay: []float64{2}})
	requireRefused(t, []refusal{
		{&synapse.Explicit{Pre: one}, w, "connection 0 targets for 1 sources; allowed: as many as sources"},
		{&synapse.Explicit{Pre: one, Post: one, Weight: []float64{}}, w, "connection 0 weights for 1 sources; allowed: as many as sources"},
		{&synapse.Explicit{Pre: []uint32{3}, Post: one}, w, "connection source 3 in synapse 0; allowed: 0 to 2"},
		{&synapse.Explicit{Pre: one, Post: []uint32{2}}, w, "connection target 2 in synapse 0; allowed: 0 to 1"},
		{&synapse.Explicit{Pre: one, Post: one, Weight: []float64{math.Inf(-1)}}, w, "weight -Inf in synapse 0; allowed: finite numbers"},
		{&synapse.Explicit{Pre: one, Post: one, Delay: []float64{0}}, w, "delay 0 ms in synapse 0; allowed: finite, more than 0 ms"},
	})
}

// FuzzReadExplicit asks of any file that it is refused in one line with its
// place, or read as what Check takes.
func FuzzReadExplicit(f *testing.F) {
	f.Add("source,target,weight,delay\n0,1,2,3\n")
	f.Add("target,source\n0,1\n\"1\",0\n")
	f.Add("\xef\xbb\xbfsource,target\n0,\"1\n")
	f.Fuzz(func(t *testing.T, file string) {
		list, err := synapse.ReadExplicit("list.csv", strings.NewReader(file), 3, 2)
		if err != nil {
			requirePlaced(t, err)
			return
		}
		if err := list.Check(synapse.Wiring{Pre: 3, Post: 2}); err != nil || len(list.Pre) == 0 {
			t.Errorf("%d synapses are read that cannot be made: %v", len(list.Pre), err)
		}
	})
}

// requirePlaced fails where an error does not say in one line where it is.
func requirePlaced(t *testing.T, err error) {
	t.Helper()
	var table *synapse.TableError
	if !errors.As(err, &table) || table.Line < 1 || table.Column < 1 || strings.Contains(err.Error(), "\n") {
		t.Errorf("%v does not say where", err)
	}
}
