#!/bin/sh
# The page in a browser against a real server: tests/e2e/run.sh [MEDLEY] [FOLDER_FOR_SCREENSHOTS]
# MEDLEY: the binary (default: build/release/bin/medley), or "fixture" for the server of this folder, or the address
# of a server that already runs. With E2E_PAGE=dist the binary's API stands behind the page of web/dist, not behind the one it was built with. Exit code: 0 all held, 1 something did not, 77 skipped because something is not there.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
medley=${1:-$root/build/release/bin/medley}
pictures=${2:-}
chromium=${E2E_CHROMIUM:-/usr/bin/chromium}

[ -x "$chromium" ] || { echo "skipped: no $chromium"; exit 77; }
[ -d "$root/web/node_modules/playwright-core" ] || { echo "skipped: run 'npm ci' in web first"; exit 77; }
[ -f "$root/web/dist/index.html" ] || { echo "skipped: run 'npm run build' in web first"; exit 77; }

case $medley in
http://*) exec node "$here/shop_window.mjs" "$medley" $pictures ;;
esac

folder=$(mktemp -d)
server=
front=
: >"$folder/log"
finish() {
  [ -z "$front" ] || kill "$front" 2>/dev/null || true
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  [ -z "$server" ] || wait "$server" 2>/dev/null || true
  rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM

if [ "$medley" = fixture ]; then
  export E2E_FIXTURE=1
  node "$here/mock_server.mjs" >"$folder/log" 2>&1 &
else
  [ -x "$medley" ] || { echo "skipped: no $medley"; exit 77; }
  # Documents to answer from, and what texts and pictures say.
  {
    "$medley" demo --items "${E2E_ITEMS:-60}" --users "${E2E_USERS:-20}" --only train --folder "$folder/demo" &&
      "$medley" -C "$folder/demo" import documents "$root/examples/customer_service/returns.md" &&
      "$medley" -C "$folder/demo" enrich
  } >"$folder/log" 2>&1 || { echo "the demo was not made:"; tail -n 20 "$folder/log"; exit 1; }
  "$medley" -C "$folder/demo" serve --port 0 >"$folder/log" 2>&1 &
fi
server=$!

address=
waited=0
while [ -z "$address" ]; do
  address=$(sed -n 's/.*Medley listens on \(http:[^ ]*\).*/\1/p' "$folder/log" | head -n 1)
  [ -n "$address" ] && break
  kill -0 "$server" 2>/dev/null || { echo "the server stopped:"; cat "$folder/log"; exit 1; }
  [ "$waited" -lt "${E2E_START_S:-180}" ] || { echo "the server did not start:"; cat "$folder/log"; exit 1; }
  sleep 1
  waited=$((waited + 1))
done
echo "server at $address after $waited s"

if [ "${E2E_PAGE:-}" = dist ]; then
  node "$here/page_proxy.mjs" "$address" >"$folder/front" 2>&1 &
  front=$!
  until address=$(sed -n 's/.*Medley listens on \(http:[^ ]*\).*/\1/p' "$folder/front") && [ -n "$address" ]; do
    kill -0 "$front" 2>/dev/null || { cat "$folder/front"; exit 1; }
    sleep 1
  done
fi

# The page can be tried when people are there and something is recommended to them.
waited=0
until node -e '
  const base = process.argv[1];
  const get = async (path) => (await fetch(base + path)).json();
  const { users } = await get("/api/v1/users?limit=1");
  const { items } = await get(`/api/v1/users/${encodeURIComponent(users[0].id)}/recommendations?n=10`);
  const { job } = await get("/api/v1/state");
  process.exit(items.length === 10 && job === null ? 0 : 1);
' --input-type=module "$address" 2>/dev/null; do
  [ "$waited" -lt "${E2E_READY_S:-300}" ] || { echo "not ready:"; tail -n 20 "$folder/log"; exit 1; }
  sleep 2
  waited=$((waited + 2))
done
echo "ready after $waited s more"

node "$here/shop_window.mjs" "$address" $pictures || { echo "the server said:"; tail -n 20 "$folder/log"; exit 1; }
