package units

import (
	"encoding/json"
	"errors"
	"math"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

func TestParseTime(t *testing.T) {
	for text, want := range map[string]Time{
		"100 ms":     100,
		"100ms":      100,
		"  20 ms  ":  20,
		"0.1 s":      100,
		"0.007 s":    7,
		"1.1 s":      1100,
		"500 us":     0.5,
		"500 µs":     0.5,
		"500 μs":     0.5,
		"1e3 ms":     1000,
		"2.5E-1 s":   250,
		".5 ms":      0.5,
		"5. ms":      5,
		"-3 ms":      -3,
		"+3 ms":      3,
		"0 s":        0,
		"1e-999 s":   0,
		"0.000001 s": 0.001,
	} {
		got, err := ParseTime(text)
		if err != nil || got != want {
			t.Errorf("ParseTime(%q) = %v, %v; want %v", text, float64(got), err, float64(want))
		}
	}
}

func TestParseTimeRefuses(t *testing.T) {
	for text, why := range map[string]string{
		"":          "is not a quantity",
		"ms":        "is not a quantity",
		"NaN ms":    "is not a quantity",
		"inf ms":    "is not a quantity",
		"0x10 ms":   "has the unknown unit",
		"1_000 ms":  "has the unknown unit",
		"100":       "has no unit",
		"1e3":       "has no unit",
		"100 mV":    `has the unknown unit "mV"`,
		"100 MS":    `has the unknown unit "MS"`,
		"100 ms ms": `has the unknown unit "ms ms"`,
		"1 ,5 ms":   "has the unknown unit",
		"1e400 ms":  "is out of range",
		"1e999 s":   "is out of range",
		"1e9999 s":  "has the unknown unit",
		"1\n2 ms":   "is not a quantity",
	} {
		_, err := ParseTime(text)
		var refusal *Error
		if !errors.As(err, &refusal) {
			t.Errorf("ParseTime(%q): %v; want a refusal", text, err)
			continue
		}
		if !strings.HasPrefix(refusal.Why, why) || refusal.Given != text {
			t.Errorf("ParseTime(%q): %v; want %q", text, err, why)
		}
		if !strings.Contains(err.Error(), "ms, s, us or µs") {
			t.Errorf("ParseTime(%q): %v does not tell the units", text, err)
		}
	}
}

func TestTimeRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Time(rapid.Float64().Draw(t, "ms"))
		got, err := ParseTime(want.String())
		if err != nil || math.Float64bits(float64(got)) != math.Float64bits(float64(want)) {
			t.Fatalf("%v read back as %v, %v", want, got, err)
		}
	})
}

func TestTimeString(t *testing.T) {
	for ms, want := range map[Time]string{
		0: "0 ms", 100: "100 ms", 0.1: "0.1 ms", 1e6: "1000000 ms", 1e-9: "1e-09 ms", -2.5: "-2.5 ms",
	} {
		if got := ms.String(); got != want {
			t.Errorf("%v ms is written %q, want %q", float64(ms), got, want)
		}
	}
}

func TestTimeInFiles(t *testing.T) {
	type file struct {
		Tau Time `yaml:"tau" json:"tau"`
	}
	text, err := yaml.Dump(file{Tau: 100})
	if err != nil || string(text) != "tau: 100 ms\n" {
		t.Errorf("YAML %q, %v", text, err)
	}
	var got file
	if err := yaml.Load([]byte("tau: 0.1 s"), &got); err != nil || got.Tau != 100 {
		t.Errorf("read %v, %v", got, err)
	}
	if err := yaml.Load([]byte("tau: 100"), &got); err == nil {
		t.Error("a number without unit was accepted")
	}
	text, err = json.Marshal(file{Tau: 0.5})
	if err != nil || string(text) != `{"tau":"0.5 ms"}` {
		t.Errorf("JSON %s, %v", text, err)
	}
}

// The schema's pattern and the parser agree, except on numbers out of range.
func TestPatternAgreesWithParser(t *testing.T) {
	pattern := regexp.MustCompile(Time(0).JSONSchema().Pattern)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[+-]?[0-9]{0,3}\.?[0-9]{0,2}(e[+-]?[0-9]{1,2})? ?(ms|s|us|µs|μs|mV|)`).Draw(t, "text")
		_, err := ParseTime(text)
		if matched := pattern.MatchString(text); matched != (err == nil) && strings.TrimSpace(text) == text {
			t.Fatalf("%q: pattern %t, parser %v", text, matched, err)
		}
	})
}

func TestSteps(t *testing.T) {
	for _, c := range []struct {
		duration, step Time
		steps          int
		onGrid         bool
	}{
		{900, 1, 900, true},
		{0, 1, 0, true},
		{0.3, 0.1, 3, true},
		{1000, 0.1, 10000, true},
		{86.4e6, 0.1, 864000000, true},
		{1.5, 1, 2, false},
		{1.49, 1, 1, false},
		{1.00001, 1, 1, false},
	} {
		if got := c.duration.Steps(c.step); got != c.steps {
			t.Errorf("%v has %d steps of %v, want %d", c.duration, got, c.step, c.steps)
		}
		if got := c.duration.OnGrid(c.step); got != c.onGrid {
			t.Errorf("%v on the grid of %v: %t, want %t", c.duration, c.step, got, c.onGrid)
		}
	}
}

func FuzzParseTime(f *testing.F) {
	for _, text := range []string{"100 ms", "0.1 s", "-5.e-3 µs", "1e999 s", "NaN ms", ""} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		read, err := ParseTime(text)
		if err != nil {
			return
		}
		if math.IsNaN(float64(read)) || math.IsInf(float64(read), 0) {
			t.Fatalf("%q is %v", text, float64(read))
		}
		if again, err := ParseTime(read.String()); err != nil || again != read {
			t.Fatalf("%q is %v, written and read again %v, %v", text, read, again, err)
		}
	})
}
