# Short words for what is typed often. PYTHON is any environment with '.[test,dev]'.
PYTHON ?= python

.PHONY: run test lint bench docs bundle smoke ci

run:
	$(PYTHON) -m segdesk

test:
	$(PYTHON) -m pytest

lint:
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m ruff check .
	$(PYTHON) -m mypy
	$(PYTHON) -c "from importlinter.cli import lint_imports_command as lint; lint()"

# These are told their data, and train for minutes: run them by hand.
bench:
	for script in $(filter-out %/better_defaults.py %/calibration.py %/selftrain.py %/synthetic.py,$(wildcard benchmarks/*.py)); do $(PYTHON) $$script || exit 1; done

docs:
	$(PYTHON) docs/make_cli_reference.py
	$(PYTHON) docs/make_spec_reference.py
	$(PYTHON) docs/make_settings_reference.py
	$(PYTHON) docs/make_keys_reference.py
	$(PYTHON) docs/make_pictures.py

# One folder that needs no Python, from this environment: pip install '.[bundle]'.
bundle:
	PYTHONPATH=$(CURDIR) $(PYTHON) -m PyInstaller --noconfirm --log-level WARN \
		--workpath build/bundle --distpath dist packaging/bundle/segdesk.spec

smoke:
	$(PYTHON) packaging/smoke.py dist/segdesk --facts dist/smoke.json

ci:
	.ci/run
