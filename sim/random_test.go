package sim

import (
	"hash/fnv"
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// The stream is Philox over the counter (block, index), two words a block.
func TestStreamLayout(t *testing.T) {
	s := NewStream(5, "layout", 7<<32|9)
	h := fnv.New64a()
	h.Write([]byte("layout"))
	key := mix64(mix64(5) ^ h.Sum64())
	for block := range uint32(20) {
		w := philox([4]uint32{block, 0, 9, 7}, [2]uint32{uint32(key), uint32(key >> 32)})
		for half := range 2 {
			want := uint64(w[2*half]) | uint64(w[2*half+1])<<32
			if got := s.Uint64(); got != want {
				t.Fatalf("block %d: got %x, want %x", block, got, want)
			}
		}
	}
}

// The blocks of a stream are counted with 64 bits, in bulk, too.
func TestStreamIsLong(t *testing.T) {
	for _, position := range []uint64{1 << 33, 1<<63 + 8, math.MaxUint64 - 15} {
		s := NewStream(5, "long", 1)
		s.SetState(position)
		block := position / 2
		w := philox([4]uint32{uint32(block), uint32(block >> 32), 1, 0}, s.key)
		var bulk [16]uint32
		s.Uint32Ns(bulk[:], 1<<31)
		s.SetState(position)
		if got, want := s.Uint64(), uint64(w[0])|uint64(w[1])<<32; got != want {
			t.Errorf("position %d: got %x, want %x", position, got, want)
		}
		if got, want := bulk[0], w[0]/2; got != want {
			t.Errorf("position %d in bulk: got %x, want %x", position, got, want)
		}
	}
}

func TestStreamsDiffer(t *testing.T) {
	seen := make(map[uint64]bool)
	for _, seed := range []uint64{0, 1, 2, math.MaxUint64} {
		for _, purpose := range []Purpose{"", "weights", "noise", "noisd", "noise 1"} {
			for _, index := range []uint64{0, 1, 1 << 32, math.MaxUint64} {
				w := NewStream(seed, purpose, index).Uint64()
				if seen[w] {
					t.Errorf("seed %d, purpose %q, index %d begins like another stream", seed, purpose, index)
				}
				seen[w] = true
			}
		}
	}
}

func TestStatePositionsStream(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seed := rapid.Uint64().Draw(t, "seed")
		s := NewStream(seed, "state", 3)
		for range rapid.IntRange(0, 40).Draw(t, "before") {
			s.Normal()
		}
		position := s.State()
		want := draws(s)
		s.SetState(position)
		if got := draws(s); !slices.Equal(got, want) {
			t.Fatal("the stream differs after SetState")
		}
		s.Uint64()
		s.Reset(seed, "state", 3)
		s.SetState(position)
		if got := draws(s); !slices.Equal(got, want) {
			t.Fatal("the stream differs after Reset and SetState")
		}
	})
}

// draws returns the bits of a few numbers of every distribution.
func draws(s *Stream) []uint64 {
	var bits []uint64
	for range 10 {
		perm := make([]int, 5)
		s.Perm(perm)
		bits = append(bits, s.Uint64(), uint64(s.Uint32()), math.Float64bits(s.Float64()),
			math.Float64bits(s.Normal()), math.Float64bits(s.Exponential()), uint64(s.IntN(1000)),
			uint64(s.Poisson(0.5)), uint64(s.Poisson(50)), uint64(perm[0]))
	}
	return bits
}

// The numbers are part of every published result: they may change neither with
// time nor with the machine.
func TestNumbersStayTheSame(t *testing.T) {
	for _, c := range []struct {
		name string
		want uint64
		draw func(*Stream) uint64
	}{
		{"Uint64", 0x1545942d6696a1de, (*Stream).Uint64},
		{"Normal", 0x692be1fdfb969a01, func(s *Stream) uint64 { return math.Float64bits(s.Normal()) }},
		{"Exponential", 0x31d5684eb0090c72, func(s *Stream) uint64 { return math.Float64bits(s.Exponential()) }},
		{"IntN", 0x51199ce2841243bc, func(s *Stream) uint64 { return uint64(s.IntN(3 << 61)) }},
		{"Poisson 3", 0x877d93a75bb5c1ff, func(s *Stream) uint64 { return uint64(s.Poisson(3)) }},
		{"Poisson 300", 0x83fe7d6c720d2ff9, func(s *Stream) uint64 { return uint64(s.Poisson(300)) }},
	} {
		s := NewStream(1, "golden", 2)
		sum := uint64(0)
		for range 100_000 {
			sum = mix64(sum) + c.draw(s)
		}
		if sum != c.want {
			t.Errorf("%s: the sum of 100 000 numbers is %#x, want %#x", c.name, sum, c.want)
		}
	}
}

func TestRandomNumbersDoNotAllocate(t *testing.T) {
	s := NewStream(1, "allocations", 0)
	p := make([]int, 100)
	swap := func(i, j int) { p[i], p[j] = p[j], p[i] }
	if n := testing.AllocsPerRun(1000, func() {
		s.Reset(2, "allocations", 1)
		for range 10 {
			s.Normal()
			s.Exponential()
			s.Poisson(3)
			s.Poisson(30)
			s.Bernoulli(0.5)
		}
		s.Shuffle(len(p), swap)
		s.Perm(p)
		s.SetState(s.State() - 1)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestBernoulliAtTheEdges(t *testing.T) {
	s := NewStream(1, "edges", 0)
	for range 1000 {
		if s.Bernoulli(0) || s.Bernoulli(-1) || s.Bernoulli(math.NaN()) || !s.Bernoulli(1) || !s.Bernoulli(2) {
			t.Fatal("chance where there is none")
		}
	}
}

func TestPermutationsAreComplete(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := NewStream(rapid.Uint64().Draw(t, "seed"), "permutations", 0)
		n := rapid.IntRange(0, 50).Draw(t, "n")
		p, q, sorted := make([]int, n), make([]int, n), make([]int, n)
		s.Perm(p)
		for i := range q {
			q[i], sorted[i] = i, i
		}
		s.Shuffle(n, func(i, j int) { q[i], q[j] = q[j], q[i] })
		slices.Sort(p)
		slices.Sort(q)
		if !slices.Equal(p, sorted) || !slices.Equal(q, sorted) {
			t.Fatalf("not permutations: %v, %v", p, q)
		}
	})
}

func TestImpossibleArguments(t *testing.T) {
	s := NewStream(1, "impossible", 0)
	for name, draw := range map[string]func(){
		"IntN(0)":       func() { s.IntN(0) },
		"IntN(-1)":      func() { s.IntN(-1) },
		"Poisson(-1)":   func() { s.Poisson(-1) },
		"Poisson(NaN)":  func() { s.Poisson(math.NaN()) },
		"Poisson(+Inf)": func() { s.Poisson(math.Inf(1)) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s did not panic", name)
				}
			}()
			draw()
		}()
	}
}
