#!/usr/bin/env bash
# Runs the tests of the engine tfjs-node on Node 24, which npm's package `node` brings: tfjs-node calls what Node 23 has removed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
npm install --prefix "$folder" --no-audit --no-fund --silent node@24
"$folder/node_modules/.bin/node" node_modules/vitest/vitest.mjs run packages/engine/src/eager/tensorflow e2e/tfjs-node.test.ts
