#!/usr/bin/env bash
# Checks commit messages: those after the commit that is named, or else all that this clone has.
set -euo pipefail
if ! git rev-parse --verify --quiet HEAD >/dev/null; then
  echo 'commits are not checked: this is no clone'
  exit 0
fi
# Where a clone is shallow, its oldest commits have no parents either.
from=${1:-$(git rev-list --max-parents=0 HEAD | tail -n 1)}
exec npx --no-install commitlint --from "$from" --to HEAD
