#!/usr/bin/env bash
# A Slurm cluster of one node on this machine, for tests: a controller, a node with two pretended GPUs, and a munged of
# its own. Needs root, and no systemd, cgroups or database.
#   tools/slurm/cluster.sh start FOLDER [PORT]   makes FOLDER/slurm.conf and starts the three daemons; PORT + 1 is used too
#   tools/slurm/cluster.sh stop FOLDER           stops them, and the jobs
#   tools/slurm/cluster.sh controller-start FOLDER, controller-stop FOLDER   the controller alone
# SLURM_CONF=FOLDER/slurm.conf leads Slurm's programs to it.
set -euo pipefail

command=$1
folder=$(realpath "$2")
conf=$folder/slurm.conf
host=$(hostname -s)
export SLURM_CONF=$conf

# Ends the process of a file, and waits until it has ended: at once, if it does not in order.
end_of() {
  local pid
  [[ -s $1 ]] || return 0
  pid=$(<"$1")
  kill "$pid" 2>/dev/null || true
  if ! timeout 10 tail --pid="$pid" -s 0.05 -f /dev/null; then kill -KILL "$pid"; fi
  rm -f "$1"
}

start_controller() {
  slurmctld -f "$conf"
}

configure() {
  local port=$1
  mkdir -p "$folder/state" "$folder/spool"
  # Memory of the node in MB: more than enough for the jobs of tests, and no more than the machine has.
  cat > "$conf" <<CONF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmdParameters=config_overrides
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket,cred_expire=5
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=$folder/jobcomp.log
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_min_interval=0,sched_interval=1,batch_sched_delay=0,bf_interval=1
SlurmctldPort=$port
SlurmdPort=$((port + 1))
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
ReturnToService=2
KillWait=5
MinJobAge=300
OverTimeLimit=0
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
GresTypes=gpu
NodeName=$host NodeAddr=127.0.0.1 CPUs=2 RealMemory=1500 Gres=gpu:2 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP PriorityTier=1 PreemptMode=REQUEUE GraceTime=3
PartitionName=high Nodes=$host MaxTime=INFINITE State=UP PriorityTier=10 PreemptMode=OFF
CONF
  # Any two device files will do.
  printf 'Name=gpu File=/dev/null\nName=gpu File=/dev/zero\n' > "$folder/gres.conf"
}

case $command in
  start)
    configure "${3:-36817}"
    # Readable and searchable by all: munged insists on it.
    chmod 755 "$folder"
    head -c 1024 /dev/urandom > "$folder/munge.key"
    chmod 400 "$folder/munge.key"
    munged --force --socket="$folder/munge.socket" --key-file="$folder/munge.key" --pid-file="$folder/munged.pid" \
      --seed-file="$folder/munge.seed" --log-file="$folder/munged.log"
    start_controller
    slurmd -f "$conf" -N "$host"
    ;;
  stop)
    # First, so that no job outlives its cluster.
    scancel --quiet --signal=KILL --full --user="$(id -un)" 2>/dev/null || true
    scancel --quiet --user="$(id -un)" 2>/dev/null || true
    for _ in {1..100}; do
      [[ -n $(squeue --noheader 2>/dev/null) ]] || break
      sleep 0.1
    done
    end_of "$folder/slurmctld.pid"
    end_of "$folder/slurmd.pid"
    end_of "$folder/munged.pid"
    ;;
  controller-start) start_controller ;;
  controller-stop) end_of "$folder/slurmctld.pid" ;;
  *)
    echo "tools/slurm/cluster.sh: unknown command $command" >&2
    exit 2
    ;;
esac
