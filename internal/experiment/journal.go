package experiment

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"

	"paracrine/sim"
)

// Journals hold what a simulation records until its files are written: records
// of one size in binary, little-endian, appended as the simulation goes and cut
// back to a checkpoint when it is resumed. A Parquet file cannot be continued
// once its writer is gone; a journal can, and is read in one pass at the end.
type journal struct {
	*growing
	record []byte
}

// openJournal opens a journal to append at size bytes; size 0 begins it anew.
func openJournal(path string, size int64) (*journal, error) {
	g, err := openGrowing(path, size)
	if err != nil {
		return nil, err
	}
	return &journal{growing: g}, nil
}

// spikeBytes is the size of a spike in a journal: its time and its cell.
const spikeBytes = 8 + 4

func (j *journal) addSpike(at sim.Time, cell uint32) error {
	j.record = binary.LittleEndian.AppendUint64(j.record[:0], uint64(at))
	j.record = binary.LittleEndian.AppendUint32(j.record, cell)
	return j.write(j.record)
}

// addSample appends the values of one instant; there are as many every time.
func (j *journal) addSample(at sim.Time, values []float64) error {
	j.record = binary.LittleEndian.AppendUint64(j.record[:0], uint64(at))
	for _, v := range values {
		j.record = binary.LittleEndian.AppendUint64(j.record, math.Float64bits(v))
	}
	return j.write(j.record)
}

// readSpikes calls yield for every spike of a journal, in its order.
func readSpikes(path string, yield func(at sim.Time, cell uint32) error) error {
	r, err := openRecords(path, spikeBytes)
	if err != nil {
		return err
	}
	defer r.file.Close()
	for {
		record, err := r.next()
		if record == nil || err != nil {
			return err
		}
		at := sim.Time(binary.LittleEndian.Uint64(record))
		if err := yield(at, binary.LittleEndian.Uint32(record[8:])); err != nil {
			return err
		}
	}
}

// samples reads a journal of samples.
type samples struct {
	*records
	values []float64
}

func openSamples(path string, cells int) (*samples, error) {
	r, err := openRecords(path, 8+8*cells)
	if err != nil {
		return nil, err
	}
	return &samples{r, make([]float64, cells)}, nil
}

// next is the next instant and its values, which the call after overwrites; nil
// at the end.
func (s *samples) next() (at sim.Time, values []float64, err error) {
	record, err := s.records.next()
	if record == nil || err != nil {
		return 0, nil, err
	}
	for i := range s.values {
		s.values[i] = math.Float64frombits(binary.LittleEndian.Uint64(record[8+8*i:]))
	}
	return sim.Time(binary.LittleEndian.Uint64(record)), s.values, nil
}

// records reads a journal record by record.
type records struct {
	file   *os.File
	buffer *bufio.Reader
	record []byte
}

func openRecords(path string, size int) (*records, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return &records{file, bufio.NewReaderSize(file, 1<<16), make([]byte, size)}, nil
}

// next is nil at the end.
func (r *records) next() ([]byte, error) {
	_, err := io.ReadFull(r.buffer, r.record)
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return r.record, nil
}
