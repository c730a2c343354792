// Package modulator holds substances that cells secrete and hear, and what credit
// they carry.
//
// A [Ligand] is released by spikes ([PerSpike], [DenseCore]), spreads in a [Field]
// ([Mixed], [Lattice], [Saturating], [Kernel]) that is advanced when somebody reads
// it, in closed form where there is one, and is heard by [Receptors], which make a
// second messenger of it: a [Reception] is cells that have them. Lengths are in µm, times in ms, concentrations in nM; amounts are molecules, of
// which 1 nM is 0.6022 in a µm³.
//
// An [Expression] says which cell secretes which ligand and which hears it, and a
// [Propagator] and a [Filter] are the causal action of ligands on an eligibility
// trace. The package never knows tasks or losses.
package modulator
