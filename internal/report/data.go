package report

// Run is everything a run's page shows.
type Run struct {
	Name        string // scenario
	Title       string
	Description string
	Source      string // paper the scenario reproduces
	Rule        string // as written: modprop:weights=cell
	Seed        uint64
	Scenario    string // resolved YAML
	Version     string // program version and kernel
	Command     string // the command line that repeats the run
	Status      string // completed, interrupted, diverged
	Message     string // why it stopped, when it did not complete

	StepMS      float64 // integration step (ms)
	TrialMS     float64 // duration of one trial (ms)
	Continuous  bool    // trials follow one another without a break
	Batch       int     // where they do not
	Iterations  int     // done
	Planned     int     // asked for
	WallSeconds float64
	PerSecond   float64 // training iterations per second of wall time

	Types       []CellType
	Projections []Projection // by type: what the network drawing shows
	Facts       []Fact       // further name/value/unit rows of the summary table

	Train      Curve  // training batches
	Validation Curve  // fresh trials
	HasClasses bool   // accuracy is meaningful
	LossName   string // with its unit: cross-entropy (nats)
	Expect     []Band

	Inputs      int      // channels, where trials do not show them
	InputNames  []string // names of the input channels; nil to number them
	OutputNames []string // names of the outputs: the classes, or the signals
	Epochs      []Epoch  // named stretches of a trial; may be nil

	Before, After *Trial // the same trial at the first and the last weights; of continuous trials, the first and the last

	Taps      []Taps           // filter taps F at a few iterations; empty when the rule has none
	Effective *EffectiveFilter // what substances make of them; nil where none carry credit
	Modulator []Modulator      // μ and the propagator's radius over training
	Alignment []Alignment      // one per rule and weight matrix
}

// CellType is a group of cells; cells are numbered type by type.
type CellType struct {
	Name  string
	Count int
	Sign  int // +1 excitatory, −1 inhibitory, 0 mixed
	Model string
	TauMS float64
}

// Projection is the bundle of synapses from one type (or "input") to another
// (or "readout"). Its means are of |w| over its synapses, so that weights of
// either sign do not cancel.
type Projection struct {
	From, To   string
	Synapses   int
	MeanWeight float64 // mean |w| before learning
	MeanAfter  float64 // mean |w| after learning
}

// Epoch is a named stretch of a trial: a cue, a delay, the decision.
type Epoch struct {
	Name         string
	FromMS, ToMS float64
}

// Fact is a row of the summary table.
type Fact struct{ Name, Value, Unit string }

// Curve is a metric over training iterations.
type Curve struct {
	Iteration []int
	Loss      []float64
	Accuracy  []float64 // fraction correct; nil for regressions
	Activity  []float64 // mean of z over cells, steps, trials
}

// Band is the range in which a metric should end, with its source. An open end
// is an infinity. The bands of final-loss and final-accuracy are also shaded in
// the learning curves.
type Band struct {
	Rule     string // the rule it speaks of; empty in a run, and where it holds for all
	Metric   string // final-loss, final-accuracy, …
	From, To float64
	Value    float64 // what came out
	Met      bool
	Source   string
}

// Trial is one trial, one row per channel: Input[m][t], Activity[cell][t], Output[k][t], Target[k][t].
type Trial struct {
	Iteration int
	Input     [][]float64
	Activity  [][]float64
	Output    [][]float64
	Target    [][]float64 // nil for a class target
	Weight    []float64   // loss weight of each step (learning window)
	Class     int         // −1 for regressions
	Correct   bool
}

// Taps are ModProp's causal filter taps F_s[post type][pre type], s = 1…S, at one iteration.
type Taps struct {
	Iteration int
	Types     []string      // names of the rows and columns (cell types, or ligands)
	F         [][][]float64 // F[post][pre][s−1]
}

// EffectiveFilter is, at one iteration and for every pair of types, what substances
// that carry credit make of the filter.
type EffectiveFilter struct {
	Iteration int
	Pairs     []FilterPair // post type by post type
}

// FilterPair is what a unit that a cell of type Post secretes teaches the synapses
// onto a cell of type Pre of their trace so many steps before (Lag > 0) or after.
type FilterPair struct {
	Post, Pre string
	Lag       []int
	Ideal     []float64 // F, 0 where Lag < 1
	Effective []float64 // in the mean over all places
	Own, Next []float64 // at the place of the cell that secretes, and beside it; empty where there are no places
}

// Modulator is μ per type and the spectral radius of the propagator at one iteration.
type Modulator struct {
	Iteration int
	Types     []string
	Mu        []float64
	Radius    float64
	Bound     float64 // guard; 0 when off
}

// Alignment is the agreement of a rule's gradient with BPTT's over training.
type Alignment struct {
	Rule      string
	Matrix    string // W_in, W_rec, W_out
	Iteration []int
	Cosine    []float64
	NormRatio []float64
}

// Comparison is everything the page of several rules shows.
type Comparison struct {
	Name, Title, Description, Source string
	Scenario, Version, Command       string
	Seeds                            []uint64
	Iterations                       int
	Continuous                       bool // trials follow one another without a break
	Batch                            int  // where they do not
	StepMS, TrialMS                  float64
	HasClasses                       bool
	LossName                         string    // with its unit
	SolvedBelow                      float64   // loss that counts as solved
	Thresholds                       []float64 // losses whose first crossing is tabulated
	Expect                           []Band
	Types                            []CellType
	Rules                            []RuleResult
}

// RuleResult is one rule over all seeds; divergent runs are counted, never dropped.
type RuleResult struct {
	Rule      string
	Seeds     []SeedResult
	Curve     Spread // validation
	Table     RuleRow
	Alignment []Alignment
}

// SeedResult is one run of a rule.
type SeedResult struct {
	Seed          uint64
	FinalLoss     float64
	FinalAccuracy float64
	Solved        bool
	Diverged      bool
	Message       string
	Crossings     []int // first iteration at or below each threshold; −1 never
	Folder        string
}

// Spread is mean ± sd over seeds at each iteration.
type Spread struct {
	Iteration                []int
	LossMean, LossSD         []float64
	AccuracyMean, AccuracySD []float64
}

// RuleRow is the line of the table.
type RuleRow struct {
	LossMean, LossSD         float64
	AccuracyMean, AccuracySD float64
	Solved, Diverged, Runs   int
	CrossingMean, CrossingSD []float64 // over the runs that crossed
	Crossed                  []int     // how many did
	MillisecondsPerIteration float64
}
