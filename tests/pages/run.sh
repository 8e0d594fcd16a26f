#!/bin/sh
# The specs of the pages: run.sh [NAME …]. What is loaded before a program under a sanitizer is for the server alone.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
PRELOAD=${LD_PRELOAD:-}
export PRELOAD
unset LD_PRELOAD
exec node "$here/../../node_modules/@playwright/test/cli.js" test -c "$here/playwright.config.ts" "$@"
