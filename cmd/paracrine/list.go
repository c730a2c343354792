package main

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

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
			fmt.Fprintln(w, "SCENARIOS\t\t")
			for _, b := range scenarios.Builtin() {
				fmt.Fprintf(w, "  %s\t%s\t\n", b.Name, b.Title)
			}
			fmt.Fprintln(w, "\t\t\nTASKS\t\t")
			for _, t := range scenarios.TaskKinds() {
				fmt.Fprintf(w, "  %s\t%s\t\n", t.Name, t.Doc)
			}
			fmt.Fprintln(w, "\t\t\nCELL MODELS\t\t")
			for _, m := range neuron.Models() {
				fmt.Fprintf(w, "  %s\t%s\t\n", m.Name, m.Meaning)
			}
			fmt.Fprintln(w, "\t\t\nRULES (name:option=value,option=value)\t\t")
			for _, r := range learning.RuleKinds() {
				fmt.Fprintf(w, "  %s\t%s (%s)\t\n", r.Name, r.Meaning, r.Source)
				for _, o := range r.Options {
					fmt.Fprintf(w, "    %s=%s\t%s%s\t\n", o.Name, o.Values, o.Meaning, byDefault(o.Default))
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
