package sim

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTimeString(t *testing.T) {
	for _, c := range []struct {
		time Time
		want string
	}{
		{0, "0 s"},
		{1, "1 ps"},
		{-1, "-1 ps"},
		{999, "999 ps"},
		{20 * Millisecond, "20 ms"},
		{1500 * Microsecond, "1.5 ms"},
		{-Second - Millisecond, "-1.001 s"},
		{2*Microsecond + 5*Picosecond, "2.000005 µs"},
		{MaxTime, "9223372.036854775807 s"},
		{math.MinInt64, "-9223372.036854775808 s"},
	} {
		if got := c.time.String(); got != c.want {
			t.Errorf("Time(%d).String() = %q, want %q", int64(c.time), got, c.want)
		}
	}
}

// Nothing is lost in the text: digits and unit give the time back.
func TestTimeStringIsExact(t *testing.T) {
	units := map[string]Time{"s": Second, "ms": Millisecond, "µs": Microsecond, "ns": Nanosecond, "ps": Picosecond}
	rapid.Check(t, func(t *rapid.T) {
		want := Time(rapid.Int64().Draw(t, "time"))
		number, unit, _ := strings.Cut(want.String(), " ")
		whole, fraction, _ := strings.Cut(number, ".")
		decimals := len(strconv.FormatInt(int64(units[unit]), 10)) - 1
		digits := whole + fraction + strings.Repeat("0", decimals-len(fraction))
		got, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || Time(got) != want {
			t.Fatalf("%d is written %q", int64(want), want)
		}
	})
}

func TestMilliseconds(t *testing.T) {
	if got := (1500 * Microsecond).Milliseconds(); got != 1.5 {
		t.Errorf("1500 µs are %v ms", got)
	}
	for _, c := range []struct {
		ms   float64
		want Time
	}{
		{0, 0},
		{0.1, 100 * Microsecond},
		{-20, -20 * Millisecond},
		{0.4e-9, 0},
		{0.5e-9, 1},
		{-0.5e-9, -1},
		{9.2e9, 9_200_000 * Second},
	} {
		got, err := FromMilliseconds(c.ms)
		if err != nil || got != c.want {
			t.Errorf("FromMilliseconds(%v) = %v, %v, want %v", c.ms, got, err, c.want)
		}
	}
	for _, ms := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), 9.3e9, -9.3e9, math.MaxFloat64, MaxTime.Milliseconds()} {
		if got, err := FromMilliseconds(ms); err == nil {
			t.Errorf("FromMilliseconds(%v) = %v, want an error", ms, got)
		}
	}
}

func TestMillisecondsRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const exact = 1 << 51 // ps; a float64 in ms tells these apart
		want := Time(rapid.Int64Range(-exact, exact).Draw(t, "time"))
		if got, err := FromMilliseconds(want.Milliseconds()); err != nil || got != want {
			t.Fatalf("%v came back as %v, %v", want, got, err)
		}
	})
}
