#!/usr/bin/env bash
# Measures what decorated functions add to a build: processor time of `cargo check`, and bytes of
# text in a release.
#
#     bash benches/build.sh [FUNCTIONS]
#
# It writes a crate with that many functions (default: 300), plain and decorated, sync and async, with
# bodies of one line and of five. Times are the best of five runs; each run builds all kinds. Bytes are
# the growth from half of the functions to all of them, which leaves out the runtime, since it is linked
# once. Processor time grows on a busy machine: compare the ratios.
set -euo pipefail
cd "$(dirname "$0")/.."

brama=$PWD functions=${1:-300} runs=5
crate=$brama/target/build-cost
kinds=({plain,decorated}{,-async}{-1,-5})
export CARGO_TARGET_DIR=$crate/target CARGO_INCREMENTAL=0
mkdir -p "$crate/src"
cp Cargo.lock "$crate"

cat > "$crate/Cargo.toml" <<END
[package]
name = "build-cost"
edition = "2024"
[dependencies]
brama = { path = "$brama" }
[workspace]
END

# body KIND NUMBER: one line, or a guard, a let, a call, a match and a result.
body() {
  local pay=pay wait=''
  case $1 in *async*) pay=pay_later wait=.await ;; esac
  case $1 in
    *-1) echo "    $pay(cents + $2 + name.len() as u64)$wait" ;;
    *-5) cat <<END
    if name.is_empty() { return Err(PayError::Status(422)); }
    let fee = cents / 100 + $2;
    let paid = $pay(fee)$wait?;
    match paid { 0 => return Err(PayError::Status(402)), other => println!("{name} paid {other}") }
    Ok(cents + paid)
END
      ;;
  esac
}

# write KIND COUNT
write() {
  local async='' call='black_box(f%d(1, "a")).ok();' number
  case $1 in *async*) async='async ' call='poll(f%d(1, "a"));' ;; esac
  {
    cat <<'END'
#![allow(dead_code)]
use std::{fmt, future::Future, hint::black_box, pin::pin, task::{Context, Waker}};
#[derive(Debug)]
enum PayError { Status(u16), Open(brama::CircuitOpen) }
impl From<brama::CircuitOpen> for PayError { fn from(open: brama::CircuitOpen) -> Self { Self::Open(open) } }
impl fmt::Display for PayError { fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { write!(f, "{self:?}") } }
impl std::error::Error for PayError {}
#[inline(never)]
fn poll<F: Future>(future: F) { let _ = black_box(pin!(future).poll(&mut Context::from_waker(Waker::noop())).is_ready()); }
#[inline(never)]
fn pay(cents: u64) -> Result<u64, PayError> { Ok(black_box(cents)) }
#[inline(never)]
async fn pay_later(cents: u64) -> Result<u64, PayError> { Ok(black_box(cents)) }
END
    for ((number = 0; number < $2; number++)); do
      case $1 in decorated*) echo "#[brama::circuit_breaker(identifier = \"f$number\")]" ;; esac
      echo "#[inline(never)] ${async}fn f$number(cents: u64, name: &str) -> Result<u64, PayError> {"
      body "$1" "$number"
      echo '}'
    done
    echo 'fn main() {'
    for ((number = 0; number < $2; number++)); do printf "    $call\n" "$number"; done
    echo '}'
  } > "$crate/src/main.rs"
}

# Milliseconds of processor time of one check of the crate. Unlike wall time, it depends little on
# other work on the machine.
check() {
  local TIMEFORMAT='%U %S'
  { time cargo check --quiet --offline --manifest-path "$crate/Cargo.toml"; } 2>&1 |
    awk 'END { print int(($1 + $2) * 1000) }'
}

# Bytes of text, with read-only data.
text() {
  cargo build --release --quiet --offline --manifest-path "$crate/Cargo.toml"
  size "$CARGO_TARGET_DIR/release/build-cost" | awk 'NR == 2 { print $1 }'
}

declare -A best bytes
write plain-1 1 && check > /dev/null
for ((run = 0; run < runs; run++)); do
  for kind in "${kinds[@]}"; do
    write "$kind" "$functions"
    took=$(check)
    ((took < ${best[$kind]:-999999})) && best[$kind]=$took
  done
done
for kind in "${kinds[@]}"; do
  write "$kind" $((functions / 2)) && half=$(text)
  write "$kind" "$functions" && all=$(text)
  bytes[$kind]=$(((all - half) / (functions - functions / 2)))
done

echo "load of the machine: $(cut -d ' ' -f 1 /proc/loadavg) on $(nproc) cores"
echo "$functions functions      cargo check  text per function"
for kind in "${kinds[@]}"; do
  printf '%-18s %9d ms %9d bytes\n' "$kind" "${best[$kind]}" "${bytes[$kind]}"
done
for kind in {,-async}{-1,-5}; do
  ratio=$(awk "BEGIN { printf \"%.2f\", ${best[decorated$kind]} / ${best[plain$kind]} }")
  echo "decorated$kind: $ratio times the time, $((bytes[decorated$kind] - bytes[plain$kind])) bytes per function"
done
