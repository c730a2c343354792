package experiment

import (
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// Both formats hold what was written, columns in the order given; Parquet is
// read back through a struct of its own, over more than one batch.
func TestRows(t *testing.T) {
	columns := []column{{"time_ms", false}, {"cell", true}, {"V_m", false}}
	dir := t.TempDir()
	const count = 2*parquetBatch + 7
	value := func(i int) [3]float64 {
		return [3]float64{float64(i) / 10, float64(i % 5), -70 + math.Sin(float64(i))}
	}
	for _, name := range []string{"a.csv", "a.parquet", "b.parquet"} {
		r, err := newRows(filepath.Join(dir, name), columns...)
		if err != nil {
			t.Fatal(err)
		}
		for i := range count {
			v := value(i)
			if err := r.add(v[0], v[1], v[2]); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s is there before it is complete", name)
		}
		if err := r.commit(); err != nil {
			t.Fatal(err)
		}
		r.discard()
	}
	numbers, _, err := readTable(filepath.Join(dir, "a.csv"))
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		Time float64 `parquet:"time_ms"`
		Cell uint32  `parquet:"cell"`
		V    float64 `parquet:"V_m"`
	}
	read, err := parquet.ReadFile[row](filepath.Join(dir, "a.parquet"))
	if err != nil || len(read) != count || len(numbers["cell"]) != count {
		t.Fatalf("%d and %d rows of %d: %v", len(read), len(numbers["cell"]), count, err)
	}
	for i, r := range read {
		v := value(i)
		if r != (row{v[0], uint32(v[1]), v[2]}) || numbers["time_ms"][i] != v[0] || numbers["cell"][i] != v[1] || numbers["V_m"][i] != v[2] {
			t.Fatalf("row %d: %v, want %v", i, r, v)
		}
	}
	file, err := os.Open(filepath.Join(dir, "a.parquet"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	info, _ := file.Stat()
	opened, err := parquet.OpenFile(file, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range opened.Schema().Columns() {
		if name[0] != columns[i].name {
			t.Errorf("column %d is %v, want %s", i, name, columns[i].name)
		}
	}
	a, _ := os.ReadFile(filepath.Join(dir, "a.parquet"))
	b, _ := os.ReadFile(filepath.Join(dir, "b.parquet"))
	if string(a) != string(b) {
		t.Error("the same rows make different files")
	}
}
