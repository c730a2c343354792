package scenarios

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"name", "count", "sign", "model", "parameters", "in-degree", "epsilon", "epsilon-form"}
	for given, want := range map[string]string{
		"coutn":       `"count"`,
		"Count":       `"count"`,
		"cnt":         `"count"`,
		"parameter":   `"parameters"`,
		"indegree":    `"in-degree"`,
		"epsilonform": `"epsilon-form"`,
		"epsilom":     `"epsilon"`,
		"mode":        `"model"`,
		"weights":     "",
		"x":           "",
		"":            "",
	} {
		if got := nearest(given, known); got != want {
			t.Errorf("%q is near %s, want %s", given, got, want)
		}
	}
}
