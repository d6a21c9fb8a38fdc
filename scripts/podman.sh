#!/bin/sh
# Sets up Podman on Debian, starts its service and prints the path of its socket, for the tests of containers:
#   LOOPWRIGHT_TEST_DOCKER=$(sh scripts/podman.sh) npx jest test/adapters/executor/docker
# The service ends by itself an hour after it was last asked; its process stands in podman.pid beside the socket.
set -eu

fail() {
  echo "podman: $1" >&2
  exit 1
}

[ "$(id -u)" = 0 ] || fail 'it is set up for root here; set LOOPWRIGHT_TEST_DOCKER to the socket of your own Docker or Podman'
folder=$(mktemp -d "${TMPDIR:-/tmp}/loopwright-podman-XXXXXX")
log="$folder/log"
if ! { command -v podman && command -v runc && [ -x /bin/busybox ]; } >/dev/null 2>&1; then
  command -v apt-get >/dev/null 2>&1 || fail 'neither podman, runc and busybox nor apt-get are here'
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends podman runc busybox-static; } >"$log" 2>&1 ||
    fail "apt-get install podman runc busybox-static failed: $(tail -n 1 "$log")"
fi

# runc, for crun refuses cgroups in hybrid mode; ulimits below what the machine's own may be.
cat >"$folder/containers.conf" <<'C'
[engine]
runtime="runc"
events_logger="file"
cgroup_manager="cgroupfs"
[containers]
default_ulimits=["nofile=1024:1024","nproc=1024:1024"]
C
CONTAINERS_CONF="$folder/containers.conf"
export CONTAINERS_CONF

# One static program makes an image; no registry is asked.
mkdir -p "$folder/root/bin"
cp /bin/busybox "$folder/root/bin/sh"
tar -C "$folder/root" -cf "$folder/root.tar" . && podman import "$folder/root.tar" local/probe:v1 >"$log" 2>&1 ||
  fail "an image cannot be imported: $(tail -n 1 "$log")"
podman run --rm --network none --read-only --cap-drop ALL --memory 64m --pids-limit 32 local/probe:v1 /bin/sh -c 'exit 0' >"$log" 2>&1 ||
  fail "containers do not run here: $(tail -n 1 "$log")"

setsid podman system service --time=3600 "unix://$folder/podman.sock" >"$log" 2>&1 </dev/null &
echo "$!" >"$folder/podman.pid"
tries=0
until [ -S "$folder/podman.sock" ]; do
  tries=$((tries + 1))
  [ "$tries" -lt 100 ] || fail "its service does not start: $(tail -n 1 "$log")"
  sleep 0.1
done
echo "$folder/podman.sock"
