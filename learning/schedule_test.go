package learning_test

import (
	"math"
	"testing"

	"paracrine/learning"
)

func TestSchedules(t *testing.T) {
	half := learning.StepSchedule(0.5, 10)
	cosine := learning.CosineSchedule(100)
	for _, want := range []struct {
		schedule  learning.Schedule
		iteration int
		factor    float64
	}{
		{learning.ConstantSchedule, 0, 1}, {learning.ConstantSchedule, 1 << 40, 1},
		{half, 0, 1}, {half, 9, 1}, {half, 10, 0.5}, {half, 19, 0.5}, {half, 20, 0.25}, {half, 99, 1.0 / 512},
		{cosine, 0, 1}, {cosine, 50, 0.5}, {cosine, 100, 0}, {cosine, 25, (1 + math.Sqrt2/2) / 2},
	} {
		if got := want.schedule(want.iteration); math.Abs(got-want.factor) > 1e-15 {
			t.Errorf("at iteration %d the factor is %v, want %v", want.iteration, got, want.factor)
		}
	}
}
