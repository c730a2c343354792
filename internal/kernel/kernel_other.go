//go:build !amd64

package kernel

func vectorised() []*implementation { return nil }

func (*implementation) philox(int, *uint32, uint64, uint64, uint64) {}
