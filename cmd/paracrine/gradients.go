package main

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"paracrine/internal/experiment"
	"paracrine/internal/problem"
	"paracrine/learning"
)

func newGradients() *cobra.Command {
	var rules []string
	var asJSON bool
	var descent problem.Descent
	cmd := &cobra.Command{
		Use:   "gradients PROBLEM.json --rule A --rule B …",
		Short: "Ask how much credit each rule delivers on given weights and trials",
		Long: `Reads a problem file (docs/problems.md): one network, one batch of trials, one
loss. Prints the gradient of each rule beside that of BPTT: cosine and ratio of
norms per weight matrix. μ is the problem's, unguarded.`,
		Example: `  paracrine gradients problem.json --rule modprop --rule eprop
  paracrine gradients problem.json --rule modprop:weights=cell,form=code --json > gradients.json
  paracrine gradients problem.json --rule bptt --sgd-steps 10 --sgd-rate 0.05`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			parsed, err := parseRules(rules)
			if err != nil {
				return badInput(err)
			}
			if descent.Steps < 0 || !(descent.Rate > 0) || math.IsInf(descent.Rate, 0) {
				return badInput(fmt.Errorf("--sgd-steps %d --sgd-rate %v; allowed are a number of steps from 0 and a positive rate", descent.Steps, descent.Rate))
			}
			p, err := problem.Load(args[0])
			if err != nil {
				return badInput(err)
			}
			for _, warning := range p.Warnings {
				fmt.Fprintln(cmd.ErrOrStderr(), "paracrine: warning:", warning)
			}
			credits, err := p.Gradients(parsed, descent)
			if err != nil {
				return classify(err)
			}
			if asJSON {
				return writeGradients(cmd, p, credits)
			}
			return printGradients(cmd, p, credits)
		},
	}
	cmd.Flags().StringArrayVar(&rules, "rule", nil, "rule, name:option=value,…; repeatable (default: "+strings.Join(usualRules, " ")+")")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the gradients as JSON, keyed by rule")
	cmd.Flags().IntVar(&descent.Steps, "sgd-steps", 0, "also take this many steps of gradient descent and give the losses")
	cmd.Flags().Float64Var(&descent.Rate, "sgd-rate", 0.05, "learning rate of those steps")
	return cmd
}

// usualRules need nothing that a problem may lack, and no more time than it takes.
var usualRules = []string{"bptt", "tbptt:window=5", "eprop", "mdgl", "modprop", "modprop:weights=cell"}

func parseRules(texts []string) ([]learning.Rule, error) {
	if len(texts) == 0 {
		texts = usualRules
	}
	var rules []learning.Rule
	seen := map[string]bool{}
	for _, text := range texts {
		rule, err := learning.ParseRule(text)
		if err != nil {
			return nil, err
		}
		if seen[text] {
			return nil, fmt.Errorf("rule %q is given twice", text)
		}
		seen[text] = true
		rules = append(rules, rule)
	}
	return rules, nil
}

// gradientJSON is what --json gives for one rule, arrays shaped as in the problem file.
type gradientJSON struct {
	WIn       [][]experiment.Number        `json:"W_in"`
	WRec      [][]experiment.Number        `json:"W_rec"`
	WOut      [][]experiment.Number        `json:"W_out"`
	BOut      []experiment.Number          `json:"b_out"`
	Loss      experiment.Number            `json:"loss"`
	Cosine    map[string]experiment.Number `json:"cosine"`
	NormRatio map[string]experiment.Number `json:"norm_ratio"`
	Radius    experiment.Number            `json:"radius"`
	Mu        []float64                    `json:"mu"`
	Losses    []experiment.Number          `json:"losses,omitempty"`
}

func writeGradients(cmd *cobra.Command, p *problem.Problem, credits []problem.Credit) error {
	out := map[string]gradientJSON{}
	h := p.Hyper
	for _, c := range credits {
		g := gradientJSON{
			WIn:  matrix(c.Gradient.In, h.N, h.Inputs, false),
			WRec: matrix(c.Gradient.Rec, h.N, h.N, false),
			WOut: matrix(c.Gradient.Out, h.N, h.Outputs, true),
			BOut: numbers(c.Gradient.Bias), Loss: experiment.Number(c.Loss),
			Cosine: map[string]experiment.Number{}, NormRatio: map[string]experiment.Number{},
			Radius: experiment.Number(c.Radius), Mu: c.Mu, Losses: numbers(c.Losses),
		}
		for i, name := range learning.Compared {
			g.Cosine[name], g.NormRatio[name] = experiment.Number(c.Cosine[i]), experiment.Number(c.NormRatio[i])
		}
		out[c.Rule.Given] = g
	}
	encoder := json.NewEncoder(cmd.OutOrStdout())
	encoder.SetEscapeHTML(false)
	return encoder.Encode(out)
}

// matrix is a rows × cols array in rows; transposed says that it is stored cols × rows.
func matrix(values []float64, rows, cols int, transposed bool) [][]experiment.Number {
	m := make([][]experiment.Number, rows)
	for i := range m {
		m[i] = make([]experiment.Number, cols)
		for j := range m[i] {
			at := i*cols + j
			if transposed {
				at = j*rows + i
			}
			m[i][j] = experiment.Number(values[at])
		}
	}
	return m
}

func numbers(values []float64) []experiment.Number {
	var out []experiment.Number
	for _, v := range values {
		out = append(out, experiment.Number(v))
	}
	return out
}

// lossNames are those of a problem file, with their units.
var lossNames = map[string]string{"ce": "cross-entropy (nats)", "mse": "squared error, halved"}

func printGradients(cmd *cobra.Command, p *problem.Problem, credits []problem.Credit) error {
	h := p.Hyper
	out := cmd.OutOrStdout()
	fmt.Fprintf(out, "%s: %d %s cells of %d types, %d inputs, %d readouts; %d trials of %d steps; loss: %s\n\n",
		p.Name, h.N, h.Model, h.Types, h.Inputs, h.Outputs, h.B, h.T, lossNames[h.Loss])
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(w, "rule\tloss\tcosine with BPTT: W_in\tW_rec\tW_out\tall\tnorm / BPTT's: W_in\tW_rec\tradius\t")
	for _, c := range credits {
		fmt.Fprintf(w, "%s\t%.6g\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t\n", c.Rule.Given, c.Loss,
			figure(c.Cosine[0]), figure(c.Cosine[1]), figure(c.Cosine[2]), figure(c.Cosine[4]),
			figure(c.NormRatio[0]), figure(c.NormRatio[1]), figure(c.Radius))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	for _, c := range credits {
		if c.Radius >= 1 {
			fmt.Fprintf(out, "\n%s: the propagator's spectral radius is %.6g; from 1 on credit grows with every step back. guard=on scales μ down.\n", c.Rule.Given, c.Radius)
		}
		if c.Losses != nil {
			fmt.Fprintf(out, "\n%s, gradient descent, loss before each step and after the last:\n", c.Rule.Given)
			for _, loss := range c.Losses {
				fmt.Fprintf(out, "  %.15g\n", loss)
			}
		}
	}
	return nil
}

// figure prints a number to four places, or a dash where there is none.
func figure(x float64) string {
	if math.IsNaN(x) {
		return "–"
	}
	return fmt.Sprintf("%.4f", x)
}
