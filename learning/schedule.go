package learning

import "math"

// Schedule is the learning rate's factor at an iteration, counted from 0.
type Schedule func(iteration int) float64

// ConstantSchedule never changes the rate.
func ConstantSchedule(int) float64 { return 1 }

// StepSchedule multiplies the rate by factor every given number of iterations.
func StepSchedule(factor float64, every int) Schedule {
	return func(iteration int) float64 { return math.Pow(factor, float64(iteration/every)) }
}

// CosineSchedule falls from 1 to 0 along half a cosine over the iterations
// (Loshchilov & Hutter 2017, without restarts).
func CosineSchedule(iterations int) Schedule {
	return func(iteration int) float64 {
		return (1 + math.Cos(math.Pi*float64(iteration)/float64(iterations))) / 2
	}
}
