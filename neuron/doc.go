// Package neuron holds the state of populations of cells and their exact
// advance from step to step or event to event, and the derivative of a cell's
// output that learning rules read. It never knows who is connected.
package neuron
