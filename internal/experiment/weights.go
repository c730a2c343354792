package experiment

import (
	"bufio"
	"fmt"

	"github.com/google/renameio/v2"
	"github.com/sbinet/npyio/npz"
	"gonum.org/v1/gonum/mat"

	"paracrine/learning"
)

// writeWeights writes the network's arrays as NumPy reads them: W_in (N × M),
// W_rec (N × N), W_out (K × N), all [post, pre], b_out (K), the cell types, and 1
// where there is a synapse.
func writeWeights(path string, net *learning.Network) error {
	file, err := renameio.NewPendingFile(path, renameio.WithPermissions(0o644))
	if err != nil {
		return err
	}
	defer file.Cleanup()
	buffer := bufio.NewWriter(file)
	archive := npz.NewWriter(buffer)
	for _, a := range net.Arrays() {
		var values any = a.Values
		if a.Name != "b_out" {
			values = mat.NewDense(a.Rows, a.Cols, a.Values)
		}
		if err := archive.Write(a.Name, values); err != nil {
			return fmt.Errorf("%s in %s: %w", a.Name, path, err)
		}
		if a.Exists == nil {
			continue
		}
		if err := archive.Write(a.Name+"_exists", mat.NewDense(a.Rows, a.Cols, a.Mask())); err != nil {
			return fmt.Errorf("%s_exists in %s: %w", a.Name, path, err)
		}
	}
	types := make([]int64, len(net.Type))
	for p, alpha := range net.Type {
		types[p] = int64(alpha)
	}
	if err := archive.Write("type", types); err != nil {
		return err
	}
	if err := archive.Close(); err != nil {
		return err
	}
	if err := buffer.Flush(); err != nil {
		return err
	}
	return file.CloseAtomicallyReplace()
}
