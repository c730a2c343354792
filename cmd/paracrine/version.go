package main

import (
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"paracrine/internal/kernel"
)

// release is the version of this source tree.
const release = "0.1.0"

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version and the kernels it runs on this machine",
		Example: "  paracrine version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(cmd.OutOrStdout(), "paracrine %s, %s %s/%s\nkernel %s (available: %s)\n", version(),
				runtime.Version(), runtime.GOOS, runtime.GOARCH, kernel.Name(), strings.Join(kernel.Available(), ", "))
			return err
		},
	}
}

// version is the release and, where the build recorded it, the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return release
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return release + "+" + s.Value[:12]
		}
	}
	return release
}

func kernelName() string { return kernel.Name() }
