package main

import (
	"os"
	"path/filepath"
	"testing"
)

// The assembly in the tree is what the generator writes.
func TestFilesInStep(t *testing.T) {
	for name, want := range files() {
		got, err := os.ReadFile(filepath.Join("..", name))
		if err != nil {
			t.Fatal(err)
		}
		if string(got) != want {
			t.Errorf("%s differs from what the generator writes: run go generate in internal/kernel", name)
		}
	}
}
