#!/usr/bin/env bash
# Runs a command in a clean clone of HEAD on a machine on which nothing was installed by hand: a bare Debian with git and the
# Node of this machine, in a folder of its own. So a step that only works because of what a developer has installed is found.
#   tools/fresh-machine/run.sh [--keep] [ci | readme | <command>]
#     ci         .ci/run, with CI=true (default)
#     readme     the two commands of README.md, each in a clone of its own
#     <command>  any other, such as 'npm ci'
#     --keep     leave the machine behind, and say where it is
# Needs root, debootstrap, and about 8 GB in TMPDIR. Packages come from the mirrors and registries that this machine uses.
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
fail() {
  echo "tools/fresh-machine/run.sh: $1" >&2
  exit 2
}

keep=false
if [[ ${1:-} == --keep ]]; then
  keep=true
  shift
fi
wanted=${1:-ci}
[[ $# -le 1 ]] || fail "give one command, in quotes"
[[ $wanted != --* ]] || fail "there is no option $wanted"
[[ $EUID == 0 ]] || fail "chroot needs root: sudo $0 $wanted"
for tool in debootstrap unshare git node; do
  command -v "$tool" >/dev/null || fail "$tool is not installed (Debian: apt install $tool)"
done
[[ -z $(git -C "$repository" status --porcelain) ]] || echo "uncommitted changes are not in the clone" >&2

machine=$(mktemp -d "${TMPDIR:-/tmp}/medgan-fresh-machine.XXXXXX")
remove() {
  # Everything is mounted in a namespace that has ended by now; nothing of another file system is touched in any case.
  if [[ $keep == true ]]; then echo "the machine is in $machine"; else rm -rf --one-file-system "$machine"; fi
}
trap remove EXIT
chmod 755 "$machine"

# The system: Debian's smallest, from the mirror that apt uses here.
sources() {
  apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' 'Origin: Debian' | sort -u
}
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(sources | awk -v suite="$codename" '$3 == suite { print $2; exit }')
[[ -n $mirror ]] || fail "apt has no Debian mirror for $codename here"
echo "bare Debian $codename"
debootstrap --variant=minbase --include=git,ca-certificates "$codename" "$machine" "$mirror" >"$machine.log" 2>&1 || {
  tail -n 20 "$machine.log" >&2
  fail "debootstrap failed; its whole output is in $machine.log"
}
rm -f "$machine.log"

# The way to mirrors and registries: names, certificates, proxies, addresses. No credentials: those of a user are not read.
sources >"$machine/etc/apt/sources.list"
{ apt-config dump Acquire | grep -iE '^Acquire::(Check|https?|Retries)' || true; } >"$machine/etc/apt/apt.conf.d/90fresh-machine"
cp /etc/resolv.conf /etc/hosts "$machine/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$machine/etc/ssl/certs/ca-certificates.crt"
if [[ -f /etc/pip.conf ]]; then cp /etc/pip.conf "$machine/etc/"; fi
echo "registry=$(npm config get registry)" >"$machine/root/.npmrc"
environment=(HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 TERM=dumb)
for name in {http,https,no}_proxy {HTTP,HTTPS,NO}_PROXY PIP_INDEX_URL; do
  if [[ -n ${!name:-} ]]; then environment+=("$name=${!name}"); fi
done
for name in NODE_EXTRA_CA_CERTS SSL_CERT_FILE PIP_CERT REQUESTS_CA_BUNDLE; do
  if [[ -n ${!name:-} ]]; then environment+=("$name=/etc/ssl/certs/ca-certificates.crt"); fi
done

# Node with npm and its headers, as the archives of nodejs.org bring it.
node=$(dirname "$(dirname "$(readlink -f "$(command -v node)")")")
cp "$node/bin/node" "$machine/usr/local/bin/"
mkdir -p "$machine/usr/local/lib/node_modules" "$machine/usr/local/include"
cp -r "$node/lib/node_modules/npm" "$machine/usr/local/lib/node_modules/"
if [[ -d $node/include/node ]]; then cp -r "$node/include/node" "$machine/usr/local/include/"; fi
for name in npm npx; do ln -s "../lib/node_modules/npm/bin/$name-cli.js" "$machine/usr/local/bin/$name"; done

in_machine() {
  local folder=$1 command=$2
  shift 2
  # A namespace of its own: what is mounted, and every process that is left, goes with it.
  unshare --mount --pid --fork --kill-child bash -euc '
    machine=$1 folder=$2 command=$3
    shift 3
    mount -t proc proc "$machine/proc"
    mount -t sysfs -o ro sysfs "$machine/sys"
    mount --rbind /dev "$machine/dev"
    exec env -i "$@" chroot "$machine" bash -c "cd $folder && $command"
  ' bash "$machine" "$folder" "$command" "${environment[@]}" "$@"
}

try() {
  local command=$1
  shift
  rm -rf --one-file-system "$machine/root/medgan"
  git clone --quiet --no-hardlinks "$repository" "$machine/root/medgan"
  echo "in a clean clone of $(git -C "$repository" log -1 --format='%h %s'): $command"
  local start=$SECONDS status=0
  in_machine /root/medgan "$command" "$@" || status=$?
  echo "exit $status after $(((SECONDS - start) / 60)) min $(((SECONDS - start) % 60)) s: $command"
  return "$status"
}

in_machine / 'node --version && npm --version && git --version'
case $wanted in
  ci) try .ci/run CI=true ;;
  readme)
    status=0
    # The commands stand in the first two blocks of the page.
    while read -r command; do
      try "$command" </dev/null || status=1
    done < <(awk '/^```sh$/ { inside = ++blocks <= 2; next } /^```$/ { inside = 0 } inside' "$repository/README.md")
    exit "$status"
    ;;
  *) try "$wanted" ;;
esac
