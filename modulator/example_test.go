package modulator_test

import (
	"fmt"

	"paracrine/modulator"
	"paracrine/sim"
)

// A cell in the middle of a sheet secretes a peptide when it bursts. Cells 50
// and 100 µm away hear it seconds later.
func Example() {
	sheet := modulator.Space{Shape: [3]int{41, 41, 1}, Spacing: 10, Depth: 50, Fraction: 0.2}
	field, err := modulator.NewLattice(modulator.Ligand{Name: "somatostatin", Diffusion: 0.1, Clearance: 20_000}, sheet)
	if err != nil {
		fmt.Println(err)
		return
	}
	sites := make([]int, 3)
	for i, x := range []float64{200, 250, 300} {
		if sites[i], err = field.Site([3]float64{x, 200, 0}); err != nil {
			fmt.Println(err)
			return
		}
	}
	vesicles, err := modulator.NewDenseCoreRelease(modulator.DenseCore{
		Jump: 1, Calcium: 50, Threshold: 3, Pool: 20, Refill: 60_000, Quantum: 20_000,
	}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	for spike := range sim.Time(10) {
		now := spike * 5 * sim.Millisecond
		molecules := vesicles.Spike(0, now)
		if err := field.Release(now, sites[0], molecules); err != nil {
			fmt.Println(err)
			return
		}
		fmt.Print(molecules/1000, " ")
	}
	fmt.Println("thousand molecules")

	listeners, err := modulator.NewReception(field, sites[1:],
		modulator.Receptor{HalfMaximal: 10, Hill: 1, Density: 1, Rise: 100, Decay: 1000})
	if err != nil {
		fmt.Println(err)
		return
	}
	for now := 100 * sim.Millisecond; now <= 20*sim.Second; now += 100 * sim.Millisecond {
		if err := listeners.Sample(now); err != nil {
			fmt.Println(err)
			return
		}
		if messenger := listeners.Receptors().Messenger(); now%(5*sim.Second) == 0 {
			fmt.Printf("%v: %.3f of the receptors at 50 µm, %.3f at 100 µm\n", now, messenger[0], messenger[1])
		}
	}
	account, err := field.Balance(20 * sim.Second)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("of %.0f molecules %.0f are left\n", account.Released, account.Present)
	// Output:
	// 0 0 0 20 20 20 20 20 20 20 thousand molecules
	// 5 s: 0.067 of the receptors at 50 µm, 0.001 at 100 µm
	// 10 s: 0.062 of the receptors at 50 µm, 0.008 at 100 µm
	// 15 s: 0.041 of the receptors at 50 µm, 0.011 at 100 µm
	// 20 s: 0.027 of the receptors at 50 µm, 0.010 at 100 µm
	// of 140000 molecules 51580 are left
}
