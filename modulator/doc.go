// Package modulator holds the substances that carry credit and their causal
// action: which cell secretes which ligand and which hears it, and the linear
// filters through which receptors convolve an eligibility trace. It never knows
// tasks or losses.
package modulator
