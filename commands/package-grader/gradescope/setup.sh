#!/usr/bin/env bash
# Runs once, when Gradescope builds the image: installs Node.js, bubblewrap and the packages of the
# grader. Needs the package registries of the system and of npm; nothing else, and nothing later.
set -euo pipefail
source_dir=$(cd "$(dirname "$0")" && pwd)

# Most images have no Node.js or an old one, but npm's registry has them all.
node_version=24.21.0
npm_version=10.9.4

has_node() {
  command -v node >/dev/null && command -v npm >/dev/null &&
    node "$source_dir/viewlab/scripts/node-range.cjs" 2>/dev/null
}

install_node() {
  local arch folder
  case "$(uname -m)" in
    x86_64) arch=x64 ;;
    aarch64) arch=arm64 ;;
    *) echo "no Node.js is known for $(uname -m): use an image that has it, see engines in package.json"; exit 1 ;;
  esac
  folder=/usr/local/lib/viewlab-node
  mkdir -p "$folder/npm"
  local registry=https://registry.npmjs.org
  curl -fsSL "$registry/node-linux-$arch/-/node-linux-$arch-$node_version.tgz" |
    tar xz -C "$folder" --strip-components=1
  curl -fsSL "$registry/npm/-/npm-$npm_version.tgz" | tar xz -C "$folder/npm" --strip-components=1
  ln -sf "$folder/bin/node" /usr/local/bin/node
  printf '#!/bin/sh\nexec node %s/npm/bin/npm-cli.js "$@"\n' "$folder" >/usr/local/bin/npm
  chmod +x /usr/local/bin/npm
}

install_packages() {
  local missing=()
  command -v bwrap >/dev/null || missing+=(bubblewrap)
  command -v setpriv >/dev/null && command -v prlimit >/dev/null || missing+=(util-linux)
  if ! has_node; then
    command -v curl >/dev/null || missing+=(curl ca-certificates)
  fi
  [ "${#missing[@]}" -eq 0 ] && return
  apt-get update
  DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "${missing[@]}"
}

install_packages
has_node || install_node

cd "$source_dir/viewlab"
npm ci --omit=dev --no-audit --no-fund --loglevel=error
# What would otherwise be compiled for the first hand-in.
node runtime/typescript.cjs compile-all
echo "ready: Node.js $(node --version)"
