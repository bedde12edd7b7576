# Sourced by what an end of the lab runs: waits for the wire, which is laid from outside to the PID of this end, and
# takes its address.
wire() { # wire ADDRESS PEER
  for _ in $(seq 200); do
    ip link show eth0 >/dev/null 2>&1 && break
    sleep 0.05
  done
  ip address add "$1/24" dev eth0
  ip link set eth0 up
  ip route replace default via "$2"
}
