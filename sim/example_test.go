package sim_test

import (
	"fmt"

	"paracrine/sim"
)

// A population steps every millisecond; an input arrives between two steps and
// makes it emit something at the instant of the next.
func ExampleAgenda() {
	agenda, err := sim.NewAgenda(sim.Millisecond)
	if err != nil {
		fmt.Println(err)
		return
	}
	input := 0
	advance := func(now sim.Time) error {
		fmt.Println(now, "advance with input", input)
		if input == 0 {
			return nil
		}
		_, err := agenda.At(now, sim.Emit, sim.ActionFunc(func(now sim.Time) error {
			fmt.Println(now, "emit")
			return nil
		}))
		return err
	}
	deliver := func(now sim.Time) error {
		fmt.Println(now, "deliver")
		input++
		return nil
	}
	if _, err := agenda.Every(0, sim.Millisecond, sim.Advance, sim.ActionFunc(advance)); err != nil {
		fmt.Println(err)
	}
	if _, err := agenda.At(1500*sim.Microsecond, sim.Deliver, sim.ActionFunc(deliver)); err != nil {
		fmt.Println(err)
	}
	if err := agenda.Run(3 * sim.Millisecond); err != nil {
		fmt.Println(err)
	}
	// Output:
	// 0 s advance with input 0
	// 1 ms advance with input 0
	// 1.5 ms deliver
	// 2 ms advance with input 1
	// 2 ms emit
}

// Streams do not depend on each other: cell 17 gets its numbers whether or not
// any other cell exists.
func ExampleStream() {
	noise := sim.NewStream(1, "input noise", 17)
	first := noise.Normal()
	position := noise.State()
	second := noise.Normal()

	again := sim.NewStream(1, "input noise", 17)
	fmt.Println(again.Normal() == first)
	again.SetState(position)
	fmt.Println(again.Normal() == second)
	// Output:
	// true
	// true
}
