//go:build !amd64

package kernel

func vectorised() []*implementation { return nil }
