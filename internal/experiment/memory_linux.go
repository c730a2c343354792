package experiment

import "syscall"

// peakMemoryMB is the largest resident size of the process so far, in MB; 0
// where the system does not say.
func peakMemoryMB() float64 {
	var usage syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &usage) != nil {
		return 0
	}
	return float64(usage.Maxrss) * 1024 / 1e6
}
