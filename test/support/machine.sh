# Makes a machine out of nothing, in namespaces that were made for it; run by machine.ts as `sh machine.sh FAKES SHARED ADDRESS NODE`.
# Programs are this machine's own under an overlay; everything else (/etc, /var, /run …) is new. All of it lies on a tmpfs that only
# this mount namespace has, so it is gone with its last process, which ends when stdin does.
set -e
fakes=$1 shared=$2 address=$3 node=$4
read -r pid _ </proc/self/stat # while /proc is still that of the machine around

mount -t tmpfs -o mode=755 tmpfs /mnt
cd /mnt
mkdir -p dev proc sys/module sys/fs/cgroup etc/systemd/system var/lib run/systemd/system root opt home usr .upper .work fakes/units fakes/sysctl fakes/cluster
mkdir -m 1777 tmp
touch sys/fs/cgroup/cgroup.controllers
for each in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$each" ]; then cp -P "/$each" .; elif [ -d "/$each" ]; then mkdir "$each" && mount --bind -o ro "/$each" "$each"; fi
done
mount -t overlay overlay -o lowerdir=/usr,upperdir=/mnt/.upper,workdir=/mnt/.work usr
mount -t tmpfs -o mode=755 tmpfs usr/local
mkdir usr/local/bin usr/local/sbin
mount -t tmpfs -o mode=755 tmpfs usr/lib/systemd/system
rm -f usr/sbin/policy-rc.d

cp "$fakes"/* usr/local/sbin/
chmod 755 usr/local/sbin/*
# The Node.js that runs the tests may be in any folder, such as npx's.
touch usr/local/bin/node
mount --bind -o ro "$node" usr/local/bin/node
[ -z "$shared" ] || mount --bind "$shared" fakes/cluster

mount -t proc proc proc
echo 0 >fakes/sysctl/net.ipv4.ip_forward
touch fakes/packages fakes/images
printf 'Filename\tType\tSize\tUsed\tPriority\n' >fakes/swaps
mount --bind fakes/swaps proc/swaps
mknod -m 666 dev/null c 1 3
mknod -m 666 dev/urandom c 1 9
ln -s /proc/self/fd dev/fd
ln -s /proc/self/fd/0 dev/stdin

cp -a /etc/alternatives /etc/ld.so.* /etc/login.defs etc/ 2>/dev/null || true
printf '%s\n' 'root:x:0:0:root:/root:/bin/sh' 'nobody:x:65534:65534:nobody:/:/usr/sbin/nologin' >etc/passwd
printf '%s\n' 'root:x:0:' 'nogroup:x:65534:' >etc/group
echo 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"
ID=debian
VERSION_ID="12"' >etc/os-release
echo "$address" | md5sum | cut -d' ' -f1 >etc/machine-id
echo '127.0.0.1 localhost' >etc/hosts
echo "debian-${address##*.}" >etc/hostname
hostname "debian-${address##*.}"
ip link set lo up
ip link add eth0 type veth peer name cable
ip addr add "$address/24" dev eth0
ip link set eth0 up
ip link set cable up

exec 3<&0
# Nobody may come in before the root is the new one. The inner shell also takes in processes that have lost their parent.
# shellcheck disable=SC2016
exec chroot . sh -c 'echo "$0"; cat <&3 >/dev/null & wait' "$pid"
