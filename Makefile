# Two commands are enough: make demo, make test. The rest is for working on it.

GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
# A number of inputs, not a time: a deadline that falls into an input fails the run.
FUZZTIME    ?= 30000x

.PHONY: demo test check lint race fuzz e2e build bench clean

demo: ## run everything on this machine, to try it out
	$(GO) run ./cmd/bridge demo

build: ## bin/bridge
	$(GO) build -trimpath -o bin/bridge ./cmd/bridge

test: ## all tests; needs Go and nothing else
	$(GO) test ./...

check: lint test race fuzz ## what every commit must pass

lint:
	@unformatted=$$(gofmt -l .); [ -z "$$unformatted" ] || { echo "gofmt -w these:"; echo "$$unformatted"; exit 1; }
	$(GO) vet ./...
	$(GO) vet -tags e2e ./internal/e2e
	$(GO) run $(STATICCHECK) ./...

race: ## all tests under the race detector; needs a C compiler
	$(GO) test -race ./...

fuzz: ## each fuzz target for FUZZTIME
	@grep -rn --include='*_test.go' '^func Fuzz' . | sed 's|/[^/]*:[0-9]*:func | |; s|(.*||' | sort | \
	while read -r pkg target; do \
		echo "fuzz $$pkg $$target"; \
		$(GO) test -run '^$$' -fuzz "^$$target$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x $$pkg || exit 1; \
	done

e2e: ## real clients against a running bridge, and real storage servers; installs missing ones where it can
	sh internal/e2e/clients.sh
	sh internal/e2e/servers.sh
	$(GO) test -tags e2e -count=1 -timeout 10m ./internal/e2e

bench: ## what sessions and transfers cost, as ratios and sizes
	$(GO) test -run '^$$' -bench . -benchmem ./...

clean:
	rm -rf bin
