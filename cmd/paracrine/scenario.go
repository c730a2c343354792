package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

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
	flags.IntVar(&f.workers, "workers", runtime.NumCPU(), "threads; results do not depend on it")
	flags.StringVar(&f.out, "out", "", "result folder (default results/NAME, numbered when it exists)")
	flags.StringVar(&f.resume, "resume", "", "continue the run in this result folder")
	flags.BoolVar(&f.quiet, "quiet", false, "print nothing but errors")
	flags.StringVar(&f.logLevel, "log-level", "info", "what goes to log.jsonl: debug, info, warn, error")
}

func (f *scenarioFlags) addSets(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&f.sets, "set", nil, "override a value of the scenario: path=value, repeatable")
}

func (f *scenarioFlags) addSeed(cmd *cobra.Command) {
	cmd.Flags().Uint64Var(&f.seed, "seed", 0, "seed of all randomness (default: the scenario's)")
}

// load reads the scenario the command line names, or the one of the folder to
// be resumed. A scenario that is named beside --resume must be the folder's.
func (f *scenarioFlags) load(cmd *cobra.Command, args []string) (*scenarios.Scenario, error) {
	sets := f.sets
	if cmd.Flags().Changed("seed") {
		sets = append(sets, fmt.Sprintf("seed=%d", f.seed))
	}
	if f.resume != "" && len(args) == 0 {
		if len(sets) > 0 {
			return nil, badInput(fmt.Errorf("--resume continues the run as it was begun; --set and --seed cannot change it"))
		}
		s, err := scenarios.Load(filepath.Join(f.resume, "scenario.yaml"), nil)
		return s, badInput(err)
	}
	if len(args) == 0 {
		return nil, badInput(fmt.Errorf("no scenario given; name a built-in one (paracrine list) or a file"))
	}
	s, err := scenarios.Load(args[0], sets)
	return s, badInput(err)
}

// options prepares the result folder and the log.
func (f *scenarioFlags) options(s *scenarios.Scenario) (experiment.Options, error) {
	o := experiment.Options{Workers: f.workers, Command: commandLine(), Version: version(), Page: true}
	if f.workers < 1 {
		return o, badInput(fmt.Errorf("--workers %d; allowed are whole numbers from 1", f.workers))
	}
	level, err := zapcore.ParseLevel(f.logLevel)
	if err != nil {
		return o, badInput(fmt.Errorf("--log-level %q; allowed are debug, info, warn, error", f.logLevel))
	}
	switch {
	case f.resume != "" && f.out != "":
		return o, badInput(fmt.Errorf("--out and --resume both name the result folder; give one"))
	case f.resume != "":
		o.Dir, o.Resume = f.resume, true
	default:
		if o.Dir, err = newFolder(f.out, s.Name); err != nil {
			return o, badInput(err)
		}
	}
	if err := os.MkdirAll(o.Dir, 0o755); err != nil {
		return o, badInput(err)
	}
	err = f.openLog(&o, level)
	return o, err
}

// openLog appends structured lines to log.jsonl.
func (f *scenarioFlags) openLog(o *experiment.Options, level zapcore.Level) error {
	config := zap.NewProductionConfig()
	config.Level = zap.NewAtomicLevelAt(level)
	config.OutputPaths = []string{filepath.Join(o.Dir, "log.jsonl")}
	config.ErrorOutputPaths = []string{"stderr"}
	config.Sampling = nil
	config.DisableCaller, config.DisableStacktrace = true, true
	config.EncoderConfig.TimeKey = "time"
	config.EncoderConfig.EncodeTime = zapcore.ISO8601TimeEncoder
	log, err := config.Build()
	o.Log = log
	return err
}

// newFolder is the folder asked for, which must not hold a run, or a fresh one
// under results/.
func newFolder(asked, name string) (string, error) {
	if asked != "" {
		if _, err := os.Stat(filepath.Join(asked, "scenario.yaml")); err == nil {
			return "", fmt.Errorf("--out %s: it holds a run already; name another folder, or continue that run with --resume %s", asked, asked)
		}
		return asked, nil
	}
	for i := 1; ; i++ {
		dir := filepath.Join("results", name)
		if i > 1 {
			dir = fmt.Sprintf("%s-%d", dir, i)
		}
		if _, err := os.Stat(dir); os.IsNotExist(err) {
			return dir, nil
		}
	}
}

// commandLine is how the program was called, quoted for a shell.
func commandLine() string {
	words := []string{"paracrine"}
	for _, arg := range os.Args[1:] {
		if strings.ContainsAny(arg, " '\"$&|;()<>*?[]{}\\") {
			arg = "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
		}
		words = append(words, arg)
	}
	return strings.Join(words, " ")
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
