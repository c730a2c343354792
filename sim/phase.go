package sim

import "fmt"

// Phase orders events that share one instant. Whatever is delivered at an
// instant acts on the state before that state advances, emission reads the
// advanced state, substances see what was emitted, learning sees the
// substances, recorders see all of it, and only then do changes of the network
// (weight updates, new trials) take effect.
type Phase uint8

// The phases of one instant, in their order.
const (
	Deliver  Phase = iota // inputs and spikes arrive
	Advance               // populations advance their state
	Emit                  // spikes and outputs leave
	Modulate              // ligands are released, spread and bind
	Learn                 // traces, learning signals and gradients
	Record                // recorders sample
	Act                   // changes take effect: weight updates, ends of trials

	phaseCount = int(Act) + 1
)

var phaseNames = [phaseCount]string{"deliver", "advance", "emit", "modulate", "learn", "record", "act"}

// String returns the phase's name in lower case.
func (p Phase) String() string {
	if int(p) < phaseCount {
		return phaseNames[p]
	}
	return fmt.Sprintf("phase(%d)", uint8(p))
}
