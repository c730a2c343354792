// Package synapse knows which cell reaches which, with what weight and delay,
// and delivers activity along those connections. It never knows learning rules.
package synapse
