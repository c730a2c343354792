package units

import (
	"errors"
	"math"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]Quantity{
		"20 ms":       {20, "ms"},
		"-0.07 V":     {-70, "mV"},
		"500 µV":      {0.5, "mV"},
		"0.02 nA":     {20, "pA"},
		"0.25 nF":     {250, "pF"},
		"0.01 µS":     {10, "nS"},
		"8 kHz":       {8000, "Hz"},
		"0.3 mm":      {300, "µm"},
		"300 um":      {300, "µm"},
		"20 1/s":      {0.02, "1/ms"},
		"5 V/s":       {5, "mV/ms"},
		"2 µM":        {2000, "nM"},
		"3 uM/s":      {3, "nM/ms"},
		"1e-6 cm²/s":  {0.1, "µm²/ms"},
		"250 um2/s":   {0.25, "µm²/ms"},
		"0.01 mm3":    {1e7, "µm³"},
		"1.5":         {1.5, ""},
		"1e-3":        {0.001, ""},
		" 1uV":        {0.001, "mV"},
		"1617.5E-2pA": {16.175, "pA"},
	} {
		if got, err := Parse(text); err != nil || got != want {
			t.Errorf("Parse(%q) = %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "mV", "1 mv", "1 mV mV", "nan", "1e999 nA", "1 m", "inf"} {
		_, err := Parse(text)
		var wrong *Error
		if !errors.As(err, &wrong) || wrong.Given != text || wrong.Allowed == "" {
			t.Errorf("Parse(%q): %v", text, err)
		}
	}
}

func TestParseIn(t *testing.T) {
	if x, err := ParseIn("mV", "0.02 V"); x != 20 || err != nil {
		t.Errorf("%v, %v", x, err)
	}
	for base, text := range map[string]string{"mV": "20 ms", "pA": "3 nS", "": "3 mV", "Hz": "3"} {
		_, err := ParseIn(base, text)
		var wrong *Error
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), AllowedIn(base)) {
			t.Errorf("ParseIn(%q, %q): %v", base, text, err)
		}
	}
}

// A symbol belongs to one dimension, and every dimension begins with its base.
func TestSymbolsAreDistinct(t *testing.T) {
	seen := map[string]string{}
	for _, d := range dimensions {
		if d.units[0].exponent != 0 {
			t.Errorf("%s begins with %s", d.name, d.units[0].symbol)
		}
		for _, u := range d.units {
			if other, twice := seen[u.symbol]; twice {
				t.Errorf("%s is of %s and of %s", u.symbol, other, d.name)
			}
			seen[u.symbol] = d.name
		}
	}
}

func TestQuantityRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := Quantity{rapid.Float64().Draw(t, "value"), rapid.SampledFrom(append(Bases(), "")).Draw(t, "unit")}
		text, err := yaml.Dump(map[string]Quantity{"q": want})
		if err != nil {
			t.Fatal(err)
		}
		var got map[string]Quantity
		if err := yaml.Load(text, &got); err != nil || math.Float64bits(got["q"].Value) != math.Float64bits(want.Value) || got["q"].Unit != want.Unit {
			t.Fatalf("%v read back as %v, %v from %s", want, got["q"], err, text)
		}
	})
}
