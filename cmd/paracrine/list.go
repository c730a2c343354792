package main

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"paracrine/internal/units"
	"paracrine/learning"
	"paracrine/neuron"
	"paracrine/scenarios"
)

func newList() *cobra.Command {
	return &cobra.Command{
		Use:     "list",
		Short:   "List scenarios, tasks, cell models, and rules with their options",
		Example: "  paracrine list",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 2, ' ', 0)
			listScenarios(w, "SCENARIOS THAT TRAIN", false)
			fmt.Fprintln(w)
			listScenarios(w, "SIMULATIONS", true)
			fmt.Fprintln(w, "\nTASKS")
			for _, t := range scenarios.TaskKinds() {
				fmt.Fprintf(w, "  %s\t%s\n", t.Name, t.Doc)
			}
			fmt.Fprintln(w, "\nCELL MODELS")
			for _, m := range neuron.Models() {
				listModel(w, m)
			}
			fmt.Fprintln(w, "\nRULES (name:option=value,option=value)")
			for _, r := range learning.RuleKinds() {
				fmt.Fprintf(w, "  %s\t%s (%s)\n", r.Name, r.Meaning, r.Source)
				for _, o := range r.Options {
					fmt.Fprintf(w, "    %s=%s\t%s%s\n", o.Name, o.Values, o.Meaning, byDefault(o.Default))
				}
			}
			return w.Flush()
		},
	}
}

func byDefault(value string) string {
	if value == "" {
		return ""
	}
	return fmt.Sprintf(" (default %s)", strings.TrimSpace(value))
}

func listScenarios(w io.Writer, title string, simulations bool) {
	fmt.Fprintf(w, "%s\n", title)
	for _, b := range scenarios.Builtin() {
		if b.Simulation == simulations {
			fmt.Fprintf(w, "  %s\t%s\n", b.Name, b.Title)
		}
	}
}

// listModel lists a model's parameters, the variables that can be recorded, and
// the channels by which its cells are reached.
func listModel(w io.Writer, m neuron.Model) {
	fmt.Fprintf(w, "  %s\t%s\n", m.Name, m.Meaning)
	for _, p := range m.Parameters {
		fmt.Fprintf(w, "    %s\t%s%s%s\n", p.Name, symbolised(p.Meaning, p.Symbol), within(p.Range), byDefault(units.Quantity{Value: p.Default, Unit: p.Unit}.String()))
	}
	for _, v := range m.Variables {
		fmt.Fprintf(w, "    %s\tvariable: %s%s\n", v.Name, symbolised(v.Meaning, v.Symbol), inUnit(v.Unit))
	}
	for _, in := range m.Inputs {
		fmt.Fprintf(w, "    %s\tchannel: %s%s\n", in.Name, in.Meaning, inUnit(in.Unit))
	}
}

func symbolised(meaning, symbol string) string {
	if symbol == "" {
		return meaning
	}
	return meaning + " " + symbol
}

func inUnit(unit string) string {
	if unit == "" {
		return ""
	}
	return " (" + unit + ")"
}

func within(r neuron.Range) string {
	if r == neuron.Anything {
		return ""
	}
	return ", " + r.String()
}
