#!/usr/bin/env bash
# The functions and data that the shared library exports are those of the list, and nothing that it exports is anybody
# else's. After a change of the public interface: the same command with --update.
#   bash exported_symbols.sh LIBRARY LIST [--update]
set -euo pipefail
library="$1" list="$2"

exported="$(nm -DC --defined-only "$library" | cut -c18-)"
if foreign="$(grep -vE '^. (precast::|(vtable|typeinfo|typeinfo name) for precast::|precast_)' <<<"$exported")"; then
  echo "exported, and not ours:" >&2
  echo "$foreign" >&2
  exit 1
fi
if internal="$(grep -E '^. .*precast::(c|ir|json|passes|policy|report|rewrite|support|target)::' <<<"$exported" |
  grep -vE '^. precast::NodeContext::NodeContext\(')"; then
  echo "exported, and internal:" >&2
  echo "$internal" >&2
  exit 1
fi
# Weak symbols are inline functions, which come and go with the optimiser.
wanted="$(grep -E '^[TBDR] ' <<<"$exported" | cut -c3- | LC_ALL=C sort -u)"
if [[ "${3:-}" == --update ]]; then
  echo "$wanted" >"$list"
  exit
fi
diff -u "$list" <(echo "$wanted") || {
  echo "the exported symbols are not those of $list; if that is meant, run this with --update" >&2
  exit 1
}
