//go:build !linux

package experiment

// peakMemoryMB is not known on this system.
func peakMemoryMB() float64 { return 0 }
