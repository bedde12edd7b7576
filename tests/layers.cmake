# cmake -DROOT=TREE -P layers.cmake: reads the sources of the rooms and names every line that goes
# where it may not. Ends with an error when there is one. tests/layers_catch.sh proves that each rule
# can fail.
cmake_minimum_required(VERSION 3.22)

# Which of our headers a room may include.
set(arrow_diag "diag/")
set(arrow_knowledge "(knowledge|diag)/")
set(arrow_remote "(remote/|diag/(str|arena|err)\\.h$)")
set(arrow_tui "(tui|knowledge|remote|diag)/")

# Which file may include a library's header: pairs of header and file.
set(libraries
    "n?curses[^/]*\\.h|ncursesw?/.*|term\\.h" "tui/term\\.c"
    "libintl\\.h" "(tui/(words\\.h|main\\.c)|diag/err\\.c)"
    "jansson\\.h" "(diag/[a-z_]+\\.[ch]|remote/(json_lines|entries)\\.c)"
    "yaml\\.h" "(knowledge/[a-z_]+|remote/gateways_file)\\.c"
    "(zlib|lzma|zstd|bzlib)\\.h" "remote/unpack\\.c"
    "libssh/.*" "remote/source_ssh[a-z_]*\\.c"
    "pcap.*" "remote/[a-z_]+\\.c"
    "systemd/.*" "remote/[a-z_]+\\.c")

set(vendors "libreswan|strongswan|openswan|freeswan|pluto|charon|racoon|isakmpd|cisco|fortigate|fortinet|juniper|huawei|mikrotik|routeros|zyxel|palo ?alto|azure|aws|defendo|sonicwall|watchguard|sophos|lancom|draytek|fritz")
set(talk "v?f?printf|v?dprintf|puts|fputs|putchar|putc|fputc|perror|stderr|stdout")

set(wrong "")

# complain(WHAT): the file and line at hand break a rule.
function(complain what)
  set(wrong "${wrong}${file}:${number}: ${what}\n" PARENT_SCOPE)
endfunction()

macro(read_include)
  if(line MATCHES "^ *# *include *\"([^\"]+)\"")
    if(NOT CMAKE_MATCH_1 MATCHES "^${arrow_${room}}")
      complain("${room} may not include \"${CMAKE_MATCH_1}\"")
    endif()
  elseif(line MATCHES "^ *# *include *<([^>]+)>")
    set(header ${CMAKE_MATCH_1})
    set(rules ${libraries})
    while(rules)
      list(POP_FRONT rules library where)
      if(header MATCHES "^(${library})$" AND NOT file MATCHES "^${where}$")
        complain("<${header}> belongs to ${where}")
      endif()
    endwhile()
  endif()
endmacro()

macro(read_words)
  string(TOLOWER "${line}" lower)
  if(lower MATCHES "(^|[^a-z0-9])(${vendors})" AND NOT file MATCHES "^remote/gather(_daemon)?[.]c$")
    complain("names a vendor (${CMAKE_MATCH_2}): that is data, for knowledge/packs")
  endif()
  if(NOT file MATCHES "^(tui/(main|cli[a-z_]*)\\.[ch]|knowledge/plant\\.c)$") # the programs' own ends
    string(REGEX REPLACE "\"([^\"\\\\]|\\\\.)*\"" "" code "${line}")
    string(REGEX REPLACE "//.*|/\\*.*\\*/|^ *\\*.*|format\\(printf" "" code "${code}")
    if(file STREQUAL "tui/term.c")
      string(REPLACE "stdout" "" code "${code}") # curses is told where the terminal is
    endif()
    if(code MATCHES "(^|[^A-Za-z0-9_])((${talk})([^A-Za-z0-9_]|$)|exit *\\()")
      complain("only tui/main.c and tui/cli*.c print or exit")
    endif()
  endif()
endmacro()

set(seen 0)
foreach(room diag knowledge remote tui)
  file(GLOB files RELATIVE ${ROOT} ${ROOT}/${room}/*.c ${ROOT}/${room}/*.h)
  foreach(file ${files})
    math(EXPR seen "${seen} + 1")
    file(READ ${ROOT}/${file} text)
    # A list of CMake's ends at ';' and folds brackets: other signs stand in for them.
    string(REGEX REPLACE "[][;]" "," text "${text}")
    string(REPLACE "\\\n" "\\ \n" text "${text}")
    string(REPLACE "\n" ";" text "${text}")
    set(number 0)
    foreach(line IN LISTS text)
      math(EXPR number "${number} + 1")
      read_include()
      read_words()
    endforeach()
  endforeach()
endforeach()

if(seen EQUAL 0)
  message(FATAL_ERROR "no sources below ${ROOT}")
endif()
if(wrong)
  message("${wrong}")
  message(FATAL_ERROR "lines that go where they may not")
endif()
message(STATUS "${seen} files keep to their rooms")
