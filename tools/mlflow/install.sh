#!/usr/bin/env bash
# Makes .venv-mlflow/ at the root of the repository: the MLflow server that the tests talk to, and that you may use.
# Running it again costs nothing once the version is right.
#   tools/mlflow/install.sh [folder of the environment]
set -euo pipefail

version=3.17.2
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
venv=${1:-${MEDGAN_MLFLOW_VENV:-$root/.venv-mlflow}}
python=${PYTHON:-python3}
stamp=$venv/.mlflow-version

if [[ -f $stamp && $(<"$stamp") == "$version" && -x $venv/bin/mlflow ]]; then
  echo "mlflow $version is in $venv"
  exit 0
fi

if ! "$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))'; then
  echo "tools/mlflow/install.sh: MLflow $version needs Python 3.10 or newer; name one with PYTHON=…" >&2
  exit 1
fi
if ! "$python" -m venv "$venv"; then
  echo "tools/mlflow/install.sh: no virtual environment could be made (Debian: apt install python3-venv)" >&2
  exit 1
fi
"$venv/bin/pip" install --quiet --disable-pip-version-check "mlflow==$version"
"$venv/bin/python" -c "from importlib.metadata import version as v; assert v('mlflow') == '$version'"
echo "$version" > "$stamp"
echo "mlflow $version is in $venv"
