package machine

import (
	"math"
	"testing"
)

func TestMemoryIsThatOfAComputer(t *testing.T) {
	if have := Memory(); !math.IsInf(have, 1) && (have < 64e6 || have > 1e15) {
		t.Errorf("%v bytes", have)
	}
}
