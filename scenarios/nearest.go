package scenarios

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// nearest is the word a misspelt one most likely stands for, in quotation
// marks; empty if none is near.
func nearest(given string, known []string) string {
	best, word := 1+len(given)/3, ""
	for _, k := range known {
		if d := levenshtein.ComputeDistance(strings.ToLower(given), k); d <= best && (word == "" || d < best) {
			best, word = d, k
		}
	}
	if word == "" {
		return ""
	}
	return quote(word)
}
