// Package machine knows what the computer has.
package machine

import (
	"math"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// Memory is how many bytes a process may use: those of the machine, or fewer
// where a container's limit says so; +Inf where neither is known.
func Memory() float64 {
	least := math.Inf(1)
	for _, limit := range []memlimit.Provider{memlimit.FromCgroup, memlimit.FromSystem} {
		if bytes, err := limit(); err == nil && bytes > 0 {
			least = math.Min(least, float64(bytes))
		}
	}
	return least
}
