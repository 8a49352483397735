#!/bin/sh
# Becomes crictl in a lab's folder of programs. kubeadm before 1.30 calls crictl, and Debian has none. These are the commands that init, join
# and reset use, answered by containerd itself: through ctr, and where only its CRI knows how (a pod's network, its containers), through that.
set -eu

endpoint=/run/containerd/containerd.sock
quiet=
while [ $# -gt 0 ]; do
  case $1 in
    -r | --runtime-endpoint | -i | --image-endpoint) endpoint=${2#unix://} && shift 2 ;;
    --runtime-endpoint=* | --image-endpoint=*) endpoint=${1#*=} && endpoint=${endpoint#unix://} && shift ;;
    -D | --debug) shift ;;
    --version | -v) echo "crictl version v1.20.0-tripod" && exit 0 ;;
    -*) echo "crictl: unknown option $1" >&2 && exit 2 ;;
    *) break ;;
  esac
done
command=${1:-}
[ $# -eq 0 ] || shift
for argument in "$@"; do
  case $argument in
    -q | --quiet) quiet=1 && shift ;;
    -a | --all) shift ;;
    -*) echo "crictl: $command: unknown option $argument" >&2 && exit 2 ;;
    *) break ;;
  esac
done

ctr() { command ctr --address "$endpoint" --namespace k8s.io "$@"; }

containers() { ctr containers ls ${quiet:+--quiet} "labels.\"io.cri-containerd.kind\"==$1"; }

# A gRPC call with one id in its message: a frame of 5 bytes, then field 1 as a string. $2 is 64 characters long.
cri() {
  [ ${#2} -eq 64 ] || { echo "crictl: $2 is not the id of a pod" >&2 && return 1; }
  answer=$(printf '\0\0\0\0\102\012\100%s' "$2" |
    curl --silent --show-error --http2-prior-knowledge --unix-socket "$endpoint" --data-binary @- \
      --header 'content-type: application/grpc' --header 'te: trailers' --output /dev/null --dump-header - \
      "http://localhost/runtime.v1.RuntimeService/$1" | tr -d '\r')
  status=$(echo "$answer" | sed -n 's/^grpc-status: //p')
  [ "$status" = 0 ] || echo "$answer" | sed -n "s/^grpc-message: /crictl: /p" >&2
  [ "$status" = 0 ]
}

case $command in
  info)
    ctr plugins ls | grep -E '\bcri\b.*\bok\b' || { echo "crictl: containerd's CRI plugin is not running" >&2 && exit 1; }
    ;;
  pods) containers sandbox ;;
  ps) containers container ;;
  images) ctr images ls ${quiet:+--quiet} ;;
  inspecti)
    [ -n "$(ctr images ls --quiet "name==$1")" ] || { echo "crictl: no such image $1 present" >&2 && exit 1; }
    ctr images ls "name==$1"
    ;;
  pull) ctr images pull --hosts-dir /etc/containerd/certs.d "$1" ;;
  stopp) for pod in "$@"; do cri StopPodSandbox "$pod"; done ;;
  rmp) for pod in "$@"; do cri RemovePodSandbox "$pod"; done ;;
  *) echo "crictl: unknown command $command" >&2 && exit 2 ;;
esac
