#!/bin/sh
# Becomes the last step of a root file system that looks like RHEL 9's to Tripod; runs inside it. What a node installs there by dnf is made of
# Debian's own packages, which are in this root file system at first: each becomes an RPM in /srv/packages, and its files are removed. What
# they need of libraries stays.
set -eu
work=$(mktemp -d)
repository=/srv/packages
mkdir -p "$repository"

# The files of a Debian package, under the paths that they have where /lib and /sbin are links into /usr.
files() {
  dpkg -L "$1" | while read -r path; do
    real=$(readlink -f "$(dirname "$path")")/$(basename "$path")
    case $real in /usr/share/doc/* | /usr/share/man/* | /etc/init.d/* | /etc/default/*) continue ;; esac
    { [ -d "$real" ] || { [ ! -f "$real" ] && [ ! -L "$real" ]; }; } || echo "$real"
  done
}

# rpm NAME PACKAGE [COMMANDS before it is installed]; without a package it is empty: what it stands for is part of the system here.
rpm_of() {
  name=$1 package=$2 before=${3:-}
  stage=$work/$name
  mkdir -p "$stage"
  version=1.0
  if [ -n "$package" ]; then
    version=$(dpkg-query -W -f '${Version}' "$package" | sed 's/^[0-9]*://; s/[-+~].*//')
    files "$package" >"$work/files"
    [ "$name" != iptables-nft ] || for program in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
      ln -sfn xtables-nft-multi "/usr/sbin/$program"
      echo "/usr/sbin/$program" >>"$work/files"
    done
    sort -u "$work/files" -o "$work/files"
    tar -cf - -T "$work/files" 2>/dev/null | tar -xf - -C "$stage"
    xargs rm -f <"$work/files"
  else
    : >"$work/files"
  fi
  {
    printf 'Name: %s\nVersion: %s\nRelease: 1.el9\nSummary: made of a Debian package\nLicense: as the Debian package\nAutoReqProv: no\n' "$name" "$version"
    [ "$name" != bash ] || echo 'Provides: /bin/sh'
    printf '%%description\nMade of a Debian package, for a lab.\n%%install\ncp -a %s/. %%{buildroot}\n' "$stage"
    [ -z "$before" ] || printf '%%pre\n%s\n' "$before"
    printf '%%files\n'
    cat "$work/files"
  } >"$work/spec"
  rpmbuild -bb --quiet --nodeps --define "_topdir $work/rpmbuild" --define "_rpmdir $repository" --define '_rpmfilename %{NAME}-%{VERSION}.rpm' \
    --define 'debug_package %{nil}' --define '__os_install_post %{nil}' --define '_build_id_links none' "$work/spec" 2>"$work/log" || { cat "$work/log" >&2; exit 1; }
}

rpm_of keepalived keepalived
rpm_of haproxy haproxy 'getent passwd haproxy >/dev/null || useradd -r -d /var/lib/haproxy -s /usr/sbin/nologin haproxy; mkdir -p /var/lib/haproxy'
rpm_of conntrack-tools conntrack
rpm_of socat socat
rpm_of iptables-nft iptables
rpm_of ethtool ethtool
for name in bash iproute iproute-tc ca-certificates kmod python3-dnf-plugin-versionlock; do rpm_of "$name" ''; done
createrepo_c --quiet "$repository"
rm -rf "$work"

mkdir -p /etc/yum.repos.d
cat >/etc/yum.repos.d/lab.repo <<'EOF'
[lab]
name=What a node installs, made of Debian's packages
baseurl=file:///srv/packages
gpgcheck=0
EOF
# Debian's dnf keeps what it has installed in its own repository; RHEL's does not.
sed -i 's/^enabled *=.*/enabled = false/' /etc/dnf/plugins/local.conf
mkdir -p /etc/dnf/vars
echo 9 >/etc/dnf/vars/releasever
cat >/etc/os-release <<'EOF'
NAME="Rocky Linux"
VERSION="9.4 (Blue Onyx)"
ID="rocky"
ID_LIKE="rhel centos fedora"
VERSION_ID="9.4"
PLATFORM_ID="platform:el9"
PRETTY_NAME="Rocky Linux 9.4, as far as Debian has it"
EOF
mkdir -p /etc/pki/tls/certs
ln -sfn /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt
mkdir -p /etc/systemd/system-preset
echo 'disable *' >/etc/systemd/system-preset/99-default-disable.preset

# A command for Debian would be noticed at once.
rm -f /usr/bin/apt /usr/bin/apt-get /usr/bin/apt-cache /usr/bin/apt-mark /usr/bin/dpkg /usr/bin/dpkg-query /usr/bin/dpkg-deb
