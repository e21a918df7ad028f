# Everything that is run here. Each target makes what it needs in a virtual environment of its own, .venv.
# Kept to what GNU Make 3.81 knows, which is what macOS has.

PY = .venv/bin/python
BUILDASSETS = ../.venv/bin/buildassets

PYTEST = $(PY) -m pytest -n auto --dist worksteal
NATIVE = $(wildcard native/*.* native/src/*.rs native/src/*/*.rs)

# The folders whose quick tests run on Windows, too; tests/windows has those that run there only. The first part takes four minutes.
WINDOWS_PART = tests/windows tests/disk tests/foundation tests/manifest tests/net \
	tests/compiler/config tests/compiler/sources tests/compiler/write tests/compiler/engines/sass \
	$(addprefix tests/compiler/engines/esbuild/test_,assignment.py messages.py protocol.py tsconfig.py)
WINDOWS = $(WINDOWS_PART) tests/packages tests/release
ON_WINDOWS = scripts/test-windows -q -n 2 --dist worksteal -m "not thorough"

CONFIGURED = set -a; . ./.env.example; if [ -f .env ]; then . ./.env; fi; set +a

.PHONY: demo serve serve-django watch test test-all test-windows test-windows-part corpus pictures lint docs check bench clean

## demo: build the example site and show what came out
demo: .venv/.package
	mkdir -p build
	cd example_project && $(BUILDASSETS) build && $(BUILDASSETS) list && $(BUILDASSETS) report -q -o ../build/report.html
	@echo
	@echo "The release: example_project/build/    what is in it: open build/report.html in a browser"
	@echo "Serve the site on http://127.0.0.1:5000/: make serve (Django: make serve-django; with live reload: make watch)"

## serve: run the example site on http://127.0.0.1:5000/, as in production but for the settings in .env.example
serve: demo .venv/.example
	cd example_project && $(CONFIGURED) && exec ../.venv/bin/gunicorn "app:create_app()"

## serve-django: the same site in Django
serve-django: demo .venv/.example
	cd example_project && $(CONFIGURED) && exec ../.venv/bin/gunicorn django_site.wsgi

## watch: the same, with assets built again and open pages changed whenever a source is
watch: .venv/.example
	cd example_project && $(BUILDASSETS) watch -- ../$(PY) -m flask --app app --debug run

## test: the tests that show that the program works, in eight minutes
test: .venv/.test
	scripts/test-tools
	$(PYTEST) -m "not thorough"

## test-all: every test
test-all: .venv/.test
	scripts/test-tools
	$(PYTEST)

## corpus: the tests with published packages, on all of their files, and those with published Django projects
corpus: .venv/.test
	BUILDASSETS_PROJECTS=1 BUILDASSETS_WHOLE_CORPUS=1 $(PYTEST) tests/corpus

## pictures: take the pictures of the README again, in Chromium
pictures: .venv/.test .venv/.example
	scripts/test-tools
	$(PY) -m pytest tests/browser/test_readme_pictures.py --update-golden

## test-windows: the tests that run on Windows, on its Python under Wine, in .cache/windows; docs/reference/systems.md gets the counts
test-windows: .venv/.test
	$(ON_WINDOWS) $(WINDOWS)
	$(PY) -m tests.windows.counts

## test-windows-part: a part of them, in four minutes
test-windows-part: .venv/.test
	$(ON_WINDOWS) $(WINDOWS_PART)

## lint: format, lint rules, import contracts, imports inside functions, types
lint: .venv/.check
	.venv/bin/ruff format --check
	.venv/bin/ruff check
	.venv/bin/lint-imports
	scripts/function-imports
	.venv/bin/mypy

## docs: the documentation as a site, in build/docs
docs: .venv/.docs
	NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --strict

## check: everything that CI runs
check: lint docs test-all test-windows-part

## bench: time what this project does, and what others do; see benchmarks/README.md
bench: .venv/.test
	$(PY) -m benchmarks

clean:
	rm -rf .venv .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	rm -rf build dist example_project/build native/target
	rm -f src/buildassets/compiler/languages/native/native.lexers.*

.venv/.pip:
	scripts/venv
	touch $@

# The library of lexers, where there is cargo; pip, which would make it too, does not show why it could not.
.venv/.native: .venv/.pip $(NATIVE)
	$(PY) native/build_hook.py
	touch $@

.venv/.package: .venv/.pip .venv/.native pyproject.toml
	BUILDASSETS_NATIVE=0 $(PY) -I -m pip install --quiet --editable '.[tailwind]'
	touch $@

.venv/.example: .venv/.package example_project/requirements.txt example_project/requirements-django.txt
	cd example_project && ../$(PY) -I -m pip install --quiet -r requirements.txt -r requirements-django.txt
	touch $@

.venv/.test: .venv/.package
	scripts/install --group test
	touch $@

.venv/.docs: .venv/.package
	scripts/install --group docs
	touch $@

.venv/.check: .venv/.test
	scripts/install --group check
	touch $@
