package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"

	"github.com/spf13/cobra"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"paracrine/internal/experiment"
	"paracrine/scenarios"
)

// scenarioFlags are the flags of the commands that run a scenario.
type scenarioFlags struct {
	sets     []string
	seed     uint64
	workers  int
	out      string
	resume   string
	quiet    bool
	logLevel string
}

func (f *scenarioFlags) add(cmd *cobra.Command) {
	flags := cmd.Flags()
	f.addSets(cmd)
	f.addWorkers(cmd)
	flags.StringVar(&f.out, "out", "", "result folder (default results/NAME, numbered when it exists)")
	flags.StringVar(&f.resume, "resume", "", "continue the run in this result folder")
	flags.BoolVar(&f.quiet, "quiet", false, "print nothing but errors")
	flags.StringVar(&f.logLevel, "log-level", "info", "what goes to log.jsonl: debug, info, warn, error")
}

func (f *scenarioFlags) addWorkers(cmd *cobra.Command) {
	cmd.Flags().IntVar(&f.workers, "workers", runtime.NumCPU(), "threads; results do not depend on it")
}

func (f *scenarioFlags) addSets(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.sets, "set", nil, "override a value of the scenario: path=value, repeatable")
}

func (f *scenarioFlags) addSeed(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "seed of all randomness (default: the scenario's)")
}

// load reads the scenario that the command line names, which must be one that
// trains.
func (f *scenarioFlags) load(cmd *cobra.Command, args []string) (*scenarios.Scenario, error) {
	if len(args) == 0 {
		return nil, noScenario()
	}
	s, err := scenarios.Load(args[0], f.overrides(cmd))
	return s, badInput(err)
}

// open reads the scenario, of either form, that the command line names, or the
// one of the folder to be resumed. A scenario that is named beside --resume must
// be the folder's.
func (f *scenarioFlags) open(cmd *cobra.Command, args []string) (scenarios.Document, error) {
	if f.resume != "" {
		return f.resumed(args, f.overrides(cmd))
	}
	if len(args) == 0 {
		return nil, noScenario()
	}
	d, err := scenarios.Open(args[0], f.overrides(cmd))
	return d, badInput(err)
}

func noScenario() error {
	return badInput(fmt.Errorf("no scenario given; name a built-in one (paracrine list) or a file"))
}

// overrides are the values that --set and --seed give.
func (f *scenarioFlags) overrides(cmd *cobra.Command) []string {
	if cmd.Flags().Changed("seed") {
		return append(slices.Clip(f.sets), fmt.Sprintf("seed=%d", f.seed))
	}
	return f.sets
}

func (f *scenarioFlags) resumed(args, sets []string) (scenarios.Document, error) {
	d, err := experiment.ReadScenario(f.resume)
	if err != nil {
		return nil, badInput(err)
	}
	if len(args) == 0 {
		if len(sets) > 0 {
			return nil, badInput(fmt.Errorf("--resume continues the run as it was begun; --set and --seed cannot change it"))
		}
		return d, nil
	}
	named, err := scenarios.Open(args[0], sets)
	if err != nil {
		return nil, badInput(err)
	}
	if !bytes.Equal(named.YAML(), d.YAML()) {
		return nil, badInput(fmt.Errorf("--resume continues the run as it was begun: %s is not %s as given here; name the folder alone",
			filepath.Join(f.resume, "scenario.yaml"), args[0]))
	}
	return d, nil
}

// mostWorkers keeps a slip of the keyboard from taking all memory.
const mostWorkers = 1024

func (f *scenarioFlags) checkWorkers() error {
	if f.workers < 1 || f.workers > mostWorkers {
		return badInput(fmt.Errorf("--workers %d; allowed are whole numbers from 1 to %d", f.workers, mostWorkers))
	}
	return nil
}

// options prepares the result folder, results/NAME if none is asked for, and
// the log.
func (f *scenarioFlags) options(name string) (experiment.Options, error) {
	o := experiment.Options{Workers: f.workers, Command: commandLine(), Version: version(), Page: true}
	if err := f.checkWorkers(); err != nil {
		return o, err
	}
	level, err := zapcore.ParseLevel(f.logLevel)
	if err != nil || level > zapcore.ErrorLevel {
		return o, badInput(fmt.Errorf("--log-level %q; allowed are debug, info, warn, error", f.logLevel))
	}
	switch {
	case f.resume != "" && f.out != "":
		return o, badInput(fmt.Errorf("--out and --resume both name the result folder; give one"))
	case f.resume != "":
		o.Dir, o.Resume = f.resume, true
	case f.out != "":
		o.Dir, err = f.out, beginFolder(f.out)
	default:
		o.Dir, err = numberedFolder(name)
	}
	if err != nil {
		return o, badInput(err)
	}
	o.Log, err = openLog(filepath.Join(o.Dir, "log.jsonl"), level)
	return o, badInput(err)
}

// openLog appends structured lines, one JSON object each, to a file.
func openLog(path string, level zapcore.Level) (*zap.Logger, error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	config := zap.NewProductionEncoderConfig()
	config.TimeKey, config.EncodeTime = "time", zapcore.ISO8601TimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(config), zapcore.Lock(file), level)), nil
}

// beginFolder makes the folder asked for, which must not hold a run.
func beginFolder(dir string) error {
	for _, name := range []string{"scenario.yaml", "comparison.json", "metrics.csv"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err == nil {
			return fmt.Errorf("--out %s: it holds a run already (%s); name another folder, or continue that run with --resume %s", dir, name, shellWord(dir))
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("--out %s: %w", dir, err)
	}
	return nil
}

// numberedFolder makes a new folder under results/, for this process alone.
func numberedFolder(name string) (string, error) {
	const all = "results"
	if err := os.MkdirAll(all, 0o755); err != nil {
		return "", err
	}
	for i := 1; ; i++ {
		dir := filepath.Join(all, name)
		if i > 1 {
			dir = fmt.Sprintf("%s-%d", dir, i)
		}
		if err := os.Mkdir(dir, 0o755); !os.IsExist(err) {
			return dir, err
		}
	}
}

// completeScenarios offers the built-in names, and files.
func completeScenarios(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var names []string
	for _, b := range scenarios.Builtin() {
		names = append(names, b.Name+"\t"+b.Title)
	}
	return names, cobra.ShellCompDirectiveDefault
}
