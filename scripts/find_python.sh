#!/bin/sh
# Prints the command of a Python that innoeval runs on; says what to do if there is none.
# A command named as an argument is the only one tried.
for candidate in ${1:-python3 python python3.14 python3.13 python3.12 python3.11}; do
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        echo "$candidate"
        exit 0
    fi
    version=$("$candidate" --version 2>/dev/null) && seen="${seen:+$seen, }$candidate is $version"
done
echo "innoeval needs Python 3.11 or newer; found: ${seen:-none}." >&2
echo "Install one from python.org or your package manager, or name it: make test PYTHON=/path/to/python3.11" >&2
exit 1
