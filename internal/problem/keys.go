package problem

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// absentFrom names the fields that were not seen.
func absentFrom(seen map[string]int64, fields []field) []string {
	var absent []string
	for _, f := range fields {
		if _, found := seen[f.name]; !found {
			absent = append(absent, f.name)
		}
	}
	return absent
}

// missing refuses an object, opened at an offset, that lacks a required field.
func (r *reader) missing(seen map[string]int64, opened int64, fields []field) error {
	for _, f := range fields {
		if _, found := seen[f.name]; f.required && !found {
			r.key = f.name
			return r.refuse(opened, "no such key", f.allowed)
		}
	}
	return nil
}

// unknown are the keys of a problem file that mean nothing, in the order of the
// file.
func unknown(seen map[string]int64) []string {
	keys := slices.DeleteFunc(slices.Collect(maps.Keys(seen)), func(key string) bool {
		return isReference(key) || slices.ContainsFunc(fields, func(f field) bool { return f.name == key })
	})
	slices.SortFunc(keys, func(a, b string) int { return cmp.Compare(seen[a], seen[b]) })
	return keys
}

// misspelt refuses unknown keys that look like a field which is absent, or are
// the name of one that is absent from hyper.
func (r *reader) misspelt(seen map[string]int64, absentHyper []string) error {
	absent := absentFrom(seen, fields)
	for _, key := range unknown(seen) {
		word := nearest(key, absent)
		if slices.Contains(absentHyper, key) {
			word = "hyper." + key
		}
		if word != "" {
			r.key = key
			return r.refuse(seen[key], "an unknown key", word+" (did you mean that?)")
		}
	}
	return nil
}

// nearest is the known word that a misspelt one stands for: the same first
// letter, and the same letters but for one in three. It is empty if there is none.
func nearest(given string, known []string) string {
	const longest = 64
	if len(given) > longest {
		return ""
	}
	best, word := longest, ""
	g := bare(given)
	for _, candidate := range known {
		k := bare(candidate)
		if g == "" || g[0] != k[0] {
			continue
		}
		if len(k) >= 5 && strings.HasPrefix(g, k) {
			return candidate
		}
		if d := levenshtein.ComputeDistance(g, k); d <= max(1, len(k)/3) && d < best {
			best, word = d, candidate
		}
	}
	return word
}

// bare is a key without what people write differently: case and underscores.
func bare(key string) string {
	return strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(key))
}
