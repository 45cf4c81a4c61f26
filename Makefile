# Aviso: what can be done with a checkout. Each target installs what it needs from Debian and says so.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

SWIFT ?= swift
PYTHON_ENVIRONMENT := $(CURDIR)/.build/python
SCRIPTS := .ci/run Certs/dev-network $(wildcard Deploy/demo) Deploy/install-dependencies

.PHONY: help deps build test demo lint bench fuzz ci clean

help: ## Lists the targets.
	@sed -nE 's/^([a-z]+):.*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 16

deps: ## Installs every Debian package that any target needs.
	@Deploy/install-dependencies build test demo

build: ## Builds avisod and aviso for release, into .build/release.
	@Deploy/install-dependencies build
	$(SWIFT) build -c release

demo: build ## Shows the whole system at work on this machine, in a temporary folder.
	@Deploy/install-dependencies demo
	Deploy/demo

test: build $(PYTHON_ENVIRONMENT)/ready ## Runs all tests, those with implementations by others too.
	$(SWIFT) build --build-tests
	AVISO_PYTHON=$(PYTHON_ENVIRONMENT)/bin/python AVISO_REQUIRE_INTEROP=1 \
		$(SWIFT) test --skip-build --disable-xctest

$(PYTHON_ENVIRONMENT)/ready: Tests/requirements.txt
	@Deploy/install-dependencies test
	@echo "Installing from PyPI into .build/python: $$(grep -v '^#' $< | paste -sd ' ')"
	python3 -m venv --clear --system-site-packages $(PYTHON_ENVIRONMENT)
	$(PYTHON_ENVIRONMENT)/bin/python -m pip install --quiet --disable-pip-version-check -r $<
	@touch $@

lint: ## Checks format, documentation comments and the syntax of the scripts.
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests
	@for script in $(SCRIPTS); do bash -n "$$script"; done

BENCH ?=

bench: ## Measures what alerts cost on this machine: make bench BENCH="waiting --alerts 1000000".
	@Deploy/install-dependencies build bench
	$(SWIFT) build -c release
	.build/release/Bench $(BENCH)

TARGET ?= packets
SECONDS ?= 60
FUZZ_FLAGS := -c release --scratch-path .build/fuzz

fuzz: ## Fuzzes one parser, guided by coverage: make fuzz TARGET=packets SECONDS=60.
	@Deploy/install-dependencies build
	export AVISO_FUZZ=1; library="$$(clang -print-resource-dir)/lib/linux"; \
	$(SWIFT) build $(FUZZ_FLAGS) --product Fuzz \
		-Xlinker "$$library/libclang_rt.fuzzer_no_main-$$(uname -m).a"
	.build/fuzz/release/Fuzz $(TARGET) .build/fuzz-corpus/$(TARGET) \
		-max_total_time=$(SECONDS) -max_len=4096 -timeout=10 -artifact_prefix=.build/fuzz/

ci: ## Does what continuous integration does.
	.ci/run

clean: ## Removes everything that was built.
	rm -rf .build
