package scenarios

func (s *Simulation) check() []fault { return nil }
