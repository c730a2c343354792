package report

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"os"
	"strings"
)

//go:embed assets templates
var files embed.FS

var pages = template.Must(template.New("").Funcs(template.FuncMap{
	"style":    styleSheet,
	"script":   script,
	"short":    short,
	"measured": measured,
	"spread":   spread,
	"percent":  percent,
	"count":    count,
	"interval": interval,
	"pieces":   pieces,
}).ParseFS(files, "templates/*.html"))

// page is what every page has.
type page struct {
	Kind        string // Run, Comparison, Simulation
	Name        string
	Title       string
	Description []string // paragraphs
	Source      string
	Version     string
	Status      status
	Message     string
	Lead        string
	Rule        string // of a run
	Seed        uint64
	Links       []link // sections, in order
	Command     string
	Scenario    string
	Plots       []string // names of the files in plots/
}

// link leads to a section.
type link struct{ ID, Title string }

// section is a link that may lead nowhere.
type section struct {
	link
	there bool
}

// present are the links to sections that are there.
func present(all []section) []link {
	var links []link
	for _, s := range all {
		if s.there {
			links = append(links, s.link)
		}
	}
	return links
}

// status is a run's outcome in a word, a sign and a colour.
type status struct{ Word, Sign, Ink string }

func statusOf(word string) status {
	switch word {
	case completed:
		return status{word, "✓", "green"}
	case interrupted:
		return status{word, "‖", "orange"}
	case diverged:
		return status{word, "✕", "vermillion"}
	}
	return status{word, "", "muted"}
}

// tile is one key figure.
type tile struct {
	Label, Value, Note string
	Ink                string // colour of the value; empty for that of text
}

func paragraphs(text string) []string {
	var found []string
	for _, p := range strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n\n") {
		if p = strings.TrimSpace(p); p != "" {
			found = append(found, p)
		}
	}
	return found
}

// pieces are the parts of a rule as written, between which a line may break.
func pieces(rule string) []string {
	var found []string
	for _, part := range strings.SplitAfter(rule, ":") {
		found = append(found, strings.SplitAfter(part, ",")...)
	}
	return found
}

// titleOr is the title, or the name where there is none.
func titleOr(title, name string) string {
	if strings.TrimSpace(title) != "" {
		return title
	}
	if name != "" {
		return name
	}
	return "untitled"
}

// render writes a page through one of the templates.
func render(name string, view any) ([]byte, error) {
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, name, view); err != nil {
		return nil, fmt.Errorf("report page: %w", err)
	}
	return b.Bytes(), nil
}

// asset is an embedded file; its absence is a fault of the build, not of a user.
func asset(name string) string {
	b, err := files.ReadFile("assets/" + name)
	if err != nil {
		panic(err)
	}
	return string(b)
}

// styleSheet is all CSS of a page.
func styleSheet() template.CSS {
	return colours() + template.CSS(asset("uplot.min.css")+"\n"+asset("page.css"))
}

// script is all JavaScript of a page, with uPlot's licence.
func script() template.JS {
	var b strings.Builder
	fmt.Fprintf(&b, "/*!\n%s*/\n", asset("uplot.LICENSE"))
	for _, name := range [...]string{"uplot.iife.min.js", "annotations.js", "tooltip.js", "chart.js", "film.js", "page.js"} {
		b.WriteString(asset(name))
		b.WriteByte('\n')
	}
	return template.JS(b.String())
}

// writePage saves a page as a file that others may read.
func writePage(path string, content []byte) error {
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("report: %w", err)
	}
	return nil
}
