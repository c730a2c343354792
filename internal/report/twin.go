package report

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"html/template"
	"image"
	"image/png"
)

// twin is an inline picture for light pages and one for dark pages.
type twin struct {
	Light template.URL
	Dark  template.Srcset
}

func newTwin(light, dark image.Image) (twin, error) {
	onLight, err := inline(light)
	if err != nil {
		return twin{}, err
	}
	onDark, err := inline(dark)
	if err != nil {
		return twin{}, err
	}
	// A PNG of our own making, in base64: nothing in it comes from text.
	return twin{template.URL(onLight), template.Srcset(onDark)}, nil
}

// inline is a picture as the address of itself.
func inline(img image.Image) (string, error) {
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&b, img); err != nil {
		return "", fmt.Errorf("picture: %w", err)
	}
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes()), nil
}
