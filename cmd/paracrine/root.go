package main

import (
	"errors"
	"fmt"
	"math"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "paracrine",
		Short: "Spiking and rate networks that learn through neuromodulators",
		Long: `Paracrine simulates networks of neurons in which neuromodulators are substances
that change excitability, gate plasticity, and teach: it implements ModProp (Liu et
al., NeurIPS 2022) and compares it, on the same network and task, with e-prop, RFLO,
MDGL, diffusing credit, truncated BPTT, BPTT and RTRL.`,
		Example: `  paracrine run delayed-xor-short
  paracrine compare delayed-xor-short --rule bptt --rule modprop:weights=cell --rule eprop --seeds 1-4
  paracrine list`,
		SuggestionsMinimumDistance: 2,
		SilenceUsage:               true,
		SilenceErrors:              true,
		Args:                       knownCommand,
		RunE:                       func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return badInput(flagError(err)) })
	root.AddCommand(newRun(), newCompare(), newGradients(), newCheck(), newList(), newSchema(), newVersion())
	for _, c := range root.Commands() {
		if args := c.Args; args != nil {
			c.Args = func(cmd *cobra.Command, given []string) error {
				if err := args(cmd, given); err != nil {
					return badInput(fmt.Errorf("%w; usage: %s", err, cmd.UseLine()))
				}
				return nil
			}
		}
	}
	return root
}

// flagError says what a number on the command line may be.
func flagError(err error) error {
	var wrong *pflag.InvalidValueError
	if !errors.As(err, &wrong) {
		return err
	}
	allowed := map[string]string{
		"int":     "a whole number",
		"uint64":  fmt.Sprintf("a whole number from 0 to %d", uint64(math.MaxUint64)),
		"float64": "a number",
	}[wrong.GetFlag().Value.Type()]
	if allowed == "" {
		return err
	}
	return fmt.Errorf("--%s: given %q; allowed %s", wrong.GetFlag().Name, wrong.GetValue(), allowed)
}

// knownCommand refuses words that are no command, and suggests those that are.
func knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	hint := ""
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		hint = "; did you mean " + strings.Join(near, " or ") + "?"
	}
	return badInput(fmt.Errorf("unknown command %q%s (paracrine --help lists the commands)", args[0], hint))
}
