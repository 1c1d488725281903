# The commands of README.md. Each does the set-up that it needs first; set-up that is done is skipped in a second.
#   make            the release build, in build/release
#   make demo       build, then the simulated market on http://127.0.0.1:8080
#   make test       build and run every test; prints how long it took
#   make lint       formatting, clang-tidy, layers, the console's TypeScript
#   make bench      build, then measure the recommenders against other libraries (benchmarks/RESULTS.md), the encoding
#                   pipeline and the import against their limits
#   make setup      only what the others need: packages, tools, llama.cpp, the model pack, the console
#   make clean      removes the builds (the cache stays: ~/.cache/medley, or MEDLEY_CACHE)
# MEDLEY_JOBS limits how many compilations run at once; ARGS goes to the demo (make demo ARGS="--items 1000").
SHELL := /bin/bash
JOBS := $(if $(MEDLEY_JOBS),$(MEDLEY_JOBS),$(shell nproc))
BUILD := build/release
SETUP := python3 tools/setup/setup.py

.PHONY: build setup configure test lint bench demo clean
.DEFAULT_GOAL := build

setup:
	@$(SETUP)

configure: setup
	@cmake --preset release > $(BUILD).log 2>&1 || { cat $(BUILD).log; exit 1; }

build: | build-folder
build: configure
	@ninja -C $(BUILD) -j$(JOBS)

.PHONY: build-folder
build-folder:
	@mkdir -p build
configure: | build-folder

test:
	@begun=$$(date +%s); $(MAKE) --no-print-directory build && \
	ctest --test-dir $(BUILD) --output-on-failure --no-tests=error; status=$$?; \
	took=$$(( $$(date +%s) - begun )); \
	printf 'make test: %s in %d min %02d s\n' "$$([ $$status = 0 ] && echo passed || echo FAILED)" $$((took / 60)) $$((took % 60)); \
	exit $$status

lint: configure
	@python3 tools/lint.py --build $(BUILD)

bench: build
	@benchmarks/run.py
	@MEDLEY_ACCEPTANCE_BUILT=1 acceptance/1.4

demo: build
	@$(BUILD)/bin/medley demo $(ARGS)

clean:
	@rm -rf build web/dist
