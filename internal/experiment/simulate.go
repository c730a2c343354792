package experiment

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/google/renameio/v2"
	"go.uber.org/zap"

	"paracrine/internal/kernel"
	"paracrine/internal/spiking"
	"paracrine/modulator"
	"paracrine/scenarios"
	"paracrine/sim"
)

// Simulated is how far a simulation is.
type Simulated struct {
	Now, Duration sim.Time
	RealTime      float64 // wall time per simulated time; 0 when not known yet
	Left          time.Duration
}

// UnstableError says that a simulation left what can be computed with, or what
// the scenario allows: a quantity is no longer a finite number, or a population
// runs away.
type UnstableError struct {
	At  sim.Time
	Err error
}

// Error says what went wrong and when.
func (e *UnstableError) Error() string { return e.Err.Error() }

// Unwrap is what went wrong.
func (e *UnstableError) Unwrap() error { return e.Err }

// simulation is a simulation under way.
type simulation struct {
	scenario *scenarios.Simulation
	spec     spiking.Spec
	options  Options
	network  *spiking.Network
	workers  int
	record   *recording
	span     span
	wall     wall
	started  time.Time // of this process's part, and where it began:
	since    sim.Time
}

// span is the times that a simulation is divided by.
type span struct{ warmUp, checkpoint, end sim.Time }

// wall is wall time by what it was spent on, in seconds, all processes of an
// interrupted simulation together.
type wall struct {
	Build    float64 `json:"build"`
	Simulate float64 `json:"simulate"`
	Write    float64 `json:"write"`
}

// Simulate runs a simulation and leaves everything in the result folder. A
// cancelled context finishes the window, saves a checkpoint and returns the
// context's error beside the summary; a network that runs away or is no longer
// finite returns an *UnstableError beside the summary. A folder that cannot be
// used is a *FolderError.
//
// A simulation that is complete is not run again: its summary is returned.
func Simulate(ctx context.Context, s *scenarios.Simulation, o Options) (*SimulationSummary, error) {
	if o.Log == nil {
		o.Log = zap.NewNop()
	}
	if done, err := ReadSimulationSummary(o.Dir); o.Resume && err == nil && done.Status == Completed {
		return done, nil
	}
	r := &simulation{scenario: s, options: o}
	if err := r.prepare(); err != nil {
		return nil, err
	}
	defer r.record.close()
	failure := r.run(ctx)
	summary, err := r.finish(failure)
	if err != nil {
		return nil, err
	}
	return summary, failure
}

// prepare builds the network in the folder, and takes it to where the
// checkpoint stands.
func (r *simulation) prepare() error {
	dir, yaml := r.options.Dir, r.scenario.YAML()
	if err := os.MkdirAll(filepath.Join(dir, journalFolder), 0o755); err != nil {
		return unusable(err)
	}
	snapshot, err := r.checkpoint(yaml)
	if err != nil {
		return err
	}
	if err := r.build(); err != nil {
		return err
	}
	if snapshot == nil {
		if err := renameio.WriteFile(filepath.Join(dir, scenarioFile), yaml, 0o644); err != nil {
			return unusable(err)
		}
	}
	if r.record, err = newRecording(r, snapshot); err != nil {
		return err
	}
	if err := r.restore(snapshot); err != nil {
		return unusable(fmt.Errorf("%s: %w", filepath.Join(dir, checkpointFile), err))
	}
	// A run under way has no summary: one that is killed does not count as done.
	if err := os.Remove(filepath.Join(dir, summaryFile)); err != nil && !os.IsNotExist(err) {
		return unusable(err)
	}
	r.since, r.started = r.network.Now(), time.Now()
	return nil
}

// checkpoint is what a run that is resumed continues from; nil to begin. The
// network must then be divided among as many workers as it was.
func (r *simulation) checkpoint(yaml []byte) (*sim.Snapshot, error) {
	r.workers = max(1, r.options.Workers)
	if !r.options.Resume {
		return nil, nil
	}
	snapshot, err := readCheckpoint(r.options.Dir, yaml)
	if err != nil || snapshot == nil {
		return nil, err
	}
	r.workers, err = spiking.SavedWorkers(snapshot)
	return snapshot, unusable(err)
}

func (r *simulation) build() (err error) {
	began := time.Now()
	if r.span, err = newSpan(r.scenario.Run); err != nil {
		return err
	}
	if r.spec, err = r.scenario.Spec(); err != nil {
		return err
	}
	if r.network, err = spiking.Build(r.spec, r.workers); err != nil {
		return err
	}
	r.network.Runaway = r.scenario.Run.Runaway.Value
	r.wall.Build = time.Since(began).Seconds()
	return nil
}

func newSpan(run scenarios.Run) (span, error) {
	warmUp, e1 := sim.FromMilliseconds(float64(run.WarmUp))
	checkpoint, e2 := sim.FromMilliseconds(float64(run.Checkpoint))
	end, e3 := sim.FromMilliseconds(float64(run.Duration))
	return span{warmUp, checkpoint, end}, errors.Join(e1, e2, e3)
}

// run advances window by window to the end.
func (r *simulation) run(ctx context.Context) error {
	n := r.network
	r.options.Log.Info("simulating", zap.String("scenario", r.scenario.Name), zap.Uint64("seed", r.scenario.Seed),
		zap.Stringer("from", n.Now()), zap.Stringer("until", r.span.end), zap.String("kernel", kernel.Name()))
	if err := r.record.begin(); err != nil {
		return err
	}
	for r.report(); n.Now() < r.span.end; r.report() {
		before := n.Now()
		if err := r.advance(); err != nil {
			return err
		}
		stop := ctx.Err()
		if stop != nil || passed(r.span.checkpoint, before, n.Now()) || n.Now() == r.span.end && r.span.checkpoint > 0 {
			if err := r.save(); err != nil {
				return err
			}
		}
		if stop != nil {
			return stop
		}
	}
	return nil
}

// advance takes the network through a window.
func (r *simulation) advance() error {
	began, before := time.Now(), r.network.Now()
	defer func() { r.wall.Simulate += time.Since(began).Seconds() }()
	if err := r.network.Run(min(before+r.network.Window(), r.span.end)); err != nil {
		return r.unstable(err)
	}
	if now := r.network.Now(); passed(balanceInterval, before, now) || now == r.span.end {
		if err := r.checkBalances(); err != nil {
			return r.unstable(err)
		}
	}
	return r.record.windowEnded(before, r.network.Now())
}

// passed reports whether a multiple of every lies in (before, now]; every 0 has
// none.
func passed(every, before, now sim.Time) bool { return every > 0 && now/every > before/every }

// unstable marks an error of the network's own.
func (r *simulation) unstable(err error) error {
	var runaway *spiking.RunawayError
	var nonFinite *spiking.NonFiniteError
	var concentration *modulator.ConcentrationError
	var balance *BalanceError
	switch {
	case errors.As(err, &runaway):
		err = runaway
	case errors.As(err, &nonFinite):
		err = nonFinite
	case errors.As(err, &concentration):
		err = concentration
	case errors.As(err, &balance):
	default:
		return err
	}
	return &UnstableError{r.network.Now(), err}
}

func (r *simulation) report() {
	if r.options.Simulated == nil {
		return
	}
	now := r.network.Now()
	p := Simulated{Now: now, Duration: r.span.end}
	if done := (r.network.Now() - r.since).Milliseconds() / 1000; done > 0 {
		p.RealTime = time.Since(r.started).Seconds() / done
		p.Left = time.Duration((r.span.end - now).Milliseconds() / 1000 * p.RealTime * float64(time.Second))
	}
	r.options.Simulated(p)
}

// save writes a checkpoint: first the journals reach the disk, then the file
// that counts on them replaces the old one.
func (r *simulation) save() error {
	began := time.Now()
	defer func() { r.wall.Write += time.Since(began).Seconds() }()
	var snapshot sim.Snapshot
	if err := r.record.save(&snapshot); err != nil {
		return err
	}
	err := errors.Join(r.network.Save(&snapshot), snapshot.PutJSON("wall", r.wall))
	if err != nil {
		return err
	}
	r.options.Log.Debug("checkpoint", zap.Stringer("at", r.network.Now()))
	return snapshot.WriteFile(filepath.Join(r.options.Dir, checkpointFile), identity(r.scenario.YAML()))
}

// restore takes the network and what was measured to where a checkpoint stands;
// nil is the beginning.
func (r *simulation) restore(snapshot *sim.Snapshot) error {
	if snapshot == nil {
		return nil
	}
	var spent wall
	if err := errors.Join(snapshot.JSON("wall", &spent), r.record.restore(snapshot), r.network.Restore(snapshot)); err != nil {
		return err
	}
	r.wall = wall{r.wall.Build + spent.Build, spent.Simulate, spent.Write}
	return nil
}
