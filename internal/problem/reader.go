package problem

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
)

const (
	widest     = 1 << 20 // bytes of one token and the blanks before it
	deepest    = 64      // nesting of values that are skipped
	mostFields = 256     // keys of one object
)

// reader walks through the tokens of a problem file and knows where it is.
type reader struct {
	source
	decoder *json.Decoder
	window  *window
	start   int64 // end of the token before the last one
	nesting nesting
	within  string // "hyper." inside it
	key     string
	keyEnd  int64
	index   []int
}

func newReader(s source) *reader {
	w := &window{text: bufio.NewReaderSize(s.from(0), 64<<10)}
	r := &reader{source: s, decoder: json.NewDecoder(w), window: w}
	r.decoder.UseNumber()
	return r
}

// window refuses to read further ahead than a token can be long, which bounds
// the decoder's memory.
type window struct {
	text    io.Reader
	read    int64
	horizon int64
}

var errWide = errors.New("token too long")

func (w *window) Read(p []byte) (int, error) {
	if w.read >= w.horizon {
		return 0, errWide
	}
	n, err := w.text.Read(p[:min(int64(len(p)), w.horizon-w.read)])
	w.read += int64(n)
	return n, err
}

// next reads a token; allowed tells a user what may stand here.
func (r *reader) next(allowed string) (json.Token, error) {
	r.start = r.decoder.InputOffset()
	r.window.horizon = r.start + widest
	token, err := r.decoder.Token()
	if err != nil {
		return nil, r.broken(err, allowed)
	}
	r.nesting.follow(token)
	return token, nil
}

// broken explains why there is no next token.
func (r *reader) broken(err error, allowed string) error {
	at := r.after(r.start, blanks)
	if given := r.excerpt(at); r.nesting.due != "" && given == r.nesting.due {
		at = r.after(at+1, blanks)
	} else if r.nesting.due != "" {
		allowed = r.nesting.punctuation()
	}
	given := r.excerpt(at)
	var syntax *json.SyntaxError
	switch {
	case errors.Is(err, errWide):
		given, allowed = "more than 1 MiB of text for one value", "at most 1 MiB"
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		given += " (is the file cut off?)"
	case !errors.As(err, &syntax):
		return unreadable(r.file, err)
	}
	return r.refuse(at, given, allowed)
}

// refuse is the error about the place reached, found at an offset.
func (r *reader) refuse(at int64, given, allowed string) error {
	line, column := r.position(at)
	return &Error{File: r.file, Line: line, Column: column, Path: r.path(), Given: given, Allowed: allowed}
}

// refuseToken is the error about the last token.
func (r *reader) refuseToken(allowed string) error {
	at := r.token()
	return r.refuse(at, r.excerpt(at), allowed)
}

// refuseKey is the error about the value of the last key as a whole.
func (r *reader) refuseKey(given, allowed string) error {
	return r.refuse(r.after(r.keyEnd, separators), given, allowed)
}

// token is the offset of the last token.
func (r *reader) token() int64 { return r.after(r.start, separators) }

// path names the place reached: hyper.eta, W_rec[3][7].
func (r *reader) path() string {
	var path strings.Builder
	path.WriteString(r.within + printable(r.key))
	for _, i := range r.index {
		fmt.Fprintf(&path, "[%d]", i)
	}
	return strings.TrimSuffix(path.String(), ".")
}

// object reads the brace that opens an object and returns its offset.
func (r *reader) object(allowed string) (int64, error) {
	token, err := r.next(allowed)
	if err != nil {
		return 0, err
	}
	if token != json.Delim('{') {
		return 0, r.refuseToken(allowed)
	}
	return r.token(), nil
}

// members yields the keys of an object whose brace was read, up to its closing
// brace; the loop reads each value. Keys are entered in seen with their offset.
func (r *reader) members(seen map[string]int64) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for {
			token, err := r.next("a key in quotation marks, or }")
			if err != nil || token == json.Delim('}') {
				if err != nil {
					yield("", err)
				}
				return
			}
			r.key, _ = token.(string)
			r.keyEnd = r.decoder.InputOffset()
			if !yield(r.key, r.enter(seen)) {
				return
			}
			r.key = ""
		}
	}
}

// enter notes a key that was just read.
func (r *reader) enter(seen map[string]int64) error {
	if first, twice := seen[r.key]; twice {
		line, _ := r.position(first)
		return r.refuse(r.token(), fmt.Sprintf("a second time (first in line %d)", line), "each key once")
	}
	if len(seen) == mostFields {
		return r.refuse(r.token(), fmt.Sprintf("as key number %d of one object", mostFields+1), fmt.Sprint("at most ", mostFields))
	}
	seen[r.key] = r.token()
	return nil
}

// skip passes over a value of any form.
func (r *reader) skip() error {
	token, err := r.next("a JSON value")
	if err != nil {
		return err
	}
	return r.skipRest(token)
}

// skipRest passes over what is left of the value that a token begins.
func (r *reader) skipRest(token json.Token) error {
	for depth := 0; ; {
		switch token {
		case json.Delim('['), json.Delim('{'):
			depth++
		case json.Delim(']'), json.Delim('}'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		if depth > deepest {
			return r.refuse(r.token(), fmt.Sprintf("brackets nested more than %d deep", deepest), fmt.Sprint("at most ", deepest))
		}
		var err error
		if token, err = r.next("a JSON value"); err != nil {
			return err
		}
	}
}

// end reads to the end of the file, where nothing more may stand.
func (r *reader) end() error {
	r.start = r.decoder.InputOffset()
	r.window.horizon = r.start + widest
	_, err := r.decoder.Token()
	if errors.Is(err, io.EOF) {
		return nil
	}
	at := r.after(r.start, blanks)
	return r.refuse(at, r.excerpt(at)+" after the end of the object", "one object and nothing after it")
}
