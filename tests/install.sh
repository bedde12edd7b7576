#!/usr/bin/env bash
# cmake --install into a prefix: the program starts from there, and the manual and the completions
# know the commands and options that its --help names, and no others.
set -u
prefix=$(mktemp -d) || exit 1
trap 'rm -rf "$prefix"' EXIT
bad=0
wrong() { printf '%s\n' "$*"; bad=1; }

"$CMAKE" --install "$IKEWALK_BINARY_DIR" --prefix "$prefix" >/dev/null || exit 1
program=$prefix/bin/ikewalk
manual=$prefix/share/man/man1/ikewalk.1
bash=$prefix/share/bash-completion/completions/ikewalk
zsh=$prefix/share/zsh/site-functions/_ikewalk
fish=$prefix/share/fish/vendor_completions.d/ikewalk.fish
for file in "$program" "$manual" "$bash" "$zsh" "$fish" "$prefix/share/doc/ikewalk/LICENSE" \
  "$prefix/share/locale/de/LC_MESSAGES/ikewalk.mo"; do
  [ -s "$file" ] || wrong "not installed: $file"
done

# The screens speak it from a prefix, and from where the program was built.
for built in "$program" "$IKEWALK_BINARY_DIR/ikewalk"; do
  for language in de de_AT.UTF-8; do
    "$built" check --lang $language sample:pluto/ok-main-initiator | grep -q Verbindung ||
      wrong "$built speaks no German ($language)"
  done
  "$built" check --lang zh sample:pluto/ok-main-initiator | grep -q 连接 || wrong "$built speaks no Chinese"
done
[ "$("$program" --version)" = "ikewalk $(sed -n 's/^project(ikewalk VERSION \([0-9.]*\).*/\1/p' \
  "$IKEWALK_SOURCE_DIR/CMakeLists.txt")" ] || wrong "--version is not the project's"
mandoc -T lint -W warning "$manual" || wrong "the manual is not well-formed"
bash -n "$bash" || wrong "the completion for bash does not parse"
! command -v zsh >/dev/null || zsh -n "$zsh" || wrong "the completion for zsh does not parse"
! command -v fish >/dev/null || fish -n "$fish" || wrong "the completion for fish does not parse"

options() { grep -oE '(^|[^-[:alnum:]])--[a-z][a-z-]+' | grep -oE -e '--[a-z-]+' | sort -u; }
for command in '' check encap explain lesson kb; do
  "$program" $command --help || wrong "ikewalk $command --help fails"
done | options >"$prefix/help"
# mandoc writes \- for a dash; in fish an option is "-l name".
mandoc -T ascii "$manual" | sed 's/.\x08//g' | options >"$prefix/manual"
options <"$bash" >"$prefix/bash"
options <"$zsh" >"$prefix/zsh"
sed -n "/^complete/p; /^ *-a/p" "$fish" | grep -oE -e "-l [a-z-]+" | sed 's/-l /--/' | sort -u >"$prefix/fish"
for place in manual bash zsh fish; do
  sort -u "$prefix/$place" >"$prefix/sorted"
  diff "$prefix/help" "$prefix/sorted" >"$prefix/diff" ||
    wrong "--help (<) and $place (>) name different options:" "$(grep '^[<>]' "$prefix/diff")"
done

# What is offered for an option of encap is taken, and is the same in each shell.
for option in family nat mode mapped open carrier carrier-there protocol id-set fragments outer-ip ipsec-mode format; do
  sed -nE "s/^ *(.* )?--$option( .*)?\\) COMPREPLY=\\(\\$\\(compgen -W '([^']*)'.*/\\3/p" "$bash" >"$prefix/offered"
  sed -nE "s/^ *'--$option\\[.*:\\((.*)\\)' .*/\\1/p" "$zsh" >>"$prefix/offered"
  sed -nE "s/^complete .* -l $option -x -a '([^']*)'.*/\\1/p" "$fish" >>"$prefix/offered"
  [ "$(sort -u "$prefix/offered" | wc -l)" = 1 ] || wrong "the completions offer different words for --$option:" \
    "$(cat "$prefix/offered")"
  for word in $(head -n 1 "$prefix/offered"); do
    "$program" encap "--$option" "$word" >/dev/null 2>"$prefix/said"
    [ $? != 2 ] || wrong "offered and not taken: $(cat "$prefix/said")"
  done
done
exit $bad
