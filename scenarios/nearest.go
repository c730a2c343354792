package scenarios

import "strings"

// nearest is the word a misspelt one most likely stands for, in quotation
// marks; empty if none is near.
func nearest(given string, known []string) string {
	best, word := 1+len(given)/3, ""
	for _, k := range known {
		if d := distance(strings.ToLower(given), k, best); d <= best && (word == "" || d < best) {
			best, word = d, k
		}
	}
	if word == "" {
		return ""
	}
	return quote(word)
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbours to turn a into b (Damerau 1964, restricted form); more than
// most if the lengths alone say so.
func distance(a, b string, most int) int {
	if d := len(a) - len(b); d > most || -d > most {
		return most + 1
	}
	rows := make([][]int, len(a)+1)
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replace := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replace++
			}
			rows[i][j] = min(rows[i-1][j]+1, rows[i][j-1]+1, replace)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
