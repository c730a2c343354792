// Package spiketrain measures spike trains as they come, spike by spike: rates,
// the irregularity of single cells, the activity of populations and how
// synchronous it is.
package spiketrain
