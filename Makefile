# Paracrine. `make run` and `make test` need Go and make, nothing else.

BINARY := bin/paracrine

GOLANGCI_LINT := github.com/golangci/golangci-lint/v2/cmd/golangci-lint@v2.15.0
STATICCHECK := honnef.co/go/tools/cmd/staticcheck@v0.8.2

.PHONY: build run test bench bench-peer lint lint-tools fuzz

build:
	go build -o $(BINARY) ./cmd/paracrine

# The main job: a network learns the delayed XOR through neuromodulators.
# The last line says where its page is.
run: build
	./$(BINARY) run delayed-xor-short

test:
	go test ./...

bench:
	go test -run '^$$' -bench . ./...

# One training iteration of the delayed XOR beside the same arithmetic in NumPy.
# Needs python3 with NumPy on OpenBLAS and says so where it is missing.
bench-peer:
	go run ./internal/peer

lint:
	@test -z "$$(gofmt -l .)" || { gofmt -l .; echo 'not formatted: run gofmt -w .'; exit 1; }
	go vet ./...
	GOARCH=arm64 go vet ./...
	@command -v golangci-lint >/dev/null && command -v staticcheck >/dev/null || \
		{ echo 'golangci-lint or staticcheck is missing: run make lint-tools and put $$(go env GOPATH)/bin on PATH'; exit 1; }
	golangci-lint run ./...
	staticcheck ./...

lint-tools:
	go install $(GOLANGCI_LINT)
	go install $(STATICCHECK)

# Every fuzz target for a few seconds.
fuzz:
	@set -e; for package in $$(go list ./...); do \
		listed=$$(go test -list '^Fuzz' $$package); \
		for target in $$(echo "$$listed" | grep '^Fuzz' || true); do \
			echo "$$package $$target"; \
			go test -run '^$$' -fuzz "^$$target$$" -fuzztime 5s -fuzzminimizetime 10x $$package; \
		done; \
	done
