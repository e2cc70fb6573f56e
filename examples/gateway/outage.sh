#!/usr/bin/env bash
# Takes the gateway through an outage of one service, with changes of its configuration meanwhile,
# and prints what an operator sees: lines of the log, /health and /metrics. It needs curl 7.83.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

work=$(mktemp -d)
trap '{ kill -KILL $(jobs -p) || true; wait; } 2>/dev/null; rm -r "$work"' EXIT

# The test gives the programs that it has built.
if [[ -n ${GATEWAY:-} ]]; then
  gateway=("$GATEWAY") upstreams=("$UPSTREAMS")
else
  cargo build --quiet
  run=(cargo run --quiet --manifest-path "$PWD/Cargo.toml")
  gateway=("${run[@]}" --bin gateway --) upstreams=("${run[@]}" --bin upstreams --)
fi

# Runs the command until the file, from a line on, has a line with all the texts.
until_in() {
  local file=$1 first=$2 command=$3 deadline=$((SECONDS + 60)) lines text
  shift 3
  while true; do
    lines=$(tail -n "+$first" "$file")
    for text in "$@"; do lines=$(grep -F -- "$text" <<<"$lines") || break; done
    [[ -z $lines ]] || return 0
    ((SECONDS < deadline)) || break
    $command
    sleep 0.1
  done
  { echo "no line with $* within 60 s in:" && cat "$file" && exit 1; } >&2
}

step() { printf '\n== %s\n' "$*" && first=$(($(wc -l <"$work/log") + 1)); }
until_logged() { until_in "$work/log" "$first" "$@"; }
log() { tail -n "+$first" "$work/log"; }

get() { curl --silent --show-error --noproxy "*" --max-time 60 "$@"; }
switch() { get --request PUT "$services/payments/mode/$1"; }
# A new file in the place of the old one, as editors and tools for configuration do it.
save() { cat >"$work/new.toml" && mv "$work/new.toml" "$work/gateway.toml"; }

order() {
  get --output "$work/answer" --write-out '%{http_code} %header{retry-after}' \
    --json '{ "sku": "tea", "cents": 420 }' "$url/orders" >"$work/code"
}
answer() { echo "POST /orders: $(<"$work/code") $(<"$work/answer")"; }
status() { echo "GET $1: $(get --output "$work/body" --write-out '%{http_code}' "$url$1")"; }
product() { status /products/tea && cat "$work/body" && echo; }
health() {
  status /health
  local body=$(<"$work/body")
  echo "${body//\},\{/$'},\n  {'}"
}
metrics() {
  echo "GET /metrics" && get "$url/metrics" >"$work/body"
  grep -E "^brama_($1)" "$work/body"
}

: >"$work/log" && : >"$work/calls"
cp gateway.toml "$work"
"${upstreams[@]}" >"$work/calls" &
until_in "$work/calls" 1 true http://
services=$(head -n 1 "$work/calls")

step 'The gateway starts'
(cd "$work" && exec "${gateway[@]}" --listen 127.0.0.1:0 --payments "$services/payments" \
  --stock "$services/stock" --reviews "$services/reviews") >"$work/log" &
pid=$!
until_logged true '"message":"listening"'
url=http://$(sed -n 's/.*"address":"\([^"]*\)".*/\1/p' "$work/log")
log

step 'All is well'
order && answer
product
health
metrics 'breaker_state.* 1$|breaker_calls_total.*success'
for format in application/openmetrics-text text/plain; do
  get --output /dev/null --write-out '%{content_type}\n' --header "Accept: $format" "$url/metrics"
done

step 'The payments fail'
switch fails
until_logged order '"breaker":"payments"' '"to":"open"'
until_logged order brama::rejection
log
answer
product
health
status /ready
metrics 'breaker_state.*payments.* 1$|breaker_(calls|rejections|openings)_total.*payments.* [1-9]'

step 'The operator changes threshold and expiry'
sed 's/^failure_threshold = 3/failure_threshold = 2/; s/^expiry = "5s"/expiry = "500ms"/' \
  gateway.toml | save
until_logged true '"change":"reloaded"'
log
health

step 'The payments still fail, and are tried again sooner'
until_logged order '"from":"half_open"' '"to":"open"'
log

step 'The operator makes three mistakes'
save <<'TOML'
[kinds.http]
failure_treshold = 4

[breakers.payments]
failure_threshold = 0
expiry = 30
TOML
until_logged true '"key":"breakers.payments.expiry"'
log
health
metrics 'config_last_reload_successful'

step 'The payments work again'
switch works
until_logged order '"to":"closed"'
log
order && answer

step 'The operator mends the file'
sed 's/^expiry = "5s"/expiry = "1s"/' gateway.toml | save
until_logged true '"change":"reloaded"'
log
health
metrics 'config_last_reload_successful|breaker_openings_total.*payments'

step 'The gateway ends while a call is in flight'
switch hangs
order &
call=$!
until_in "$work/calls" 1 true 'Payments Hangs'
kill "$pid"
until_logged true '"message":"ended"'
wait "$call" "$pid"
log
answer
