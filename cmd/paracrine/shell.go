package main

import (
	"os"
	"regexp"
	"strings"
)

// commandLine is how the program was called, quoted for a shell.
func commandLine() string {
	words := []string{"paracrine"}
	for _, arg := range os.Args[1:] {
		words = append(words, shellWord(arg))
	}
	return strings.Join(words, " ")
}

// resumption is the command that continues the work in a result folder, with
// the program as it was called.
func resumption(command, dir string) string {
	return strings.Join([]string{shellWord(os.Args[0]), command, "--resume", shellWord(dir)}, " ")
}

// plain matches words that every shell takes as they are.
var plain = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// shellWord quotes a word for a shell, where it needs to be.
func shellWord(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
