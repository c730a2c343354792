package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"paracrine/scenarios"
	"paracrine/sim"
)

// checkpointFile is the checkpoint's name in a result folder.
const checkpointFile = "checkpoint"

// HasCheckpoint says whether a run in the folder can be continued.
func HasCheckpoint(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, checkpointFile))
	return err == nil
}

// identity is what a checkpoint belongs to: the resolved scenario, with its
// rule and seed.
func identity(s *scenarios.Scenario) string {
	sum := sha256.Sum256(s.YAML())
	return hex.EncodeToString(sum[:])
}

// save writes a checkpoint: first the rows of the tables reach the disk, then
// the file that counts on them replaces the old one.
func (r *run) save() error {
	var snapshot sim.Snapshot
	sizes := map[string]int64{}
	for name, t := range r.tables {
		if err := t.flush(); err != nil {
			return err
		}
		sizes[name] = t.size
	}
	for name, values := range r.trainer.State() {
		snapshot.PutFloats(name, values)
	}
	wall := (r.before + time.Since(r.started)).Seconds()
	if err := errors.Join(snapshot.PutJSON("tables", sizes), snapshot.PutJSON("wall_seconds", wall)); err != nil {
		return err
	}
	r.options.Log.Debug("checkpoint", zap.Int("iteration", r.trainer.Iteration()))
	return snapshot.WriteFile(filepath.Join(r.options.Dir, checkpointFile), identity(r.scenario))
}

// restore continues from the folder's checkpoint and returns the sizes of the
// tables as it saw them. A folder without one, because it was killed early,
// begins anew.
func (r *run) restore() (map[string]int64, error) {
	path := filepath.Join(r.options.Dir, checkpointFile)
	snapshot, err := sim.ReadSnapshot(path, identity(r.scenario))
	if errors.Is(err, fs.ErrNotExist) {
		return map[string]int64{}, nil
	}
	if err != nil {
		return nil, err
	}
	state := map[string][]float64{}
	for name := range r.trainer.State() {
		if state[name], err = snapshot.Floats(name, -1); err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
	}
	var sizes map[string]int64
	var wall float64
	if err := errors.Join(snapshot.JSON("tables", &sizes), snapshot.JSON("wall_seconds", &wall)); err != nil {
		return nil, err
	}
	r.before = time.Duration(wall * float64(time.Second))
	return sizes, r.trainer.Restore(state)
}
