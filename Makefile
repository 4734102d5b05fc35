# Two commands do everything:
#   make demo   sets up, builds, and runs the main job on the simulated wine survey that is shipped
#   make test   sets up, lints, builds with the layer check, and runs all tests (what CI runs)
# and a third one measures:
#   make benchmark   installs the peers and runs the accuracy and speed suites (long)

INNOV4SME = .build/release/innov4sme
SWIFT_FILES = Package.swift Sources Tests Benchmarks

.PHONY: help setup build demo lint test benchmark clean

help:
	@sed -n 's/^#   //p' Makefile

setup:
	@Scripts/setup.sh

build: setup
	swift build -c release --product innov4sme

demo: build
	@Scripts/demo.sh $(INNOV4SME)

lint:
	swift format lint --strict --recursive --parallel $(SWIFT_FILES)

test: setup lint
	swift build --product Innov4SMEPackageTests --explicit-target-dependency-import-check error
	swift test --skip-build

benchmark: setup
	@Benchmarks/run.sh

clean:
	rm -rf .build demo
