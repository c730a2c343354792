package scenarios

import (
	"fmt"
	"sort"

	"paracrine/internal/units"
)

// Task makes trials: what the network sees and what it should answer. A task
// is a struct whose exported fields are its parameters in the scenario file;
// adding one is a file that calls RegisterTask from init, and a test.
type Task interface {
	// Steps is the length of a trial at the given integration step.
	Steps(step units.Time) int
	// Inputs and Outputs count the channels.
	Inputs() int
	Outputs() int
	// Loss names the loss and gives the weight of every step (the learning
	// window): 0 where no learning signal is available.
	Loss(step units.Time) (Loss, []float64)
	// Epochs names stretches of a trial for the eye, in their order; nil where
	// there is nothing to tell apart.
	Epochs() []Epoch
	// Fill writes one trial. All randomness comes from the streams.
	Fill(t *Trial, step units.Time, s *Streams)
	// Check refuses parameters that do not fit together or the step.
	Check(step units.Time) error
}

// Frozen is a task whose trials are all the same within a run, whatever their
// purpose and number: one is drawn, and every batch repeats it.
type Frozen interface {
	Task
	Frozen()
}

// Epoch is a named stretch of a trial: a cue, a delay, the decision.
type Epoch struct {
	Name     string
	From, To units.Time
}

// Loss names how the readout is compared with the target.
type Loss string

// The losses: softmax cross-entropy −ln p_class, and ½Σ_k (y_k − y*_k)².
const (
	CrossEntropy Loss = "cross-entropy"
	SquaredError Loss = "squared-error"
)

// Trial is one trial as a task makes it. Row-major: step, then channel.
type Trial struct {
	Input  []float64 // Steps × Inputs
	Target []float64 // Steps × Outputs; nil for cross-entropy
	Class  int       // class for cross-entropy
	// Condition numbers the kinds of trial a task has, such as which cues there
	// are. Cells are active alike in trials of one condition, so those advance
	// side by side; no result depends on it but for rounding.
	Condition int
}

// TaskKind is a registered task.
type TaskKind struct {
	Name, Doc string
	Defaults  func() Task // a pointer to a struct with the default parameters
	Versions  []TaskVersion
}

// TaskVersion is a task as one paper has it.
type TaskVersion struct {
	Name     string      // value of the parameter version
	Defaults func() Task // a pointer to a struct with the paper's parameters
}

var taskKinds = map[string]TaskKind{}

// TaskKinds lists the registered tasks in alphabetical order.
func TaskKinds() []TaskKind {
	var kinds []TaskKind
	for _, name := range Tasks() {
		kinds = append(kinds, taskKinds[name])
	}
	return kinds
}

// RegisterTask makes a task available to scenario files under its name;
// defaults returns a pointer to a struct with the default parameters.
func RegisterTask(name, doc string, defaults func() Task) {
	register(TaskKind{Name: name, Doc: doc, Defaults: defaults})
}

// RegisterVersions makes a task available of which papers differ in their
// parameters. Its parameter version chooses the defaults of all others; without
// it, they are those of the first.
func RegisterVersions(name, doc string, versions ...TaskVersion) {
	register(TaskKind{Name: name, Doc: doc, Defaults: versions[0].Defaults, Versions: versions})
}

func register(kind TaskKind) {
	if _, taken := taskKinds[kind.Name]; taken {
		panic(fmt.Sprintf("scenarios: task %q registered twice", kind.Name))
	}
	taskKinds[kind.Name] = kind
}

// version is the defaults of a version; of none, the task's.
func (k TaskKind) version(name string) func() Task {
	for _, v := range k.Versions {
		if v.Name == name {
			return v.Defaults
		}
	}
	return k.Defaults
}

// Tasks lists the registered tasks in alphabetical order.
func Tasks() []string {
	names := make([]string, 0, len(taskKinds))
	for name := range taskKinds {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// TaskSpec is a task in a scenario file: its name and its parameters, flat.
type TaskSpec struct {
	Name string
	Task
}
