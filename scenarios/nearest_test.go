package scenarios

import (
	"testing"

	"pgregory.net/rapid"
)

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

// Distance counts edits: one edit is at distance one at most, and it is symmetric.
func TestDistance(t *testing.T) {
	word := rapid.StringMatching(`[a-d]{0,8}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b := word.Draw(t, "a"), word.Draw(t, "b")
		const most = 8
		d := distance(a, b, most)
		if d != distance(b, a, most) || (d == 0) != (a == b) || d > max(len(a), len(b)) {
			t.Fatalf("distance of %q and %q is %d, backwards %d", a, b, d, distance(b, a, most))
		}
		at := rapid.IntRange(0, len(a)).Draw(t, "at")
		if longer := a[:at] + "x" + a[at:]; distance(a, longer, most) != 1 {
			t.Fatalf("distance of %q and %q is %d", a, longer, distance(a, longer, most))
		}
		if at+1 < len(a) && a[at] != a[at+1] {
			if swapped := a[:at] + a[at+1:at+2] + a[at:at+1] + a[at+2:]; distance(a, swapped, most) != 1 {
				t.Fatalf("distance of %q and %q is %d", a, swapped, distance(a, swapped, most))
			}
		}
	})
}
