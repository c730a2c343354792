package scenarios

import "paracrine/internal/units"

// Value is a quantity that may differ from cell to cell or from synapse to
// synapse: one value, a distribution, or a file.
type Value struct {
	Distribution string          // "" for one value; normal, lognormal, uniform, exponential
	One          units.Quantity  // one value
	Mean, SD     *units.Quantity // of normal; Mean of exponential
	Median       *units.Quantity // of lognormal
	Sigma        float64         // of lognormal: the standard deviation of the logarithm
	From, To     *units.Quantity // of uniform
	Exponent     float64         // of uniform: From + (To − From) r^Exponent, r uniform in 0 to 1
	Shared       string          // of uniform: values of a cell with the same name have the same r
	Low, High    *units.Quantity // bounds; draws outside are drawn again
	File         string          // CSV with a value per cell
}
