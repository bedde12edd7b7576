# An end of the lab that is charon, which cannot be installed beside pluto: ./packages test lays its files below
# build/beside, and here, where nobody else sees it, they lie over the system's. Started as
#   unshare -n -m -u bash charon.sh FOLDER NAME ADDRESS PEER
# and becomes charon, so its PID is the daemon's. FOLDER holds swanctl.conf.
set -eu
. "$(dirname "$0")/wire.sh"
folder=$1 name=$2 address=$3 peer=$4
mount --make-rprivate /
hostname "$name"
mount -t overlay overlay -o "lowerdir=${IKEWALK_SOURCE_DIR:?}/build/beside/usr:/usr" /usr
mkdir -p "$folder"/{run,log}
ciphers="gmp aes sha1 sha2 hmac kdf" # of release 6 all of them are one plugin
[ ! -e /usr/lib/ipsec/plugins/libstrongswan-openssl.so ] || ciphers="openssl"
cat >"$folder/strongswan.conf" <<CONFIG
charon {
  load = random nonce $ciphers kernel-netlink socket-default vici
  dos_protection = no
  filelog { log { path = $folder/log/charon.log
    default = 1
    flush_line = yes } }
}
CONFIG
export STRONGSWAN_CONF=$folder/strongswan.conf
mount --bind "$folder/run" /run
ip link set lo up
wire "$address" "$peer"
# Loads the connections once the daemon takes them.
{
  for _ in $(seq 200); do
    [ -S /run/charon.vici ] && break
    sleep 0.05
  done
  swanctl --load-all --noprompt --file "$folder/swanctl.conf" >"$folder/loaded" 2>&1
  echo "status $?" >>"$folder/loaded"
} &
exec /usr/lib/ipsec/charon
