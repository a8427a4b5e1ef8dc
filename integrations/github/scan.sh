#!/usr/bin/env bash
# The step of action.yml that scans. Reads RANGE, TRUST, MODE, SARIF (the action's inputs) and BASE, HEAD (the event's
# commits); keyward is the one that the step before built, or else the one on PATH.
set -euo pipefail

keyward="${RUNNER_TEMP:-}/keyward/bin/keyward"
[ -x "$keyward" ] || keyward=keyward

# A branch's first push has no commit before it: then the whole history is judged.
known() { [[ -n "${1//0/}" ]] && git cat-file -e "$1^{commit}" 2>/dev/null; }

arguments=(scan --history)
if [ -n "${RANGE:-}" ]; then
  arguments+=("$RANGE")
elif known "${BASE:-}"; then
  arguments+=("$BASE..$HEAD")
fi
if [ -n "${TRUST:-}" ]; then
  arguments+=(--trust "$TRUST")
elif known "${BASE:-}"; then
  arguments+=(--trust "$BASE")
fi
[ -z "${MODE:-}" ] || arguments+=(--mode "$MODE")
[ -z "${SARIF:-}" ] || arguments+=(--report "sarif=$SARIF")
exec "$keyward" "${arguments[@]}" --format github
