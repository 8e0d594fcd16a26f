# Attain: everything a person types. Meson does the building; `make help` lists the targets.
PREFIX ?= /usr/local
DESTDIR ?=
BUILD = build
NODE_MODULES = node_modules/.package-lock.json
VERSION = $(shell sed -n "1s/.* version: '\([0-9.]*\)'.*/\1/p" meson.build)
SHARE = $(DESTDIR)$(PREFIX)/share

all: $(BUILD)/build.ninja
	@ninja -C $(BUILD)

$(NODE_MODULES): package.json package-lock.json
	@tools/setup build
	npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(BUILD)/build.ninja: $(NODE_MODULES) meson.build
	@tools/setup build
	meson setup $(BUILD) --prefix=$(PREFIX) -Dbuildtype=release -Dwerror=true -Dtests=false $(if $(wildcard $(BUILD)/build.ninja),--reconfigure)

# The simulated company, loaded, its scorecard, and its pages with somebody of each role to sign in as.
demo: all demo-stop
	@rm -rf demo-company
	@umask 077; $(BUILD)/attain demo demo-company --users > demo-users.txt || { cat demo-users.txt; exit 1; }
	@sed '/^Sign in as/,$$d' demo-users.txt
	$(BUILD)/attain -C demo-company show --role manager --period last-quarter --compare previous
	$(BUILD)/attain -C demo-company show win_rate --by team --period last-quarter
	@tools/serve-demo start $(BUILD)/attain demo-company
	@sed -n '/^Sign in as/,$$p' demo-users.txt

# Ends the server that `make demo` left running.
demo-stop:
	@tools/serve-demo stop

# Both compilers, with every test under the address and undefined-behaviour sanitizers.
test: $(NODE_MODULES)
	@tools/setup test
	@tools/run-tests

# Each reader of foreign text under libFuzzer for FUZZ_SECONDS.
fuzz: $(NODE_MODULES)
	@tools/setup test
	@tools/run-fuzz $(or $(FUZZ_SECONDS),60)

bench: $(NODE_MODULES)
	@tools/setup build
	@bench/run

install: all
	@meson configure $(BUILD) --prefix=$(PREFIX)
	@ninja -C $(BUILD) > /dev/null
	@meson install -C $(BUILD) --no-rebuild $(if $(DESTDIR),--destdir $(abspath $(DESTDIR))) > /dev/null
	@echo "attain is installed in $(DESTDIR)$(PREFIX)"

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/attain $(SHARE)/man/man1/attain.1 $(SHARE)/man/man1/attain-*.1 $(SHARE)/bash-completion/completions/attain.bash
	rm -f $(DESTDIR)$(PREFIX)/lib/libattain.* $(DESTDIR)$(PREFIX)/lib/pkgconfig/attain.pc
	rm -f $(DESTDIR)$(PREFIX)/lib/systemd/system/attain.service
	rm -rf $(DESTDIR)$(PREFIX)/lib/attain $(DESTDIR)$(PREFIX)/include/attain $(SHARE)/doc/attain $(SHARE)/attain

# The committed tree as an archive.
dist:
	@mkdir -p dist
	git archive --format=tar.gz --prefix=attain-$(VERSION)/ -o dist/attain-$(VERSION).tar.gz HEAD
	@ls -l dist

fmt:
	@tools/setup test
	find $(wildcard include src tests bench) -name '*.[ch]' | xargs clang-format -i
	node_modules/.bin/prettier --log-level warn --write web tests/pages 'bench/*.mjs' 'tools/*.mjs'

lint:
	@tools/setup test
	@tools/lint

# Pages made from what they describe.
docs:
	@tools/setup test
	@tools/catalogue-doc.py
	@$(BUILD)/attain --write-openapi docs/openapi.json

clean: demo-stop
	rm -rf $(BUILD) build-gcc build-clang build-fuzz build-bench demo-company demo-users.txt dist

help:
	@echo "make                   build the program: build/attain"
	@echo "make demo              build, simulate a company, load it, print its scorecard, open its pages"
	@echo "make demo-stop         end the server that make demo left running"
	@echo "make test              all tests, built by gcc and clang, under sanitizers"
	@echo "make bench             speeds, as ratios measured side by side"
	@echo "make fuzz              fuzz every reader for FUZZ_SECONDS (60) each"
	@echo "make install           program and library into PREFIX (/usr/local), under DESTDIR; make uninstall takes it away"
	@echo "make dist              the committed tree as an archive"
	@echo "make fmt, make lint    format the code; check format, layers and house rules"
	@echo "make docs              write docs/catalogue.md and docs/openapi.json anew"
	@echo "make clean             remove what was built"

.PHONY: all demo demo-stop test fuzz bench install uninstall dist fmt lint docs clean help
