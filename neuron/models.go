package neuron

// Model describes a cell model.
type Model struct{ Name, Meaning string }

// Models lists the cell models by the names scenario files use.
func Models() []Model {
	return []Model{
		{"relu", "leaky rectified-linear rate cell: v ← η v + c_v · input, z = max(v − threshold, 0)"},
	}
}
