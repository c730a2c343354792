package main

import (
	"runtime"
	"time"

	"paracrine/learning"
	"paracrine/scenarios"
)

// training is delayed-xor by modprop, on all processors.
type training struct {
	trainer *scenarios.Trainer
	workers int
}

// warmUp is how many iterations fill caches before any is measured.
const warmUp = 5

func newTraining() (*training, error) {
	s, err := scenarios.Load("delayed-xor", nil)
	if err != nil {
		return nil, err
	}
	rule, err := learning.ParseRule("modprop")
	if err != nil {
		return nil, err
	}
	workers := runtime.NumCPU()
	trainer, err := scenarios.NewTrainer(s, rule, s.Seed, workers)
	if err != nil {
		return nil, err
	}
	t := &training{trainer, workers}
	_, err = t.measure(warmUp)
	return t, err
}

// measure is the time of each of count iterations, in ms.
func (t *training) measure(count int) ([]float64, error) {
	var times []float64
	for range count {
		started := time.Now()
		if _, err := t.trainer.Iterate(); err != nil {
			return nil, err
		}
		times = append(times, time.Since(started).Seconds()*1000)
	}
	return times, nil
}
