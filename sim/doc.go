// Package sim owns time, the agenda of events and their order at one instant,
// random streams and checkpoints. It never knows what a neuron is.
//
// Time is a count of picoseconds, so order is exact and the same on every
// machine. An [Agenda] runs actions ordered by time, then by [Phase], then by
// the order in which they were scheduled. A [Stream] yields random numbers that
// depend on a seed, a purpose and an index and on nothing else: cell 17's noise
// is the same whatever else exists and whichever worker draws it. A [Snapshot]
// is a checkpoint on disk that is either whole or refused with a reason.
package sim
