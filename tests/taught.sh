#!/usr/bin/env bash
# What the documents teach that ikewalk grew from, row by row: each row is taught by a lesson or a concept page, in these
# words; where a document errs the text says so.
set -u
bin=${IKEWALK_BIN:?}
failures=0 rows=0

# ROW, lesson:NAME or page:NAME, words
taught() {
  local text
  case $2 in
  lesson:*) text=$("$bin" lesson --print "${2#*:}") ;;
  page:*) text=$("$bin" explain "${2#*:}") ;;
  esac
  rows=$((rows + 1))
  [[ $(tr -s ' \n' ' ' <<<"$text") == *"$3"* ]] && return
  printf '%s: %s does not say: %s\n' "$1" "$2" "$3"
  failures=$((failures + 1))
}

# The router's document: concepts.
taught S1-01 page:nat-order 'On the way out a router translates addresses first and encrypts afterwards'
taught S1-01 page:nat-order 'on the way in it decrypts first and translates afterwards'
taught S1-01 lesson:no-traffic 'NAT comes before IPsec on the way out'
taught S1-02 page:esp-ah 'ESP, IP protocol 50, encrypts and protects what it carries'
taught S1-02 page:esp-ah 'any NAT on the way breaks it'
taught S1-02 page:esp-ah 'Its header holds the SPI and a sequence number'
taught S1-02 page:spi 'by which the receiver finds the SA. Not secret, not encrypted'
taught S1-02 page:replay 'There is no acknowledgement in ESP' # the document says that numbers are acknowledged
taught S1-03 page:mtu 'better fragment before encryption than after it'
taught S1-04 lesson:main-mode 'In main mode that takes six messages. Phase 2 (quick mode) then makes IPsec SAs for the data in three more'
taught S1-04 lesson:main-mode '1 and 2 agree on the proposal'
taught S1-04 lesson:main-mode '3 and 4 exchange the Diffie-Hellman values'
taught S1-04 lesson:main-mode '5 and 6 carry identity and proof of the key'
taught S1-04 lesson:main-mode 'From 5 on everything is encrypted'
taught S1-04 page:lifetime 'Usual are a day for the IKE SA and an hour for a child'
taught S1-05 page:aggressive-mode 'Phase 1 in three messages'
taught S1-05 page:p2-cipher 'It has nothing to do with the proposal of phase 1'
# The document has one-way and two-way the wrong way round.
taught S1-05 lesson:main-mode 'Some teaching texts say it the other way round'
taught S1-05 page:ike-sa 'Teaching texts that speak of a one-way IKE SA and of two-way IPsec SAs have it the wrong way round'

# The document on the order of the checkpoints: its notes and remarks.
taught S2-01 page:main-mode 'the key comes first on the ladder; with signatures it is the other way round'
taught S2-02 lesson:main-mode 'checkpoint 6 comes before checkpoint 5'
taught S2-03 page:updown-script 'The log says the connection succeeded and in fact it fails'
taught S2-04 page:aggressive-mode 'The connection is chosen by the identity, which therefore comes first on the ladder'
taught S2-06 page:id 'Behind NAT that is a private one which the other side does not expect'
taught S2-26 page:psk 'The advice of at least sixteen characters is good for a key, and a rule only where FIPS mode is on'
taught S2-26 lesson:psk-responder 'Yes, the key must have 16 characters at least' # the wrong answer; its reply says why
taught S2-38 page:initiator "The initiator hears a short word of refusal; the responder's log holds what was offered"

# The document on ports and mappings.
taught S3-07 lesson:ports 'handshake, a quick exchange of small packets, then the data, all in the same session'
taught S3-08 lesson:ports 'the close in four steps by headquarters'
taught S3-08 lesson:ports 'about 10 seconds later the first UDP packet, from the branch'
taught S3-09 lesson:ports 'After about 20 seconds headquarters tries from 4009 to 4009 itself, six times, in vain, for no translation fits'
taught S3-10 lesson:ports 'Who calls whom: the branch calls headquarters, always'
taught S3-11 lesson:ports 'Two segments over TCP, two IP fragments over UDP'
taught S3-11 lesson:ports 'A packet of 1500 bytes grows by the encapsulation'
# The document takes a label of a capture tool for a fact.
taught S3-12 lesson:ports 'That is not taken over here as a fact: a capture tool labels port 88 so'
taught S3-12 page:kerberos 'That does not follow, and it is not taught here as a fact'
taught S3-13 lesson:ports 'switching a live tunnel from TCP to UDP can cut off the other side'
taught S3-14 lesson:ports 'the branch that calls, the firewall that maps, and the one-armed device behind it that listens'
taught S3-15 lesson:ports '"Connected, but no address of the peer" is the symptom to remember'

echo "$rows texts looked for, $failures not found"
((failures == 0))
