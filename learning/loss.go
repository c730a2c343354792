package learning

import "math"

// Loss compares the readout with the target, E = (1/B) Σ_b Σ_t w_t l(b, t).
type Loss interface {
	// Compare returns l and writes ∂l/∂y into delta. For a class target, target
	// is nil; for a vector target, class is ignored.
	Compare(delta, y, target []float64, class int) float64
	// Classifies says whether the target is a class.
	Classifies() bool
}

// CrossEntropy is −ln softmax(y)_class, in nats.
type CrossEntropy struct{}

// Compare implements Loss; ∂l/∂y = softmax(y) − onehot(class).
func (CrossEntropy) Compare(delta, y, _ []float64, class int) float64 {
	top := math.Inf(-1)
	for _, v := range y {
		top = math.Max(top, v)
	}
	sum := 0.0
	for k, v := range y {
		delta[k] = math.Exp(v - top)
		sum += delta[k]
	}
	for k := range delta {
		delta[k] /= sum
	}
	loss := math.Log(sum) - (y[class] - top)
	delta[class]--
	return loss
}

// Classifies is true.
func (CrossEntropy) Classifies() bool { return true }

// SquaredError is ½ Σ_k (y_k − y*_k)².
type SquaredError struct{}

// Compare implements Loss; ∂l/∂y = y − y*.
func (SquaredError) Compare(delta, y, target []float64, _ int) float64 {
	loss := 0.0
	for k, v := range y {
		delta[k] = v - target[k]
		loss += delta[k] * delta[k]
	}
	return loss / 2
}

// Classifies is false.
func (SquaredError) Classifies() bool { return false }
