#!/usr/bin/env bash
# Makes .venv-peers/ at the root of the repository: PyTorch, torchvision and piqa from PyPI, which the benchmarks compare with.
# They find it there; PYTHON names another interpreter. About 6 GB with the CUDA libraries that PyTorch brings on Linux.
#   benchmarks/install-peers.sh [folder of the environment]
set -euo pipefail

peers=(torch==2.15.0 torchvision==0.29.2 piqa==1.3.2)
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
venv=${1:-$root/.venv-peers}
python=${PYTHON:-python3}
stamp=$venv/.peers

if [[ -f $stamp && $(<"$stamp") == "${peers[*]}" && -x $venv/bin/python ]]; then
  echo "${peers[*]} are in $venv"
  exit 0
fi
if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "benchmarks/install-peers.sh: PyTorch needs Python 3.10 or newer; name one with PYTHON=…" >&2
  exit 1
fi
if ! "$python" -m venv "$venv"; then
  echo "benchmarks/install-peers.sh: no virtual environment could be made (Debian: apt install python3-venv)" >&2
  exit 1
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check "${peers[@]}"
"$venv/bin/python" -c 'import piqa, torch, torchvision'
echo "${peers[*]}" > "$stamp"
echo "${peers[*]} are in $venv"
