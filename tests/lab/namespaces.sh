# Sourced by the tests that need namespaces of their own: is that possible here, and how does one enter?
export PATH=$PATH:/usr/sbin:/sbin

# Not possible here: skipped on somebody's desk, a failure for root in CI.
cannot() {
  if [ -n "${CI:-}" ] && [ "$(id -u)" = 0 ]; then echo "FAILED: $*"; exit 1; fi
  echo "SKIPPED: $*"
  exit 77
}

# What enters a network, a file system and a list of processes of one's own: which daemon a gateway runs is told by
# its processes, and those of tests beside this one are none of it. sshd changes to a user without rights, so one user
# in the namespace is not enough.
as_root=(unshare -n -m -p --fork --kill-child --mount-proc)
[ "$(id -u)" = 0 ] || as_root+=(-U -r --map-auto)

wants() { # wants TOOL...: namespaces are permitted here, and the tools are there
  local why tool
  why=$("${as_root[@]}" true 2>&1) || cannot "namespaces are not permitted (${as_root[*]}): $why"
  for tool; do
    command -v "$tool" >/dev/null || cannot "$tool is missing; ./packages test installs it"
  done
}
