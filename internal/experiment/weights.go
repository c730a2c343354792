package experiment

import (
	"bufio"
	"fmt"
	"path/filepath"

	"github.com/google/renameio/v2"
	"github.com/sbinet/npyio/npz"
	"gonum.org/v1/gonum/mat"

	"paracrine/learning"
)

// writeWeights writes the network's weights.
func (r *run) writeWeights() error {
	path := filepath.Join(r.options.Dir, "weights.npz")
	if r.trainer == nil {
		return writeArchive(path, sparseArrays(r.continuous.Network))
	}
	return writeArchive(path, denseArrays(r.trainer.Network))
}

// named is an array of an archive.
type named struct {
	name   string
	values any
}

// denseArrays are W_in (N × M), W_rec (N × N), W_out (K × N), all [post, pre], b_out
// (K), the cell types, and 1 where there is a synapse.
func denseArrays(net *learning.Network) []named {
	var arrays []named
	for _, a := range net.Arrays() {
		if a.Name == "b_out" {
			arrays = append(arrays, named{a.Name, a.Values})
			continue
		}
		arrays = append(arrays, named{a.Name, mat.NewDense(a.Rows, a.Cols, a.Values)})
		if a.Exists != nil {
			arrays = append(arrays, named{a.Name + "_exists", mat.NewDense(a.Rows, a.Cols, a.Mask())})
		}
	}
	return append(arrays, named{"type", integers(net.Type)})
}

// sparseArrays are the synapses onto cells, one after another by what they come from:
// of W_rec and W_in each the pre, the post and the weight; then W_out, b_out and the
// cell types, as of a dense network.
func sparseArrays(net *learning.SparseNetwork) []named {
	n, k := len(net.Type), len(net.Bias)
	out := learning.Array{Values: net.Out, Exists: net.OutExists}
	return append(append(listed(net, "W_rec", 0, n), listed(net, "W_in", n, n+net.Inputs)...),
		named{"W_out", mat.NewDense(k, n, net.Out)}, named{"W_out_exists", mat.NewDense(k, n, out.Mask())},
		named{"b_out", net.Bias}, named{"type", integers(net.Type)})
}

// listed are the synapses from the channels from ≤ q < to, counted from the first.
func listed(net *learning.SparseNetwork, name string, from, to int) []named {
	var pre, post []int64
	var weight []float64
	for q := from; q < to; q++ {
		for i := range net.Shares {
			rows := &net.Shares[i]
			for at := rows.Starts[q]; at < rows.Starts[q+1]; at++ {
				pre, post = append(pre, int64(q-from)), append(post, int64(rows.From)+int64(rows.Target[at]))
				weight = append(weight, rows.Weight[at])
			}
		}
	}
	return []named{{name + "_pre", pre}, {name + "_post", post}, {name + "_weight", weight}}
}

func integers(types []int) []int64 {
	all := make([]int64, len(types))
	for p, alpha := range types {
		all[p] = int64(alpha)
	}
	return all
}

// writeArchive writes arrays as NumPy reads them.
func writeArchive(path string, arrays []named) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	buffer := bufio.NewWriter(file)
	archive := npz.NewWriter(buffer)
	for _, a := range arrays {
		if err := archive.Write(a.name, a.values); err != nil {
			return fmt.Errorf("%s in %s: %w", a.name, path, err)
		}
	}
	if err := archive.Close(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}
