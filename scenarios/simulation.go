package scenarios

import (
	"paracrine/internal/units"
)

// Simulation is a network of spiking cells that runs, and what is expected of
// it: what a scenario file with the key simulation holds, key for key. Like
// those of [Scenario], its tags define the format.
type Simulation struct {
	Name        string          `yaml:"name" jsonschema:"required,format=name" jsonschema_description:"short name; result folders carry it"`
	Title       string          `yaml:"title" jsonschema:"required,minLength=1" jsonschema_description:"one line that says what is simulated"`
	Description string          `yaml:"description,omitempty" jsonschema_description:"what to expect and why"`
	Source      string          `yaml:"source,omitempty" jsonschema_description:"paper or data the scenario reproduces"`
	Seed        uint64          `yaml:"seed" jsonschema:"default=1" jsonschema_description:"all randomness comes from it: the same seed gives the same run to the bit"`
	Network     SpikingNetwork  `yaml:"network" jsonschema:"required" jsonschema_description:"cells, what drives and what connects them"`
	Modulators  []ModulatorSpec `yaml:"modulators,omitempty" jsonschema_description:"substances that cells release, and that cells and plasticity hear"`
	Run         Run             `yaml:"simulation" jsonschema:"required" jsonschema_description:"how long, and when to stop; the key by which a file is a simulation"`
	Record      []Recorder      `yaml:"record,omitempty" jsonschema_description:"what is written down; without it, all spikes to csv"`
	Expect      []Band          `yaml:"expect,omitempty" jsonschema_description:"bands the results should fall into"`

	origin *document // the file, for errors that are found later
}

// SpikingNetwork says which cells there are, what drives and what connects them.
type SpikingNetwork struct {
	Resolution  units.Time          `yaml:"resolution" jsonschema:"default=0.1 ms,format=positive-time" jsonschema_description:"step of grid cells, and of the delays onto them"`
	Timing      string              `yaml:"timing" jsonschema:"default=grid,enum=grid,enum=exact" jsonschema_description:"whether cells advance in steps or from event to event, spikes at their true times; a cell type may differ"`
	Cells       []CellGroup         `yaml:"cells" jsonschema:"required,minItems=1" jsonschema_description:"cell types; cells are numbered type by type"`
	Inputs      []InputSpec         `yaml:"inputs,omitempty" jsonschema_description:"what each cell receives for itself, without synapses"`
	Projections []SpikingProjection `yaml:"projections,omitempty" jsonschema_description:"synapses"`
}

// CellGroup is cells of one model. The schema of Parameters and Initial is made
// from the model's declaration in the package neuron.
type CellGroup struct {
	Name       string           `yaml:"name" jsonschema:"required,format=name" jsonschema_description:"what projections and reports call the type"`
	Count      int              `yaml:"count" jsonschema:"required,minimum=1,maximum=100000000" jsonschema_description:"number of cells"`
	Model      string           `yaml:"model" jsonschema:"required" jsonschema_description:"cell model, as paracrine list documents it"`
	Timing     string           `yaml:"timing,omitempty" jsonschema:"enum=grid,enum=exact" jsonschema_description:"grid or exact; default: the network's"`
	Parameters map[string]Value `yaml:"parameters" jsonschema_description:"constants of the model"`
	Initial    map[string]Value `yaml:"initial,omitempty" jsonschema_description:"where variables start; default: where the model says"`
	Positions  *Positions       `yaml:"positions,omitempty" jsonschema_description:"where the cells are, for distance-dependent connections and modulators on a lattice"`
	Times      *SpikeTimes      `yaml:"times,omitempty" jsonschema_description:"when the cells of the model spikes fire"`
}

// Positions says where cells are, in two dimensions or three.
type Positions struct {
	Layout  string           `yaml:"layout" jsonschema:"required,enum=lattice,enum=uniform,enum=layers,enum=file" jsonschema_description:"points of a lattice; independent and uniform; the same layer by layer; or from a CSV file"`
	Shape   []int            `yaml:"shape" jsonschema:"minItems=2,maxItems=3" when:"layout=lattice" jsonschema_description:"points along x, y and, in three dimensions, z: a cell each, along x first"`
	Spacing units.Quantity   `yaml:"spacing" jsonschema:"format=positive-length" when:"layout=lattice" jsonschema_description:"distance of neighbours; the middle of the lattice is at the origin"`
	Extent  []units.Quantity `yaml:"extent" jsonschema:"minItems=2,maxItems=3,format=positive-length" when:"layout=uniform" jsonschema_description:"width, height and, in three dimensions, depth; the middle is at the origin"`
	Layers  []Layer          `yaml:"layers" jsonschema:"minItems=1" when:"layout=layers" jsonschema_description:"layers, in the order of the cells"`
	File    string           `yaml:"file" jsonschema:"minLength=1" when:"layout=file" jsonschema_description:"CSV file beside the scenario with the columns x, y and, in three dimensions, z, in µm: a line a cell"`
}

// Layer is cells at independent, uniform positions around a depth.
type Layer struct {
	Cells  int              `yaml:"cells" jsonschema:"required,minimum=1" jsonschema_description:"number of cells"`
	Depth  units.Quantity   `yaml:"depth" jsonschema:"required,format=length" jsonschema_description:"z of the layer's middle"`
	Extent []units.Quantity `yaml:"extent" jsonschema:"required,minItems=2,maxItems=3,format=positive-length" jsonschema_description:"width, height and thickness; in x and y the middle is at the origin"`
}

// SpikeTimes are the times at which sources fire: a list that all cells share,
// a list for each, or a file.
type SpikeTimes struct {
	All  []units.Time   // of every cell
	Each [][]units.Time // cell by cell
	File string         // CSV with the columns cell and time_ms
}

// InputSpec is what every cell of some types receives for itself.
type InputSpec struct {
	Name         string         `yaml:"name,omitempty" jsonschema:"format=name" jsonschema_description:"what reports and --set call it; also names its random numbers"`
	To           CellTypes      `yaml:"to" jsonschema:"required" jsonschema_description:"a cell type, a list of them, or cells for all"`
	Kind         string         `yaml:"kind" jsonschema:"required,enum=poisson,enum=constant,enum=step,enum=sine,enum=noise" jsonschema_description:"independent Poisson spikes, or a current: constant, in steps, sinusoidal, white noise held for an interval"`
	Rate         units.Quantity `yaml:"rate" jsonschema:"format=non-negative-frequency" when:"kind=poisson" jsonschema_description:"mean rate at which spikes reach a cell"`
	Weight       units.Quantity `yaml:"weight" when:"kind=poisson" jsonschema_description:"weight of a spike, in the unit of the channel"`
	Channel      string         `yaml:"channel,omitempty" jsonschema:"minLength=1" jsonschema_description:"input of the model; default: the first that takes what this is"`
	Amplitude    units.Quantity `yaml:"amplitude" when:"kind=constant|sine" jsonschema_description:"current, in the unit of the channel; of a sine, its peak above the mean"`
	Steps        []CurrentStep  `yaml:"steps" jsonschema:"minItems=1" when:"kind=step" jsonschema_description:"the current from certain times on, 0 before the first"`
	Frequency    units.Quantity `yaml:"frequency" jsonschema:"format=positive-frequency" when:"kind=sine" jsonschema_description:"periods per second"`
	Phase        float64        `yaml:"phase" jsonschema:"default=0" when:"kind=sine" jsonschema_description:"phase at time 0, in degrees"`
	Mean         units.Quantity `yaml:"mean,omitempty" when:"kind=sine|noise,optional" jsonschema_description:"mean current; default: none"`
	SD           units.Quantity `yaml:"sd" when:"kind=noise" jsonschema_description:"standard deviation of the current"`
	Distribution string         `yaml:"distribution" jsonschema:"default=gaussian,enum=gaussian,enum=uniform" when:"kind=noise" jsonschema_description:"distribution of each draw; uniform is between ±√3 sd about the mean"`
	Interval     units.Time     `yaml:"interval" jsonschema:"format=positive-time" when:"kind=noise" jsonschema_description:"how long each draw holds"`
}

// CurrentStep is a current from a time on.
type CurrentStep struct {
	At        units.Time     `yaml:"at" jsonschema:"required,format=non-negative-time" jsonschema_description:"when the current changes"`
	Amplitude units.Quantity `yaml:"amplitude" jsonschema:"required" jsonschema_description:"the current, in the unit of the channel, from then on"`
}

// SpikingProjection is synapses from some cells onto some.
type SpikingProjection struct {
	Name       string            `yaml:"name,omitempty" jsonschema:"format=name" jsonschema_description:"what recorders, reports and --set call it"`
	From       CellTypes         `yaml:"from" jsonschema:"required" jsonschema_description:"a cell type, a list of neighbouring ones, or cells for all"`
	To         CellTypes         `yaml:"to" jsonschema:"required" jsonschema_description:"a cell type, a list of neighbouring ones, or cells for all"`
	Connection SpikingConnection `yaml:"connection" jsonschema_description:"which pairs have a synapse"`
	Weight     Value             `yaml:"weight,omitempty" jsonschema_description:"weight, or the distribution it is drawn from, in the unit of the channel"`
	Delay      Value             `yaml:"delay,omitempty" jsonschema:"format=positive-time" jsonschema_description:"delay from spike to arrival, or the distribution it is drawn from"`
	Channel    string            `yaml:"channel,omitempty" jsonschema:"minLength=1" jsonschema_description:"input of the target model; default: chosen by the sign of the weight"`
	Plasticity Plasticity        `yaml:"plasticity" jsonschema_description:"how weights change with spikes"`
}

// SpikingConnection says which pairs of cells have a synapse.
type SpikingConnection struct {
	Rule        string           `yaml:"rule" jsonschema:"default=all-to-all,enum=all-to-all,enum=one-to-one,enum=fixed-in-degree,enum=fixed-out-degree,enum=fixed-total,enum=bernoulli,enum=distance,enum=list" jsonschema_description:"every pair; the cells with the same number; so many for each target; for each source; or in all; each pair with a probability; with one that falls with distance; or those in a file"`
	InDegree    int              `yaml:"in-degree" jsonschema:"minimum=1" when:"rule=fixed-in-degree" jsonschema_description:"synapses of each target"`
	OutDegree   int              `yaml:"out-degree" jsonschema:"minimum=1" when:"rule=fixed-out-degree" jsonschema_description:"synapses of each source"`
	Synapses    int              `yaml:"synapses" jsonschema:"minimum=1" when:"rule=fixed-total" jsonschema_description:"synapses in all"`
	Probability float64          `yaml:"probability" jsonschema:"exclusiveMinimum=0,maximum=1" when:"rule=bernoulli|distance" jsonschema_description:"probability of a synapse; with distance, that at distance 0"`
	Profile     string           `yaml:"profile" jsonschema:"default=gaussian,enum=gaussian,enum=exponential,enum=box" when:"rule=distance" jsonschema_description:"how probability falls with distance: exp(−d²/2λ²), exp(−d/λ), or 1 up to λ"`
	Length      units.Quantity   `yaml:"length" jsonschema:"format=positive-length" when:"rule=distance" jsonschema_description:"length constant λ"`
	Period      []units.Quantity `yaml:"period,omitempty" jsonschema:"minItems=2,maxItems=3,format=non-negative-length" when:"rule=distance,optional" jsonschema_description:"makes axes rings: after so much a cell is where it was; 0 µm is no ring"`
	File        string           `yaml:"file" jsonschema:"minLength=1" when:"rule=list" jsonschema_description:"CSV file beside the scenario with the columns source, target and, if they differ, weight (in the unit of the channel) and delay (in ms): a line a synapse, cells numbered from 0 at each end"`
	Autapses    bool             `yaml:"autapses" jsonschema:"default=false" when:"rule=all-to-all|one-to-one|fixed-in-degree|fixed-out-degree|fixed-total|bernoulli|distance" jsonschema_description:"whether a cell may have a synapse onto itself"`
	Multapses   bool             `yaml:"multapses" jsonschema:"default=false" when:"rule=fixed-in-degree|fixed-out-degree|fixed-total" jsonschema_description:"whether a pair may have several synapses"`
}

// ModulatorSpec is a substance: what releases it, how it spreads and is cleared, and
// who hears it.
type ModulatorSpec struct {
	Name      string         `yaml:"name" jsonschema:"required,format=name" jsonschema_description:"what plasticity, recorders and reports call it"`
	Unit      string         `yaml:"unit,omitempty" jsonschema:"enum=pM,enum=nM,enum=µM" jsonschema_description:"what quanta and concentrations are counted in, for reports, where there is neither a volume nor a receptor; default: none"`
	Clearance units.Time     `yaml:"clearance,omitempty" jsonschema:"format=positive-time" jsonschema_description:"time constant τ_c with which its concentration decays; default: it does not"`
	Uptake    *UptakeSpec    `yaml:"uptake,omitempty" jsonschema_description:"removal that saturates, in place of clearance"`
	Diffusion units.Quantity `yaml:"diffusion,omitempty" jsonschema:"format=non-negative-diffusion" jsonschema_description:"effective diffusion coefficient D in the tissue, on a lattice; default: none"`
	Field     FieldSpec      `yaml:"field" jsonschema_description:"where it spreads"`
	Release   []ReleaseSpec  `yaml:"release" jsonschema:"required,minItems=1" jsonschema_description:"what has it released"`
	Receptors []ReceptorSpec `yaml:"receptors,omitempty" jsonschema_description:"who hears it, and what that changes"`
	Sampling  units.Time     `yaml:"sampling" jsonschema:"default=10 ms,format=positive-time" jsonschema_description:"how often receptors sample the concentration, and plasticity in a field of points; what they hear holds in between"`
}

// UptakeSpec is removal by transporters that saturate.
type UptakeSpec struct {
	Max  units.Quantity `yaml:"max" jsonschema:"required,format=positive-concentration-per-time" jsonschema_description:"maximal rate V_max"`
	Half units.Quantity `yaml:"half" jsonschema:"required,format=positive-concentration" jsonschema_description:"concentration K_m at which it is half of that"`
}

// FieldSpec is where a modulator spreads.
type FieldSpec struct {
	Kind     string           `yaml:"kind" jsonschema:"default=mixed,enum=mixed,enum=lattice,enum=kernel" jsonschema_description:"one well-stirred volume that all hear; points of a lattice between which it diffuses; or points of a plane of rings that share out what they hold step by step"`
	Volume   units.Quantity   `yaml:"volume,omitempty" jsonschema:"format=positive-volume" when:"kind=mixed,optional" jsonschema_description:"volume that it can enter; without it, a quantum is by how much a release raises the concentration"`
	Shape    []int            `yaml:"shape" jsonschema:"minItems=1,maxItems=3,minimum=1,maximum=1024" when:"kind=lattice|kernel" jsonschema_description:"points along x, y and z, as many numbers as there are axes: two with kind: kernel"`
	Spacing  units.Quantity   `yaml:"spacing" jsonschema:"format=positive-length" when:"kind=lattice|kernel" jsonschema_description:"distance of neighbours h"`
	Origin   []units.Quantity `yaml:"origin,omitempty" jsonschema:"minItems=1,maxItems=3,format=length" when:"kind=lattice|kernel,optional" jsonschema_description:"where the first point is, a number per axis; default: the middle of the lattice is at the origin"`
	Depth    units.Quantity   `yaml:"depth,omitempty" jsonschema:"format=positive-length" when:"kind=lattice|kernel,optional" jsonschema_description:"how deep a voxel is along axes that the lattice does not have; default: the spacing"`
	Fraction float64          `yaml:"fraction" jsonschema:"default=1,exclusiveMinimum=0,maximum=1" when:"kind=lattice|kernel" jsonschema_description:"part α of a voxel that the modulator can enter"`
	Boundary Boundaries       `yaml:"boundary,omitempty" when:"kind=lattice,optional" jsonschema_description:"what happens at the ends of each axis, or one for all: no-flux lets nothing through, periodic makes the axis a ring, absorbing keeps the concentration at 0 beyond; default: no-flux"`
	K        float64          `yaml:"k" jsonschema:"minimum=0,maximum=1" when:"kind=kernel" jsonschema_description:"part of everything that a step leaves; the rest is cleared"`
	Radius   int              `yaml:"radius" jsonschema:"default=1,minimum=0" when:"kind=kernel" jsonschema_description:"points r along either axis that share in what a point holds, in equal parts"`
	Step     units.Time       `yaml:"step,omitempty" jsonschema:"format=positive-time" when:"kind=lattice|kernel,optional" jsonschema_description:"with kind: kernel, the step; on a lattice, that by which uptake that saturates is split from diffusion, at most K_m/(4 V_max)"`
}

// Boundaries are what happens at the ends of axes, one for each or one for all.
type Boundaries []string

// ReleaseSpec is what has a modulator released.
type ReleaseSpec struct {
	On          string     `yaml:"on" jsonschema:"default=spikes,enum=spikes,enum=bursts,enum=pairs" jsonschema_description:"every spike of some cells; bursts of them, from dense-core vesicles; or pairs of spikes: every postsynaptic spike soon after a presynaptic one of the same synapse, as a reward is given"`
	From        CellTypes  `yaml:"from" when:"on=spikes|bursts" jsonschema_description:"a cell type, a list of them, or cells for all"`
	Projection  string     `yaml:"projection" jsonschema:"minLength=1" when:"on=pairs" jsonschema_description:"the projection whose synapses are watched; on a lattice its target cells release"`
	Within      units.Time `yaml:"within" jsonschema:"default=10 ms,format=positive-time" when:"on=pairs" jsonschema_description:"longest time from the last presynaptic spike to the postsynaptic one"`
	Probability float64    `yaml:"probability" jsonschema:"default=1,exclusiveMinimum=0,maximum=1" when:"on=spikes" jsonschema_description:"probability p of a release at a spike"`
	Jump        float64    `yaml:"jump" jsonschema:"default=1,exclusiveMinimum=0" when:"on=bursts" jsonschema_description:"J, by which calcium jumps at a spike"`
	Calcium     units.Time `yaml:"calcium" jsonschema:"format=positive-time" when:"on=bursts" jsonschema_description:"time constant τ_Ca with which calcium decays"`
	Threshold   float64    `yaml:"threshold" jsonschema:"exclusiveMinimum=0" when:"on=bursts" jsonschema_description:"calcium θ from which a spike releases a vesicle, above the jump"`
	Pool        float64    `yaml:"pool" jsonschema:"minimum=1" when:"on=bursts" jsonschema_description:"vesicles P of a cell that can be released"`
	Refill      units.Time `yaml:"refill" jsonschema:"format=positive-time" when:"on=bursts" jsonschema_description:"time constant τ_r with which they refill"`
	Quantum     float64    `yaml:"quantum" jsonschema:"required,exclusiveMinimum=0,maximum=1e15" jsonschema_description:"molecules q of a release; in a volume that is not given, by how much it raises the concentration, in the unit that baseline, potentiation and depression of the plasticity count in, nM for receptors"`
	Delay       Value      `yaml:"delay,omitempty" jsonschema:"format=non-negative-time" jsonschema_description:"time from the spike to the release, or the distribution it is drawn from; default: 0 ms"`
}

// ReceptorSpec is cells that hear a modulator.
type ReceptorSpec struct {
	On      CellTypes      `yaml:"on" jsonschema:"required" jsonschema_description:"a cell type, a list of them, or cells for all"`
	Density float64        `yaml:"density" jsonschema:"default=1,exclusiveMinimum=0" jsonschema_description:"receptors ρ of a cell, relative: at 1 the occupancy is the part that is occupied"`
	EC50    units.Quantity `yaml:"ec50" jsonschema:"required,format=positive-concentration" jsonschema_description:"concentration at which half of them are occupied"`
	Hill    float64        `yaml:"hill" jsonschema:"default=1,exclusiveMinimum=0" jsonschema_description:"Hill coefficient n"`
	Rise    units.Time     `yaml:"rise" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"time constant τ_r with which the second messenger rises"`
	Decay   units.Time     `yaml:"decay" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"time constant τ_d with which it decays"`
	Effect  EffectSpec     `yaml:"effect" jsonschema:"required" jsonschema_description:"what the second messenger changes"`
}

// EffectSpec is what a second messenger changes in a cell.
type EffectSpec struct {
	Kind    string         `yaml:"kind" jsonschema:"required,enum=threshold,enum=current,enum=gain" jsonschema_description:"shift the spike threshold; add to a constant current; or multiply what synapses bring by 1 + size m"`
	Size    units.Quantity `yaml:"size" jsonschema:"required,title=mV with kind: threshold; the unit of the current\\, as pA\\, with kind: current; a number with kind: gain" jsonschema_description:"by how much at a messenger m of 1"`
	Channel string         `yaml:"channel,omitempty" jsonschema:"minLength=1" when:"kind=current,optional" jsonschema_description:"current of the model; default: the first"`
}

// Plasticity is how the weights of a projection change with spikes.
type Plasticity struct {
	Kind         string         `yaml:"kind" jsonschema:"default=none,enum=none,enum=tsodyks-markram,enum=stdp,enum=dopamine-stdp" jsonschema_description:"none; short-term depression and facilitation (Tsodyks, Uziel & Markram 2000); pair-based spike-timing-dependent plasticity (Song et al. 2000; Gütig et al. 2003); or that gated by a modulator (Izhikevich 2007)"`
	Utilisation  float64        `yaml:"utilisation" jsonschema:"default=0.5,exclusiveMinimum=0,maximum=1" when:"kind=tsodyks-markram" jsonschema_description:"U, the share of resources a spike uses"`
	Recovery     units.Time     `yaml:"recovery" jsonschema:"default=800 ms,format=positive-time" when:"kind=tsodyks-markram" jsonschema_description:"time constant of recovery τ_rec"`
	Facilitation units.Time     `yaml:"facilitation" jsonschema:"default=0 ms,format=non-negative-time" when:"kind=tsodyks-markram" jsonschema_description:"time constant of facilitation τ_f; 0 ms is none"`
	Rate         float64        `yaml:"rate" jsonschema:"default=0.01,minimum=0" when:"kind=stdp" jsonschema_description:"learning rate λ"`
	Asymmetry    float64        `yaml:"asymmetry" jsonschema:"default=1,minimum=0" when:"kind=stdp" jsonschema_description:"depression relative to potentiation α"`
	TauPlus      units.Time     `yaml:"tau-plus" jsonschema:"default=20 ms,format=positive-time" when:"kind=stdp|dopamine-stdp" jsonschema_description:"window of potentiation τ₊"`
	TauMinus     units.Time     `yaml:"tau-minus" jsonschema:"default=20 ms,format=positive-time" when:"kind=stdp|dopamine-stdp" jsonschema_description:"window of depression τ₋"`
	MuPlus       float64        `yaml:"mu-plus" jsonschema:"default=0,minimum=0,maximum=1" when:"kind=stdp" jsonschema_description:"exponent of potentiation μ₊: 0 additive, 1 multiplicative"`
	MuMinus      float64        `yaml:"mu-minus" jsonschema:"default=0,minimum=0,maximum=1" when:"kind=stdp" jsonschema_description:"exponent of depression μ₋: 0 additive, 1 multiplicative"`
	Modulator    string         `yaml:"modulator" jsonschema:"minLength=1" when:"kind=dopamine-stdp" jsonschema_description:"the modulator whose concentration n gates: at once in one volume; sampled where the target is in a field of points, in nM"`
	Potentiation float64        `yaml:"potentiation" jsonschema:"minimum=0" when:"kind=dopamine-stdp" jsonschema_description:"A₊, how fast the weight grows after a pair at no interval, per ms and unit of concentration"`
	Depression   float64        `yaml:"depression" jsonschema:"minimum=0" when:"kind=dopamine-stdp" jsonschema_description:"A₋, how fast it falls after a pair the other way round, the same"`
	Eligibility  units.Time     `yaml:"eligibility" jsonschema:"default=1000 ms,format=positive-time" when:"kind=dopamine-stdp" jsonschema_description:"time constant τ_c with which the trace of a pair decays"`
	Baseline     float64        `yaml:"baseline" jsonschema:"default=0" when:"kind=dopamine-stdp" jsonschema_description:"b, the concentration at which nothing is learned; below 0 some is without any"`
	MinWeight    units.Quantity `yaml:"min-weight,omitempty" when:"kind=dopamine-stdp,optional" jsonschema_description:"smallest weight w_min, in the unit of the channel; default: 0"`
	MaxWeight    units.Quantity `yaml:"max-weight" when:"kind=stdp|dopamine-stdp" jsonschema_description:"largest weight w_max, in the unit of the channel; weights stay between the smallest, with kind: stdp 0, and it"`
}

// Run says how long a simulation lasts and when it stops before.
type Run struct {
	Duration   units.Time     `yaml:"duration" jsonschema:"required,format=positive-time" jsonschema_description:"simulated time, warm-up included"`
	WarmUp     units.Time     `yaml:"warm-up" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"time at the beginning that statistics leave out"`
	Checkpoint units.Time     `yaml:"checkpoint" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"simulated time between checkpoints; 0 ms is none but at an interrupt"`
	Window     units.Time     `yaml:"window" jsonschema:"default=0 ms,format=non-negative-time" jsonschema_description:"how far cells advance before they exchange spikes, at most the smallest delay; 0 ms is the smallest delay; results do not depend on it"`
	Runaway    units.Quantity `yaml:"runaway" jsonschema:"default=1 kHz,format=positive-frequency" jsonschema_description:"a cell type whose mean rate over 50 ms exceeds this stops the run"`
}

// Recorder writes something down.
type Recorder struct {
	What     string      `yaml:"what" jsonschema:"required,enum=spikes,enum=rates,enum=variable,enum=weights,enum=mean-weight,enum=concentration,enum=field,enum=occupancy,enum=releases" jsonschema_description:"spikes; population rates; a state variable; weights, or their mean over a projection; or of a modulator: its concentration, at cells or the mean over its field; its field, point by point; the occupancy of its receptors; what was released"`
	Of       CellTypes   `yaml:"of" jsonschema:"required" jsonschema_description:"a cell type, a list of them, or cells for all; of weights, the name of a projection; of a modulator, its name"`
	At       CellTypes   `yaml:"at,omitempty" when:"what=concentration|occupancy,optional" jsonschema_description:"cell types at whose cells a concentration is read, or whose receptors are"`
	Plane    string      `yaml:"plane" jsonschema:"default=xy,enum=xy,enum=xz,enum=yz" when:"what=field" jsonschema_description:"plane that a lattice of three axes is shown in"`
	Through  string      `yaml:"through" jsonschema:"default=maximum,enum=maximum,enum=mean,enum=middle" when:"what=field" jsonschema_description:"how: the largest concentration along the third axis, the mean, or its middle point"`
	Variable string      `yaml:"variable" jsonschema:"minLength=1" when:"what=variable" jsonschema_description:"variable of the model"`
	Cells    *CellChoice `yaml:"cells,omitempty" when:"what=spikes|variable|concentration|occupancy,optional" jsonschema_description:"how many of each type, from its first, or a list of their numbers; default: all"`
	Every    units.Time  `yaml:"every" jsonschema:"default=1 ms,format=positive-time" when:"what=rates|variable|weights|mean-weight|concentration|field|occupancy" jsonschema_description:"interval between samples, or width of a bin"`
	To       string      `yaml:"to" jsonschema:"default=csv,enum=csv,enum=parquet,enum=memory" jsonschema_description:"format of the file; memory is for the report alone"`
}

// Band is where a metric of a simulation should lie, with its source.
type Band struct {
	Metric string         `yaml:"metric" jsonschema:"required,enum=mean-rate,enum=cv,enum=synchrony,enum=spikes,enum=mean-weight,enum=concentration,enum=released,enum=occupancy" jsonschema_description:"after the warm-up: mean rate of a cell; mean coefficient of variation of the intervals between its spikes; variance over mean of the population's spike count in bins of 1 ms, 1 if cells are independent; or number of spikes; or, at the end, the mean weight of a projection, the mean concentration of a modulator over its field, how much of it was released, or the mean occupancy of its receptors"`
	Of     CellTypes      `yaml:"of" jsonschema:"required" jsonschema_description:"a cell type, a list of them taken together, or cells for all; of a mean weight, the name of a projection; of a modulator, its name"`
	From   units.Quantity `yaml:"from" jsonschema:"required" jsonschema_description:"lowest value; rates, weights and concentrations with their unit"`
	To     units.Quantity `yaml:"to" jsonschema:"required" jsonschema_description:"highest value; rates, weights and concentrations with their unit"`
	Source string         `yaml:"source" jsonschema:"required,minLength=1" jsonschema_description:"where the band comes from"`
}

// CellTypes names cell types: one, several, or cells for all.
type CellTypes []string

// CellChoice is some cells of a type: the First so many, or those of a List.
type CellChoice struct {
	First int
	List  []int
}
