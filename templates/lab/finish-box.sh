#!/bin/sh
# Becomes the last step of the LXC box's root file system, whose path is $1: what Vagrant expects of a box, and what an installer would have
# done on a machine that has its own network.
set -eu
root=$1

# Vagrant logs in with its well-known key, and replaces it by a machine's own in the first minute.
chroot "$root" useradd --create-home --shell /bin/bash vagrant
echo 'vagrant ALL=(ALL) NOPASSWD: ALL' >"$root/etc/sudoers.d/vagrant"
chmod 440 "$root/etc/sudoers.d/vagrant"
install -d -m 700 "$root/home/vagrant/.ssh"
cat >"$root/home/vagrant/.ssh/authorized_keys" <<'KEY'
ssh-rsa AAAAB3NzaC1yc2EAAAABIwAAAQEA6NF8iallvQVp22WDkTkyrtvp9eWW6A8YVr+kz4TjGYe7gHzIw+niNltGEFHzD8+v1I2YJ6oXevct1YeS0o9HZyN1Q9qgCgzUFtdOKLv6IedplqoPkcmF0aYet2PkEDo3MlTBckFXPITAMzF8dJSIFo9D8HfdOV0IAdx4O7PtixWKn5y2hMNG0zQPyUecp4pzC6kivAIhyfHilFR61RGL+GPXQ2MWZWFYbAGjyiYJnAmCP3NOTd0jMZEnDkbUvxhMmBYSdETk1rRgm+R4LOzFUGaHqHDLKLX+FIPKcF96hrucXzcWyLbIbEgE98OHlnVYCzRdK8jlqm8tehUc9c9WhQ== vagrant insecure public key
KEY
chmod 600 "$root/home/vagrant/.ssh/authorized_keys"
chroot "$root" chown -R vagrant:vagrant /home/vagrant

# The name and the address are LXC's to give. The rest of a machine's own is made before its sshd starts: host keys, its name in /etc/hosts,
# and the nameserver, which is the bridge's where the bridge has one.
rm -f "$root/etc/hostname" "$root/etc/resolv.conf"
cat >"$root/etc/systemd/system/own.service" <<'UNIT'
[Unit]
Description=What this machine does not share with its sisters
Before=ssh.service

[Service]
Type=oneshot
ExecStart=/usr/bin/ssh-keygen -A
ExecStart=/bin/sh -c 'grep -q " %H$" /etc/hosts || echo "127.0.1.1 %H" >>/etc/hosts'
ExecStart=/bin/sh -c 'ip -4 route show default | sed -n "s/^default via \\([^ ]*\\).*/nameserver \\1\\noptions timeout:1 attempts:1/p" >/etc/resolv.conf'

[Install]
WantedBy=multi-user.target
UNIT
chroot "$root" systemctl --quiet enable own.service

# vagrant-lxc runs this before it stops a container by force: a power cut comes without a warning.
ln -sf ../bin/true "$root/usr/sbin/halt"
