#!/usr/bin/env bash
# Screens in other languages: catalogues whose every text is longer than the English one (as German is) or made of
# wide characters (as Chinese is) are laid over the screens, and the verdict stays in its place at every size.
set -u
tests=${IKEWALK_BINARY_DIR:?}/tests/test_screens
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "${IKEWALK_SOURCE_DIR:?}" || exit 1

assets/po/template "$IKEWALK_BINARY_DIR/ikewalk" "$work/all.pot" 2>/dev/null || { echo 'no template is made'; exit 1; }
msgen --no-wrap --output-file="$work/en.po" "$work/all.pot" || exit 1
sed -i 's/charset=ASCII/charset=UTF-8/' "$work/en.po" # newer ones say so where there is nothing else yet

# make LANGUAGE WORD BEFORE: a single word becomes WORD, in which @ stands for it, a longer text gets BEFORE in front.
make() {
  mkdir -p "$work/$1/LC_MESSAGES"
  # One line a text; directives such as %zu stay as they are.
  awk -v word="$2" -v before="$3" '
    /^msgid|^#|^$/ { print; next }
    /^msgstr/ && entries++ > 0 && match($0, /"/) {
      text = substr($0, RSTART + 1, length($0) - RSTART - 1)
      if (text ~ /^[A-Za-z-]+$/ && length(text) > 2) { new = word; sub(/@/, text, new); text = new }
      else if (text != "") text = before text
      print substr($0, 1, RSTART) text "\""
      next
    }
    { print }' "$work/en.po" >"$work/$1.po"
  msgfmt --check-format --output-file="$work/$1/LC_MESSAGES/ikewalk.mo" "$work/$1.po" || exit 1
  IKEWALK_CATALOGUES=$work LANGUAGE=$1 "$tests" || exit 1
}
# The German catalogue of the program: its texts are those of the program, the layout holds, and it is shown.
for po in assets/po/*.po; do
  language=$(basename "$po" .po)
  mkdir -p "$work/real/$language/LC_MESSAGES"
  msgfmt --check --output-file="$work/real/$language/LC_MESSAGES/ikewalk.mo" "$po" || exit 1
  msgattrib --no-obsolete --no-fuzzy --no-wrap "$po" -o "$work/have.po" || exit 1
  # A text that was reworded since stays English until its translator comes by; nine of ten must be known.
  known=$(msgcomm --more-than=1 --no-wrap --omit-header "$work/have.po" "$work/all.pot" 2>/dev/null | grep -c '^msgid ')
  all=$(($(grep -c '^msgid ' "$work/have.po") - 1))
  echo "$po: $known of $all texts are those of the program"
  ((10 * known >= 9 * all && all > 0)) || exit 1
  # Values stand where the English text has them.
  msgattrib --translated --no-obsolete --no-fuzzy --no-wrap "$po" | awk '
    function holes(text,    count, i, at, swap) {
      count = 0
      while (match(text, /[$][{][^}]*[}]/)) {
        at[++count] = substr(text, RSTART, RLENGTH)
        text = substr(text, RSTART + RLENGTH)
        for (i = count; i > 1 && at[i] < at[i - 1]; i--) { swap = at[i]; at[i] = at[i - 1]; at[i - 1] = swap }
      }
      text = ""
      for (i = 1; i <= count; i++) text = text at[i]
      return text
    }
    /^msgid / { id = $0 }
    /^msgstr / && holes(id) != holes($0) { print "other values than the English text: " $0; wrong = 1 }
    END { exit wrong }' || exit 1
  IKEWALK_CATALOGUES=$work/real LANGUAGE=$language "$tests" || exit 1
done
IKEWALK_CATALOGUES=$work/real LANGUAGE=de "$IKEWALK_BINARY_DIR/tests/test_lessons" || exit 1

# Where only ASCII is shown German is written so, and its screens hold as well; what cannot be written so is English, and
# that is said. What a log holds stays what it is: an identity with an umlaut is not one without.
ascii_mo=$IKEWALK_BINARY_DIR/locale/de@ascii/LC_MESSAGES/ikewalk.mo
! msgunfmt "$ascii_mo" | LC_ALL=C grep -n '[^ -~]' || { echo 'the German in ASCII is none'; exit 1; }
IKEWALK_CATALOGUES=$IKEWALK_BINARY_DIR/locale LANGUAGE=de@ascii "$tests" || exit 1
sed 's/@filiale/@fil\xc3\xbcale/' assets/logs/pluto/id-main-responder.log >"$work/umlaut.log"
in_ascii() { # in_ascii LANGUAGE WORDS: they are in the report, and nothing outside of ASCII is
  "$IKEWALK_BINARY_DIR/ikewalk" check --lang "$1" --ascii --progress never "$work/umlaut.log" >"$work/plain" 2>"$work/complaints"
  grep -qF -e "$2" "$work/plain" || { echo "$1: '$2' is not in the report"; cat "$work/plain"; exit 1; }
  ! LC_ALL=C grep '[^ -~]' "$work/plain" || { echo "$1: that is not ASCII"; exit 1; }
}
in_ascii de '  4 Identitaet      '
[ -s "$work/complaints" ] && { echo 'German in ASCII is complained about'; exit 1; }
in_ascii de '@fil<U+00FC>ale'
in_ascii zh_CN '  4 Identity '
grep -qF 'zh_CN: cannot write this language in ASCII' "$work/complaints" || { echo 'English in place of Chinese is not said'; exit 1; }
in_ascii en '  4 Identity '
[ -s "$work/complaints" ] && { echo 'English in ASCII is complained about'; exit 1; }
"$IKEWALK_BINARY_DIR/ikewalk" check --format json --lang zh_CN --ascii --progress never "$work/umlaut.log" | grep -q '\\u5bf9' ||
  { echo 'JSON in ASCII is not Chinese'; exit 1; }

# What is wrong with a source is said below the screens, and in the language of the user too: one sentence a source.
mkdir "$work/folder" "$work/real/home"
seq 3000 | gzip | head -c 2000 >"$work/cut.gz"
told() { # told LANGUAGE SENTENCE...: the complaints about a folder, a missing file and a cut .gz, in this order
  local language=$1 at=0 line
  shift
  XDG_CONFIG_HOME=$work/real/home IKEWALK_CATALOGUES=$work/real "$IKEWALK_BINARY_DIR/ikewalk" check --lang "$language" --progress never \
    "$work/folder" "$work/missing.log" "$work/cut.gz" 2>"$work/complaints" >"$work/report"
  while read -r line; do
    at=$((at + 1))
    [[ $line == *"${!at}"* ]] || { echo "$language: '${!at}' is not said: $line"; exit 1; }
  done <"$work/complaints"
  [ "$at" -eq $# ] || { echo "$language: $at complaints, not $#"; cat "$work/complaints"; exit 1; }
}
told de 'nicht als Log zu lesen: das ist ein Verzeichnis. Eine Datei darin nennen' 'nicht zu öffnen: ' 'die gzip-Daten enden mittendrin'
grep -q 'Problem: .*nicht als Log zu lesen' "$work/report" || { echo 'the German report has another problem'; exit 1; }
told zh_CN '无法作为日志读取：它是一个目录' '无法打开：' 'gzip 数据在中途结束'
told en 'cannot read it as a log: it is a directory. Name a file in it' 'cannot open: ' 'the gzip data ends in the middle'

# What is sent to the colleague at the other end is in English alone.
# Of two ends the words of a finding are those of the end that logged it: its letter stands in front, for "here" is there.
IKEWALK_CATALOGUES=$work/real "$IKEWALK_BINARY_DIR/ikewalk" check --lang de --peer-of assets/logs/ends/subnets-main-charon-responder.log \
  assets/logs/ends/subnets-main-pluto-initiator.log >"$work/ends"
grep -qF 'B: Der Peer fragt nach Netzen, die keine Verbindung hier hat' "$work/ends" && grep -qF 'Netze von A' "$work/ends" ||
  { echo 'which end is meant is not said'; cat "$work/ends"; exit 1; }
IKEWALK_CATALOGUES=$work/real "$IKEWALK_BINARY_DIR/ikewalk" check --lang de sample:pluto/psk-missing-there-main-initiator |
  sed -n '/Please send us/,/none is needed/p' >"$work/request"
grep -qE 'Our log says: *(likely|possible) p1-cipher.mismatch' "$work/request" || { echo 'the request says nothing of our log'; exit 1; }
! grep -E '[^ -~]|Unsere|Log des' "$work/request" || { echo 'the request is not in English alone'; exit 1; }

# Each command speaks the language that is asked for, whatever the environment and the settings say.
speaks() { # speaks WORDS ARGUMENTS...
  local words=$1 got
  shift
  got=$(XDG_CONFIG_HOME=$work/config LC_ALL=zh_CN.UTF-8 "$IKEWALK_BINARY_DIR/ikewalk" "$@" 2>&1)
  [[ $got == *"$words"* ]] || { printf '%s is not said by ikewalk %s:\n%s\n' "$words" "$*" "${got: -300}"; exit 1; }
}
mkdir -p "$work/config/ikewalk" && echo 'language: zh_TW' >"$work/config/ikewalk/config.yaml"
speaks 'Verbindung' check --lang de sample:pluto/ok-main-initiator
speaks '  bestanden  ' encap --lang de --nat initiator --open udp500
speaks 'Prüfpunkt ' explain --lang de p1-cipher-blind
speaks 'Lektion 7' lesson --lang de --print 7
speaks 'in Ordnung' kb lint --lang de
speaks 'Aufruf: ikewalk' --lang de --help
speaks '连接' check sample:pluto/ok-main-initiator # without it that of the environment

# Words of states and of certainty are of the language as well, and letters of several bytes take one column.
IKEWALK_CATALOGUES=$work/real LC_ALL=C.UTF-8 LANGUAGE=de "$IKEWALK_BINARY_DIR/ikewalk" explain p1-cipher-blind >"$work/entry"
grep -q '^Prüfpunkt     p1-cipher$' "$work/entry" && grep -q 'Fehler, wahrscheinlich' "$work/entry" ||
  { echo 'an entry is not in German, or not in its columns'; cat "$work/entry"; exit 1; }
IKEWALK_CATALOGUES=$work/real LC_ALL=C.UTF-8 LANGUAGE=de "$IKEWALK_BINARY_DIR/ikewalk" lesson --print 21 | grep -q 'Pre-Shared Key, sicher: ' ||
  { echo 'a lesson does not say in German how sure its answer is'; exit 1; }
"$IKEWALK_BINARY_DIR/ikewalk" lesson --lang de --print 3 | grep -q '^  \[--\] Identität          nicht erreicht$' ||
  { echo 'the ladder of a lesson is not in its columns'; exit 1; }
IKEWALK_CATALOGUES=$work/real LC_ALL=C.UTF-8 LANGUAGE=de "$IKEWALK_BINARY_DIR/ikewalk" encap --nat initiator --open udp500 | grep -q '^  bestanden  ' ||
  { echo 'the checks of a path are not in German'; exit 1; }

make de '@ungen' 'Überlänge: '
make zh '断开' '分支机构 '
# A line is explained in the language of the catalogue beside the program, whichever of the messages it is.
mkdir -p "$work/beside/locale" && cp "$IKEWALK_BINARY_DIR/ikewalk" "$work/beside/" && cp -r "$work/de" "$work/beside/locale/" || exit 1
LC_ALL=C.UTF-8 LANGUAGE=de "$work/beside/ikewalk" explain '"a" #1: sent Main Mode request' >"$work/line"
grep -q ' Überlänge: The first message of main mode is out' "$work/line" && grep -q 'ike.sent: Überlänge: ' "$work/line" ||
  { echo 'what a line means is not in the language'; cat "$work/line"; exit 1; }
