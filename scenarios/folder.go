package scenarios

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// folder is where the files that a scenario names are looked for: a directory,
// or "" for those that come with the program.
type folder string

// beside is the folder of a scenario file.
func beside(file string) folder { return folder(filepath.Dir(file)) }

// find is the full name of a file that a scenario names: beside it or, for a
// built-in scenario and the copies that results keep of it, within the program.
func (f folder) find(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	if f != "" {
		full, err := filepath.Abs(filepath.Join(string(f), name))
		if err == nil && (exists(full) || !embedded(name)) {
			return full
		}
	}
	return name
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// embedded says whether a file comes with the program.
func embedded(name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// readable says whether a file that find has found is there.
func readable(name string) bool {
	if !filepath.IsAbs(name) {
		return embedded(name)
	}
	return exists(name)
}

// contents is a file that find has found.
func contents(name string) (io.Reader, error) {
	read := os.ReadFile
	if !filepath.IsAbs(name) {
		read = files.ReadFile
	}
	data, err := read(name)
	return bytes.NewReader(data), err
}

// shortName is a file's name as errors call it: relative to where the program
// runs, if that is shorter.
func shortName(name string) string {
	here, err := os.Getwd()
	if err != nil || !filepath.IsAbs(name) {
		return name
	}
	if near, err := filepath.Rel(here, name); err == nil && len(near) < len(name) {
		return near
	}
	return name
}

// locate gives the files of a simulation their full names, so that a copy of it
// elsewhere names the same.
func (s *Simulation) locate(from folder) {
	for _, name := range s.fileNames() {
		*name.text = from.find(*name.text)
	}
}

// fileName is where a simulation names a file.
type fileName struct {
	at   path
	text *string
}

// fileNames are all files that a simulation names.
func (s *Simulation) fileNames() []fileName {
	var names []fileName
	values := func(at path, all map[string]Value) {
		for key, v := range all {
			if _, isFile := v.file(); isFile {
				names = append(names, fileName{at.at(key, "file"), &v.Drawn.File})
			}
		}
	}
	for i := range s.Network.Cells {
		at, cell := path{"network", "cells"}.item(i), &s.Network.Cells[i]
		values(at.at("parameters"), cell.Parameters)
		values(at.at("initial"), cell.Initial)
		if cell.Positions != nil && cell.Positions.Layout == fromFile {
			names = append(names, fileName{at.at("positions", "file"), &cell.Positions.File})
		}
		if cell.Times != nil && cell.Times.File != "" {
			names = append(names, fileName{at.at("times", "file"), &cell.Times.File})
		}
	}
	for i := range s.Network.Projections {
		at, c := path{"network", "projections"}.item(i).at("connection", "file"), &s.Network.Projections[i].Connection
		if c.Rule == "list" {
			names = append(names, fileName{at, &c.File})
		}
	}
	return names
}
