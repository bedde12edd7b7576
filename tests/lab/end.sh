# One end of the lab: pluto with files of its own, in namespaces of its own. Started by lab.sh as
#   unshare -n -m -u bash end.sh FOLDER NAME ADDRESS PEER LAN
# and becomes pluto, so its PID is the daemon's. FOLDER holds ipsec.conf and ipsec.secrets.
set -eu
. "$(dirname "$0")/wire.sh"
folder=$1 name=$2 address=$3 peer=$4 lan=$5
mount --make-rprivate /
hostname "$name"
mkdir -p "$folder"/{run/pluto,run/sshd,log,nss,ipsec.d/policies}
mount --bind "$folder/run" /run
mount --bind "$folder/log" /var/log
mkdir -p /var/lib/ipsec/nss
mount --bind "$folder/nss" /var/lib/ipsec/nss
mount --bind "$folder/ipsec.d" /etc/ipsec.d
mount --bind "$folder/ipsec.conf" /etc/ipsec.conf
mount --bind "$folder/ipsec.secrets" /etc/ipsec.secrets
# What the account's own shell says at its start is no part of the test.
for file in ~root/.bashrc ~root/.profile; do
  [ ! -e "$file" ] || mount --bind /dev/null "$file" || true
done
# Notices of IPv6 routes are taken for expired SAs by this daemon.
echo 1 >/proc/sys/net/ipv6/conf/all/disable_ipv6 || true
ip link set lo up
ip address add "$lan/32" dev lo
wire "$address" "$peer"
ipsec initnss >/dev/null
exec /usr/libexec/ipsec/pluto --config /etc/ipsec.conf --nofork
