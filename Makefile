# Paracrine. `make run` and `make test` need Go and make, nothing else.

BINARY := bin/paracrine

.PHONY: build run test bench bench-peer lint fuzz

build:
	go build -o $(BINARY) ./cmd/paracrine

# The main job: a network learns the delayed XOR through neuromodulators.
run: build
	./$(BINARY) run delayed-xor-short

test:
	go test ./...

bench:
	go test -run '^$$' -bench . ./...

# One training iteration of the delayed XOR beside the same arithmetic in NumPy.
bench-peer:
	go run ./internal/peer

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'not formatted: run gofmt -w'; exit 1; }
	go vet ./...
	GOARCH=arm64 go vet ./...
	staticcheck ./...

# Every fuzz target for a few seconds.
fuzz:
	@set -e; for package in $$(go list ./...); do \
		for target in $$(go test -list '^Fuzz' $$package | grep '^Fuzz' || true); do \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime 5s -fuzzminimizetime 10x $$package; \
		done; \
	done
