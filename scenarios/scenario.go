package scenarios

import (
	"paracrine/internal/units"
)

// Scenario is an experiment and its expectation: network, task, rule, budget,
// and the band the result should fall into. It is what a scenario file holds,
// key for key; every quantity carries its unit in the file.
//
// The tags of these types are the definition of the format: the JSON Schema,
// the defaults, the errors and the table of keys in docs/scenarios.md are all
// made from them. Beside invopop's jsonschema tags, when:"key=a|b" says that a
// key belongs to certain values of a sibling: it is refused with others, and
// must be given with these unless it has a default.
type Scenario struct {
	Name        string        `yaml:"name" jsonschema:"required,format=name" jsonschema_description:"short name; result folders carry it"`
	Title       string        `yaml:"title" jsonschema:"required,minLength=1" jsonschema_description:"one line that says what is learned"`
	Description string        `yaml:"description,omitempty" jsonschema_description:"what to expect and why"`
	Source      string        `yaml:"source,omitempty" jsonschema_description:"paper or data the scenario reproduces"`
	Seed        uint64        `yaml:"seed" jsonschema:"default=1" jsonschema_description:"all randomness comes from it: the same seed gives the same run to the bit"`
	Network     Network       `yaml:"network" jsonschema:"required" jsonschema_description:"cells and what connects them"`
	Task        TaskSpec      `yaml:"task" jsonschema:"required" jsonschema_description:"what the network sees and should answer"`
	Learning    Learning      `yaml:"learning" jsonschema:"required" jsonschema_description:"how weights change"`
	Training    Training      `yaml:"training" jsonschema:"required" jsonschema_description:"the budget"`
	Expect      []Expectation `yaml:"expect,omitempty" jsonschema_description:"bands the results should fall into"`

	origin *document // the file, for errors that are found later
}

// Network says which cells there are and what connects them.
type Network struct {
	Step        units.Time `yaml:"step" jsonschema:"default=1 ms,format=positive-time" jsonschema_description:"integration step"`
	Conventions string     `yaml:"conventions" jsonschema:"required,enum=liu2022,enum=bellec2020-evidence,enum=bellec2020-pattern,enum=liu2021,enum=barretto2026" jsonschema_description:"whose equations: the preset for what the next keys leave open; liu2022 is one of rate cells, the others of spiking cells"`
	InputScale  string     `yaml:"input-scale" jsonschema:"enum=one-minus-decay,enum=one" jsonschema_description:"factor c_v on a cell's input: 1 − exp(−step/tau), or 1; default: the preset's"`

	AdaptationScale string    `yaml:"adaptation-scale" jsonschema:"enum=one-minus-decay,enum=one" when:"conventions=bellec2020-evidence|bellec2020-pattern|liu2021|barretto2026,optional" jsonschema_description:"factor c_a on the spikes that raise a threshold: 1 − exp(−step/tau-adaptation), or 1; default: the preset's"`
	Refractoriness  string    `yaml:"refractoriness" jsonschema:"enum=after-spike,enum=with-spike" when:"conventions=bellec2020-evidence|bellec2020-pattern|liu2021|barretto2026,optional" jsonschema_description:"a refractory period of n steps silences the n steps after the spike's, or n − 1 because the spike's own is one of them; default: the preset's"`
	Spike           string    `yaml:"spike" jsonschema:"enum=above-threshold,enum=at-threshold" when:"conventions=bellec2020-evidence|bellec2020-pattern|liu2021|barretto2026,optional" jsonschema_description:"whether a cell spikes at threshold (≥) or only above it (>); default: the preset's"`
	Reset           string    `yaml:"reset" jsonschema:"enum=not-differentiated,enum=differentiated" when:"conventions=bellec2020-evidence|bellec2020-pattern|liu2021|barretto2026,optional" jsonschema_description:"whether gradients go through the reset, unless the rule says so itself; default: the preset's"`
	Surrogate       Surrogate `yaml:"surrogate" when:"conventions=bellec2020-evidence|bellec2020-pattern|liu2021|barretto2026,optional" jsonschema_description:"what stands for the derivative of a spike: ψ = (dampening/threshold) · f(steepness · s), s the excess over threshold in thresholds"`

	InhibitoryInputs int          `yaml:"inhibitory-inputs" jsonschema:"default=0,minimum=0,maximum=1000000" jsonschema_description:"how many inputs, drawn at random, inhibit while the others excite, in balanced weights and under Dale's law; 0: weights of inputs have either sign"`
	Dale             bool         `yaml:"dale" jsonschema:"default=false" jsonschema_description:"Dale's law: weights out of a cell keep its sign; one that would cross zero is set to zero"`
	Cells            []CellType   `yaml:"cells" jsonschema:"required,minItems=1" jsonschema_description:"cell types; cells are numbered type by type"`
	Torus            Torus        `yaml:"torus,omitempty" jsonschema_description:"places for the cells, for connections that are local and substances that spread"`
	Projections      []Projection `yaml:"projections" jsonschema:"required,minItems=1" jsonschema_description:"connections; no two may make the same synapse"`
	Readout          Readout      `yaml:"readout" jsonschema_description:"the linear layer that reads the cells"`
}

// CellType is a group of cells that share a model, a sign and, to the
// modulators, an identity: they secrete and hear the same ligands.
type CellType struct {
	Name       string     `yaml:"name" jsonschema:"required,format=name" jsonschema_description:"what projections and reports call the type"`
	Count      int        `yaml:"count" jsonschema:"required,minimum=1,maximum=1000000" jsonschema_description:"number of cells"`
	Sign       string     `yaml:"sign" jsonschema:"required,enum=excitatory,enum=inhibitory,enum=mixed" jsonschema_description:"sign of the weights out of the cells under Dale's law and in balanced weights; mixed is unconstrained"`
	Model      string     `yaml:"model" jsonschema:"required,enum=relu,enum=lif,enum=alif" jsonschema_description:"relu: leaky rate cell; lif: leaky integrate-and-fire cell; alif: one whose spikes raise its threshold"`
	Parameters Parameters `yaml:"parameters" jsonschema:"required" jsonschema_description:"constants of the model, dimensionless but for times"`
}

// Torus is a sheet of sites without a border, one for every cell
// (modulator.Torus).
type Torus struct {
	Rows      int            `yaml:"rows" jsonschema:"required,minimum=1,maximum=1000000" jsonschema_description:"rows of sites; rows times columns is the number of cells"`
	Columns   int            `yaml:"columns" jsonschema:"required,minimum=1,maximum=1000000" jsonschema_description:"sites in a row"`
	Spacing   units.Quantity `yaml:"spacing" jsonschema:"default=20 µm,format=positive-length" jsonschema_description:"distance of neighbouring sites, for substances that diffuse"`
	Placement string         `yaml:"placement" jsonschema:"default=in-order,enum=in-order,enum=scattered" jsonschema_description:"cells along the rows in the order of their numbers, or anywhere, drawn from the seed"`
}

// Surrogate is what stands for the derivative of a spike (neuron.Surrogate).
type Surrogate struct {
	Name      string  `yaml:"name" jsonschema:"default=piecewise-linear,enum=piecewise-linear,enum=exponential,enum=fast-sigmoid,enum=arctan" jsonschema_description:"f: max(0, 1 − |x|), exp(−|x|), 1/(1 + |x|)², or 1/(1 + (πx)²)"`
	Dampening float64 `yaml:"dampening" jsonschema:"default=0.3,exclusiveMinimum=0" jsonschema_description:"height γ"`
	Steepness float64 `yaml:"steepness" jsonschema:"default=1,exclusiveMinimum=0" jsonschema_description:"what s is multiplied by"`
}

// rateParameters are those of the leaky ReLU cell, η = exp(−step/tau).
type rateParameters struct {
	Tau       units.Time `yaml:"tau" jsonschema:"required,format=positive-time" jsonschema_description:"membrane time constant τ_m"`
	Threshold float64    `yaml:"threshold" jsonschema:"default=0" jsonschema_description:"threshold ϑ"`
}

// SpikingParameters are those of the LIF cell.
type SpikingParameters struct {
	Tau        units.Time `yaml:"tau" jsonschema:"required,format=positive-time" jsonschema_description:"membrane time constant τ_m"`
	Threshold  float64    `yaml:"threshold" jsonschema:"required,exclusiveMinimum=0" jsonschema_description:"threshold ϑ, which a spike also takes off the potential"`
	Refractory units.Time `yaml:"refractory" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"refractory period, a whole number of steps"`
}

// Parameters are those of the LIF cell with adaptive threshold, which has those
// of every model.
type Parameters struct {
	SpikingParameters `yaml:",inline"`
	TauAdaptation     units.Time `yaml:"tau-adaptation" jsonschema:"required,format=positive-time" jsonschema_description:"time constant of adaptation τ_a"`
	Beta              float64    `yaml:"beta" jsonschema:"required" jsonschema_description:"what a unit of adaptation adds to the threshold, β"`
}

// Projection connects inputs to cells, cells to cells, or cells to the readout.
type Projection struct {
	From       string     `yaml:"from" jsonschema:"required" jsonschema_description:"input, cells (every type), or the name of a type"`
	To         string     `yaml:"to" jsonschema:"required" jsonschema_description:"cells (every type), the name of a type, or readout"`
	Connection Connection `yaml:"connection" jsonschema_description:"which pairs have a synapse"`
	Weights    Weights    `yaml:"weights" jsonschema:"required" jsonschema_description:"how the weights start"`
}

// Connection says which pairs of cells have a synapse.
type Connection struct {
	Rule        string  `yaml:"rule" jsonschema:"default=all-to-all,enum=all-to-all,enum=bernoulli,enum=fixed-in-degree,enum=fixed-total,enum=local" jsonschema_description:"every pair; each pair with a probability; so many sources for each target; so many pairs of all; or near pairs on the torus"`
	Probability float64 `yaml:"probability" jsonschema:"exclusiveMinimum=0,maximum=1" when:"rule=bernoulli" jsonschema_description:"probability of a synapse"`
	InDegree    int     `yaml:"in-degree" jsonschema:"minimum=1,maximum=1000000" when:"rule=fixed-in-degree" jsonschema_description:"synapses of each target, from different sources"`
	Synapses    int     `yaml:"synapses" jsonschema:"minimum=1" when:"rule=fixed-total" jsonschema_description:"number of pairs, drawn from all"`
	Sigma       float64 `yaml:"sigma" jsonschema:"default=0.012,exclusiveMinimum=0" when:"rule=local" jsonschema_description:"reach σ: a pair at distance d has a synapse with probability 1/(1 + exp(d²/(4σ))), rows and columns of the torus running from 0 to 1, where they close"`
	Autapses    bool    `yaml:"autapses" jsonschema:"default=false" jsonschema_description:"whether a cell may have a synapse onto itself"`
}

// Weights says how the weights of a projection start. Balanced weights are
// those of Liu et al. 2022: |N(0,1)| with the presynaptic sign, inhibition
// scaled to balance excitation, the inputs of each target zero-mean, the whole
// scaled to a spectral radius.
type Weights struct {
	Distribution   string  `yaml:"distribution" jsonschema:"required,enum=normal,enum=balanced,enum=constant" jsonschema_description:"normal; balanced as in Liu et al. 2022; or all alike"`
	Mean           float64 `yaml:"mean" jsonschema:"default=0" when:"distribution=normal|constant" jsonschema_description:"mean; of constant weights, the value"`
	SD             float64 `yaml:"sd" jsonschema:"minimum=0" when:"distribution=normal" jsonschema_description:"standard deviation"`
	SpectralRadius float64 `yaml:"spectral-radius" jsonschema:"default=1,exclusiveMinimum=0" when:"distribution=balanced" jsonschema_description:"largest magnitude of an eigenvalue, before autapses are removed"`
}

// Readout is the linear layer that reads the cells: r ← κ r + c_out z,
// y = W_out r + b, κ = exp(−step/filter).
type Readout struct {
	Filter units.Time `yaml:"filter" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"time constant of the readout's filter; 0 ms is no filter"`
	Scale  string     `yaml:"scale" jsonschema:"enum=one-minus-decay,enum=one" jsonschema_description:"factor c_out on the activity: 1 − exp(−step/filter), or 1; default: the preset's"`
	Bias   bool       `yaml:"bias" jsonschema:"default=true" jsonschema_description:"whether each output learns a constant b"`
}

// Learning says how weights change.
type Learning struct {
	Rule           RuleSpec       `yaml:"rule" jsonschema:"required" jsonschema_description:"learning rule, as on the command line (modprop:weights=cell) or as a mapping (name: modprop and its options)"`
	Update         string         `yaml:"update" jsonschema:"default=batch,enum=batch,enum=trial,enum=online,enum=spikes" jsonschema_description:"after a batch, after each trial, within the trial at every interval, or at every spike that arrives at a synapse"`
	Interval       units.Time     `yaml:"interval" jsonschema:"format=positive-time" when:"update=online" jsonschema_description:"time between updates within the trial"`
	Optimiser      Optimiser      `yaml:"optimiser" jsonschema:"required" jsonschema_description:"from gradients to weight changes"`
	Schedule       Schedule       `yaml:"schedule" jsonschema_description:"the learning rate over training"`
	L1             float64        `yaml:"l1" jsonschema:"default=0,minimum=0" jsonschema_description:"at every update, weights move towards zero by rate × l1 and stop there; biases excepted"`
	L2             float64        `yaml:"l2" jsonschema:"default=0,minimum=0" jsonschema_description:"coefficient of ½ Σ w² over all weights, biases excepted"`
	Clip           float64        `yaml:"clip" jsonschema:"default=0,minimum=0" jsonschema_description:"largest norm of the whole gradient; 0 is no limit"`
	Regularisation Regularisation `yaml:"regularisation,omitempty" jsonschema_description:"pull the rates of spiking cells towards a target"`
	Rewiring       Rewiring       `yaml:"rewiring,omitempty" jsonschema_description:"let sparse projections change who is connected, their numbers of synapses held"`
	Alignment      Alignment      `yaml:"alignment,omitempty" jsonschema_description:"compare gradients with BPTT's along training"`
}

// Optimiser turns gradients into weight changes.
type Optimiser struct {
	Name        string  `yaml:"name" jsonschema:"required,enum=adam,enum=sgd" jsonschema_description:"Adam (Kingma and Ba 2015) or stochastic gradient descent"`
	Rate        float64 `yaml:"rate" jsonschema:"required,exclusiveMinimum=0" jsonschema_description:"learning rate at the start"`
	Momentum    float64 `yaml:"momentum" jsonschema:"default=0,minimum=0,exclusiveMaximum=1" when:"name=sgd" jsonschema_description:"share of the last change that is kept"`
	Beta1       float64 `yaml:"beta1" jsonschema:"default=0.9,minimum=0,exclusiveMaximum=1" when:"name=adam" jsonschema_description:"decay of the mean gradient"`
	Beta2       float64 `yaml:"beta2" jsonschema:"default=0.999,minimum=0,exclusiveMaximum=1" when:"name=adam" jsonschema_description:"decay of the mean squared gradient"`
	Epsilon     float64 `yaml:"epsilon" jsonschema:"default=1e-8,exclusiveMinimum=0" when:"name=adam" jsonschema_description:"ε, which bounds the step where gradients vanish"`
	EpsilonForm string  `yaml:"epsilon-form" jsonschema:"default=standard,enum=standard,enum=hat" when:"name=adam" jsonschema_description:"ε added after the bias correction of the second moment (standard) or before it (hat, TensorFlow's)"`
}

// Schedule changes the learning rate over iterations. Cosine falls from the
// optimiser's rate to 0 over the whole budget as half a cosine.
type Schedule struct {
	Name   string  `yaml:"name" jsonschema:"default=constant,enum=constant,enum=step,enum=cosine" jsonschema_description:"constant; step: times factor every so many iterations; cosine: half a cosine down to 0 at the end"`
	Factor float64 `yaml:"factor" jsonschema:"exclusiveMinimum=0,maximum=1" when:"name=step" jsonschema_description:"what the rate is multiplied by"`
	Every  int     `yaml:"every" jsonschema:"minimum=1" when:"name=step" jsonschema_description:"iterations between the changes"`
}

// Regularisation adds coefficient/2 · Σ_p (f_p − rate)² to the loss, f_p and rate
// in spikes per step: the mean over trials of that of each trial, or that of the
// batch's mean rates, or of a running average over the trials before.
type Regularisation struct {
	Rate         units.Quantity `yaml:"rate" jsonschema:"required,format=positive-frequency" jsonschema_description:"the rate that cells should have"`
	Coefficient  float64        `yaml:"coefficient" jsonschema:"required,exclusiveMinimum=0" jsonschema_description:"strength; E = coefficient/2 · Σ over cells (f − rate)², both in spikes per step"`
	Per          string         `yaml:"per" jsonschema:"default=trial,enum=trial,enum=batch,enum=running" jsonschema_description:"whether f is a cell's rate in each trial, in the whole batch, or a running average over the trials before"`
	TimeConstant units.Time     `yaml:"time-constant" jsonschema:"format=positive-time" when:"per=running" jsonschema_description:"how much time of trials, one after another, the running average spans"`
}

// Rewiring takes sparse projections apart and together while they learn
// (learning.DeepR).
type Rewiring struct {
	Name        string  `yaml:"name" jsonschema:"required,enum=deep-r" jsonschema_description:"deep-r: a synapse whose weight crosses zero is replaced by another between cells drawn at random (Bellec et al. 2018)"`
	L1          float64 `yaml:"l1" jsonschema:"default=0,minimum=0" jsonschema_description:"coefficient of Σ of the magnitudes of the weights that are rewired, which every update shrinks by rate · l1"`
	Temperature float64 `yaml:"temperature" jsonschema:"default=0,minimum=0" jsonschema_description:"every update adds noise of the standard deviation √(2 · rate · temperature) to the weights that are rewired"`
}

// Alignment asks for the cosine with exact gradients along training.
type Alignment struct {
	Every int        `yaml:"every" jsonschema:"required,minimum=1" jsonschema_description:"iterations between the comparisons"`
	Rules []RuleSpec `yaml:"rules,omitempty" jsonschema_description:"rules to compare; default: the one that trains"`
}

// Training is the budget.
type Training struct {
	Trials     string     `yaml:"trials" jsonschema:"default=separate,enum=separate,enum=continuous" jsonschema_description:"separate: every trial begins at rest; continuous: each goes on where the one before ended, without end, and synapses are kept in rows, not matrices, for networks of many thousand cells"`
	Batch      int        `yaml:"batch" jsonschema:"default=32,minimum=1,maximum=1000000" when:"trials=separate" jsonschema_description:"trials per iteration"`
	Iterations int        `yaml:"iterations" jsonschema:"required,minimum=1" jsonschema_description:"batches; with trials: continuous, trials"`
	Validation Validation `yaml:"validation" when:"trials=separate,optional" jsonschema_description:"loss and accuracy on fresh trials"`
	Checkpoint int        `yaml:"checkpoint" jsonschema:"default=100,minimum=1" jsonschema_description:"iterations between checkpoints"`
	Solved     float64    `yaml:"solved" jsonschema:"default=0,minimum=0" jsonschema_description:"a run whose final loss is below this counts as solved; 0 is no such line"`
}

// Validation measures loss and accuracy on fresh trials.
type Validation struct {
	Every int `yaml:"every" jsonschema:"default=20,minimum=1" jsonschema_description:"iterations between validations"`
	Batch int `yaml:"batch" jsonschema:"default=32,minimum=1,maximum=1000000" jsonschema_description:"trials per validation"`
}

// Expectation is a band a metric of the run should fall into, with its source.
type Expectation struct {
	Metric string  `yaml:"metric" jsonschema:"required,enum=final-loss,enum=final-accuracy,enum=solved" jsonschema_description:"validation loss or accuracy at the end (with trials: continuous, that of the last trial), or the fraction of seeds that solved the task"`
	From   float64 `yaml:"from" jsonschema:"required" jsonschema_description:"lowest value"`
	To     float64 `yaml:"to" jsonschema:"required" jsonschema_description:"highest value"`
	Source string  `yaml:"source" jsonschema:"required,minLength=1" jsonschema_description:"where the band comes from"`
}
