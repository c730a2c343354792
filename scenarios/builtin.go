package scenarios

import (
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
)

//go:embed *.yaml *.csv
var files embed.FS

// BuiltinInfo describes a scenario that comes with the program.
type BuiltinInfo struct {
	About
	Simulation bool   // or a scenario that trains
	File       []byte // as written, with its comments
}

// builtins are the embedded scenarios in alphabetical order.
var builtins = sync.OnceValue(func() []BuiltinInfo {
	names, err := fs.Glob(files, "*.yaml")
	if err != nil {
		panic(fmt.Sprintf("scenarios: the built-in files cannot be listed: %v", err))
	}
	list := make([]BuiltinInfo, len(names))
	for i, name := range names {
		data, err := files.ReadFile(name)
		if err != nil {
			panic(fmt.Sprintf("scenarios: a built-in file cannot be read: %v", err))
		}
		d, err := parseAny(name, data, nil, "")
		if err != nil {
			panic(fmt.Sprintf("scenarios: a built-in file is wrong: %v", err))
		}
		_, simulates := d.(*Simulation)
		list[i] = BuiltinInfo{d.About(), simulates, data}
	}
	slices.SortFunc(list, func(a, b BuiltinInfo) int { return strings.Compare(a.Name, b.Name) })
	return list
})

// Builtin lists the scenarios that come with the program, in alphabetical order.
func Builtin() []BuiltinInfo { return slices.Clone(builtins()) }

// Open reads a built-in scenario of either form by its name or else a file, and
// overrides values as --set path=value does. A name that is both is the built-in
// one; ./name is the file.
func Open(nameOrPath string, sets []string) (Document, error) {
	if data, err := files.ReadFile(nameOrPath + ".yaml"); err == nil {
		return parseAny(nameOrPath+".yaml", data, sets, "")
	}
	data, err := readFile(nameOrPath)
	if os.IsNotExist(err) && !strings.ContainsAny(nameOrPath, `/\`) {
		return nil, unknownScenario(nameOrPath)
	}
	if err != nil {
		return nil, unreadable(nameOrPath, err)
	}
	return parseAny(nameOrPath, data, sets, beside(nameOrPath))
}

// Load is [Open] for what trains; it refuses simulations.
func Load(nameOrPath string, sets []string) (*Scenario, error) {
	d, err := Open(nameOrPath, sets)
	if err != nil {
		return nil, err
	}
	if s, isSimulation := d.(*Simulation); isSimulation {
		return nil, s.origin.refuseSimulation()
	}
	return d.(*Scenario), nil
}

// unreadable says in a FileErrors why a file could not be read.
func unreadable(name string, err error) error {
	given := err.Error()
	var path *fs.PathError
	if errors.As(err, &path) {
		given = path.Err.Error()
	}
	if info, statErr := os.Stat(name); statErr == nil && info.IsDir() {
		given = "a directory"
	}
	return FileErrors{{File: name, Given: given, Allowed: "a scenario file (YAML) that can be read, or a built-in name"}}
}

// readFile reads no more of a file than shows that it is too large.
func readFile(name string) ([]byte, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, mostBytes+1))
}

func unknownScenario(name string) error {
	var known []string
	for _, b := range builtins() {
		known = append(known, b.Name)
	}
	hint := nearest(strings.TrimSuffix(name, ".yaml"), known)
	if hint != "" {
		hint = " (did you mean " + hint + "?)"
	}
	return fmt.Errorf("no scenario %s: it is neither a file here nor built in; built in are %s%s",
		quote(name), strings.Join(known, ", "), hint)
}
