package experiment

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"go.uber.org/zap"

	"paracrine/sim"
)

// checkpointFile is the checkpoint's name in a result folder.
const checkpointFile = "checkpoint"

// identity is what a checkpoint belongs to: the resolved scenario, with its
// rule and seed.
func identity(scenario []byte) string {
	sum := sha256.Sum256(scenario)
	return hex.EncodeToString(sum[:])
}

// readCheckpoint is the folder's checkpoint of a scenario; nil where there is
// none, because the run was killed early. The error is a *FolderError.
func readCheckpoint(dir string, scenario []byte) (*sim.Snapshot, error) {
	path := filepath.Join(dir, checkpointFile)
	snapshot, err := sim.ReadSnapshot(path, identity(scenario))
	var foreign *sim.ForeignError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.As(err, &foreign) && foreign.What == "identity":
		return nil, unusable(fmt.Errorf("%s: it was saved by a run of another scenario, rule or seed than those of scenario.yaml beside it", path))
	}
	return snapshot, unusable(err)
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
	for name, values := range r.State() {
		snapshot.PutFloats(name, values)
	}
	snapshot.PutFloats("latest", []float64{r.latest.Loss, r.latest.Accuracy})
	wall := (r.before + time.Since(r.started)).Seconds()
	if err := errors.Join(snapshot.PutJSON("tables", sizes), snapshot.PutJSON("wall_seconds", wall)); err != nil {
		return err
	}
	r.options.Log.Debug("checkpoint", zap.Int("iteration", r.Iteration()))
	return snapshot.WriteFile(filepath.Join(r.options.Dir, checkpointFile), identity(r.scenario.YAML()))
}

// restore continues from the folder's checkpoint and returns the sizes of the
// tables as it saw them. A folder without one, because it was killed early,
// begins anew.
func (r *run) restore() (map[string]int64, error) {
	snapshot, err := readCheckpoint(r.options.Dir, r.scenario.YAML())
	if err != nil || snapshot == nil {
		return map[string]int64{}, err
	}
	var sizes map[string]int64
	var wall float64
	latest, err := snapshot.Floats("latest", 2)
	if err := errors.Join(err, snapshot.JSON("tables", &sizes), snapshot.JSON("wall_seconds", &wall)); err != nil {
		return nil, unusable(err)
	}
	r.before = time.Duration(wall * float64(time.Second))
	r.latest.Loss, r.latest.Accuracy = latest[0], latest[1]
	if err := r.restoreLearner(snapshot); err != nil {
		return nil, unusable(fmt.Errorf("%s: %w", filepath.Join(r.options.Dir, checkpointFile), err))
	}
	return sizes, nil
}

func (r *run) restoreLearner(snapshot *sim.Snapshot) error {
	state := map[string][]float64{}
	for name := range r.State() {
		values, err := snapshot.Floats(name, -1)
		if err != nil {
			return err
		}
		state[name] = values
	}
	return r.Restore(state)
}
