#!/usr/bin/env bash
# Installs Slurm's controller, node daemon and programs from Debian or Ubuntu, for the tests. Starts nothing: a test
# starts a cluster of its own with tools/slurm/cluster.sh. Needs root. Running it again costs nothing.
set -euo pipefail

missing=()
for package in slurmctld slurmd slurm-client munge; do
  dpkg -s "$package" >/dev/null 2>&1 || missing+=("$package")
done
if ((${#missing[@]} > 0)); then
  policy=/usr/sbin/policy-rc.d
  if [[ ! -e $policy ]]; then
    # Keeps the packages from starting their daemons, which have no configuration yet.
    printf '#!/bin/sh\nexit 101\n' > "$policy"
    chmod 755 "$policy"
    trap 'rm -f "$policy"' EXIT
  fi
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
slurmctld -V
