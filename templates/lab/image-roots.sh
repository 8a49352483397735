#!/bin/sh
# Becomes the folders $3/NAME, the contents of the lab's images: $1 has the programs of Kubernetes, $2 is the hosts' root file system.
set -eu
umask 022
programs=$1
rootfs=$2
roots=$3

for name in kube-apiserver kube-controller-manager kube-scheduler kube-proxy; do
  install -D "$programs/$name" "$roots/$name/usr/local/bin/$name"
done
[ ! -e "$programs/coredns" ] || install -D "$programs/coredns" "$roots/coredns/coredns"

# kube-proxy calls iptables and conntrack. iptables loads an extension for each kind of match, and these need their own libraries (libm):
# without one of them, rules fail in silence.
in_rootfs() { chroot "$rootfs" sh -c "$1"; }
called=$(in_rootfs 'ls /usr/sbin/xtables-nft-multi /usr/sbin/conntrack /usr/lib/*/xtables/*.so')
libraries=$(in_rootfs "ldd $(echo $called)" | grep -o '/[^ :]*\.so[^ :]*' | sort -u)
(cd "$rootfs" && for file in $called $libraries; do cp -L --parents ".$file" "$roots/kube-proxy"; done)
for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
  ln -s xtables-nft-multi "$roots/kube-proxy/usr/sbin/$name"
done

# catatonit is a static program that, with -P, does what Kubernetes' own pause does: wait, and reap.
install -D "$rootfs/usr/bin/catatonit" "$roots/pause/pause"

# A workload that answers with its pod's name.
install -D "$rootfs/bin/busybox" "$roots/workload/bin/busybox"
for name in sh cat hostname httpd mkdir sleep wget; do ln -s busybox "$roots/workload/bin/$name"; done

for root in "$roots"/*; do
  mkdir -p "$root/etc" "$root/run" "$root/tmp"
  chmod 1777 "$root/tmp"
done
