package problem

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
)

// largestPipe bounds the memory for what cannot be read twice: pipes, terminals.
const largestPipe = 64 << 20

// Load reads a problem file. What is wrong with it is an [*Error], the first in
// the order in which it is read: sizes and constants, then arrays. A file is
// streamed, so what is skipped costs no memory; a pipe may hold up to 64 MiB.
func Load(path string) (*Problem, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	defer func() { _ = file.Close() }() // it was only read
	info, err := file.Stat()
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case info.IsDir():
		return nil, &Error{File: path, Given: "a directory", Allowed: "a problem file (JSON)"}
	case info.Mode().IsRegular():
		return read(source{path, file})
	}
	data, err := io.ReadAll(io.LimitReader(file, largestPipe+1))
	switch {
	case err != nil:
		return nil, unreadable(path, err)
	case len(data) > largestPipe:
		return nil, &Error{File: path, Given: "more than 64 MiB through a pipe", Allowed: "a regular file of that size"}
	}
	return Parse(path, data)
}

// Parse reads the text of a problem file; errors, as those of [Load], name file
// as its source.
func Parse(file string, data []byte) (*Problem, error) {
	return read(source{file, bytes.NewReader(data)})
}

// unreadable is the error of the operating system about a file.
func unreadable(file string, err error) error {
	given := err.Error()
	var path *fs.PathError
	if errors.As(err, &path) {
		given = path.Err.Error()
	}
	return &Error{File: file, Given: given, Allowed: "a readable problem file (JSON)", cause: err}
}

func read(s source) (*Problem, error) {
	if err := s.refuseMark(); err != nil {
		return nil, err
	}
	p := new(Problem)
	absent, err := newReader(s).findHyper(p)
	if err != nil {
		return nil, err
	}
	if err := newReader(s).arrays(p, absent); err != nil {
		return nil, err
	}
	p.fill()
	p.warnIdle()
	return p, nil
}

// refuseMark refuses an empty file and one in another encoding, which would
// otherwise be called an invalid character.
func (s source) refuseMark() error {
	head := make([]byte, 3)
	n, err := s.text.ReadAt(head, 0)
	given := ""
	switch head = head[:n]; {
	case err != nil && !errors.Is(err, io.EOF):
		return unreadable(s.file, err)
	case n == 0:
		given = "an empty file"
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		given = "a byte order mark"
	case bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")):
		given = "UTF-16 text"
	default:
		return nil
	}
	return &Error{File: s.file, Line: 1, Column: 1, Given: given, Allowed: "one JSON object as UTF-8 text without a byte order mark"}
}

// findHyper reads sizes and constants wherever they stand, and returns the names
// of those that are absent.
func (r *reader) findHyper(p *Problem) (absent []string, err error) {
	opened, err := r.object(problemObject)
	if err != nil {
		return nil, err
	}
	seen := map[string]int64{}
	for key, err := range r.members(seen) {
		if err != nil {
			return nil, err
		}
		if key == "hyper" {
			return r.hyper(p)
		}
		if err := r.skip(); err != nil {
			return nil, err
		}
	}
	if err := r.misspelt(seen, nil); err != nil {
		return nil, err
	}
	return nil, r.missing(seen, opened, fields)
}

const problemObject = `one object: {"hyper": …, "W_rec": …}`

// arrays reads everything but sizes and constants; absent names those of them
// that are not in hyper.
func (r *reader) arrays(p *Problem, absent []string) error {
	opened, err := r.object(problemObject)
	if err != nil {
		return err
	}
	seen := map[string]int64{}
	for key, err := range r.members(seen) {
		if err != nil {
			return err
		}
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == key }); i >= 0 {
			err = fields[i].read(r, p)
		} else {
			err = r.skip()
		}
		if err != nil {
			return err
		}
	}
	if err := r.end(); err != nil {
		return err
	}
	if err := r.misspelt(seen, absent); err != nil {
		return err
	}
	if err := r.missing(seen, opened, fields); err != nil {
		return err
	}
	p.warnUnknown(r.source, seen)
	return nil
}

// fill puts defaults where nothing was given. Every size is borne out by an
// array when it is called.
func (p *Problem) fill() {
	h := &p.Hyper
	if p.BOut == nil {
		p.BOut = make([]float64, h.Outputs)
	}
	if p.LossWeight == nil {
		p.LossWeight = slices.Repeat([]float64{1}, h.T)
	}
	if len(h.Mu) == 1 {
		h.Mu = slices.Repeat(h.Mu, h.Types)
	}
}

// warnUnknown warns of keys that were ignored, in the order of the file.
func (p *Problem) warnUnknown(s source, seen map[string]int64) {
	for _, key := range unknown(seen) {
		line, column := s.position(seen[key])
		p.Warnings = append(p.Warnings,
			fmt.Sprintf("%s:%d:%d: %s is not part of the format and was ignored", s.file, line, column, printable(key)))
	}
}

// warnIdle warns of constants that the model does not use.
func (p *Problem) warnIdle() {
	isSet := func(x float64) bool { return x != 0 }
	adapts, rests, why := p.Hyper.Model == "alif", p.Hyper.Model != "rate", "lif cells do not adapt"
	if !rests {
		why = "rate cells neither adapt nor rest"
	}
	for _, idle := range []struct {
		name string
		set  bool
	}{
		{"beta", !adapts && slices.ContainsFunc(p.Beta, isSet)},
		{"hyper.n_ref", !rests && p.Hyper.RefractorySteps != 0},
		{"hyper.rho", !adapts && isSet(p.Hyper.Rho)},
		{"hyper.c_a", !adapts && isSet(p.Hyper.CA)},
	} {
		if idle.set {
			p.Warnings = append(p.Warnings, idle.name+" is not 0 but has no effect: "+why)
		}
	}
	if adapts && !(slices.ContainsFunc(p.Beta, isSet) && isSet(p.Hyper.CA)) {
		p.Warnings = append(p.Warnings, "no cell adapts: beta or hyper.c_a is 0 or absent")
	}
}
