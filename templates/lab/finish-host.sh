#!/bin/sh
# Becomes the last step of a lab's root file system, whose path is $1: what a machine must not share with its sisters, and what a container
# has no use for.
set -eu
root=$1

# Each host gets its own: machine-id at its first boot, host keys from the lab before it.
: >"$root/etc/machine-id"
rm -f "$root"/etc/ssh/ssh_host_*_key "$root"/etc/ssh/ssh_host_*_key.pub "$root/var/lib/dbus/machine-id"

# Debian starts these as soon as they are installed. On a machine an operator prepared they would not run with an empty configuration.
for service in haproxy keepalived etcd; do
  [ ! -e "$root/lib/systemd/system/$service.service" ] || chroot "$root" systemctl --quiet disable "$service.service"
done

# No hardware, no terminals, no timers that look for updates; no kernel file systems that belong to the machine.
for unit in systemd-udevd.service systemd-udev-trigger.service systemd-modules-load.service getty.target \
  dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount sys-kernel-config.mount sys-fs-fuse-connections.mount \
  systemd-journald-audit.socket systemd-pstore.service e2scrub_reap.service \
  apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer fstrim.timer dpkg-db-backup.timer; do
  ln -sf /dev/null "$root/etc/systemd/system/$unit"
done
ln -sf /lib/systemd/system/multi-user.target "$root/etc/systemd/system/default.target"
mkdir -p "$root/etc/systemd/journald.conf.d"
# The kernel's log is the machine's, and has what all its hosts wrote there.
printf '[Journal]\nStorage=volatile\nRuntimeMaxUse=64M\nReadKMsg=no\n' >"$root/etc/systemd/journald.conf.d/lab.conf"

# Remove traces of the installation: the hosts have no mirror.
rm -f "$root"/etc/apt/sources.list.d/* "$root"/etc/apt/apt.conf.d/99mmdebstrap "$root"/etc/dpkg/dpkg.cfg.d/99mmdebstrap
: >"$root/etc/apt/sources.list"
