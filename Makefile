# Rust installed by rustup is found even when this shell has not read its profile yet.
export PATH := $(PATH):$(HOME)/.cargo/bin

PREFIX ?= /usr/local

.PHONY: run install test interop lint bench screenshots battery soak

run: ## build Brickpass and open it on the embedded demo workspaces (without a display: show the same on a virtual one)
	@scripts/run

install: ## build both programs for everyday use, and put them side by side into $(PREFIX)/bin with what a Linux desktop shows
	cargo build --release --locked --bins
	install -d "$(DESTDIR)$(PREFIX)/bin"
	install -m 755 $${CARGO_TARGET_DIR:-target}/release/brickpass $${CARGO_TARGET_DIR:-target}/release/brickpass-credential "$(DESTDIR)$(PREFIX)/bin"
	@if [ "$$(uname -s)" = Linux ]; then \
		install -D -m 644 packaging/linux/brickpass.desktop "$(DESTDIR)$(PREFIX)/share/applications/brickpass.desktop" && \
		install -D -m 644 packaging/linux/brickpass.metainfo.xml "$(DESTDIR)$(PREFIX)/share/metainfo/brickpass.metainfo.xml"; \
	fi

test: ## every test, with a summary of what could not run here
	@scripts/test

interop: ## the real clients from their registries, each signed in each way without a secret in its configuration
	@scripts/interop

lint: ## formatting, clippy, documentation comments, licences, scripts
	@scripts/setup run
	@scripts/lint

bench: ## what is fast, measured beside its yardstick
	@scripts/setup headless
	cargo build --release --locked --example bare_window
	cargo bench --locked --bench speed

screenshots: ## walk through the demo and write assets/screenshots
	@scripts/setup headless
	cargo build --locked --bin brickpass
	@/usr/bin/python3 -B tests/e2e/screenshots.py $${CARGO_TARGET_DIR:-target}/debug/brickpass assets/screenshots

battery: ## the tests, then which cases of tests/battery.txt they cover
	@scripts/battery

soak: ## the long version of the tests that try their luck, or wait
	@scripts/setup soak
	@scripts/soak
