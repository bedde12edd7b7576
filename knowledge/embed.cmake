# embed(OUT KIND ROOT PATTERN ...): writes one C file with the tables embedded_KINDs of every file
# below ROOT that matches, and gives its path in OUT. Names and bytes are laid down by the assembler
# (.incbin, .asciz), so several megabytes cost the compiler nothing and a size can never be stale.
# The file is written again only when a name is new, compiled again when a byte is. A pack is put in as its
# tree, see tree.h.
function(embed out)
  set(target ${CMAKE_BINARY_DIR}/embedded.c)
  set(bytes "")
  set(tables "")
  set(needs "")
  set(words ${ARGN})
  while(words)
    list(POP_FRONT words kind root pattern)
    file(GLOB_RECURSE names CONFIGURE_DEPENDS RELATIVE ${CMAKE_SOURCE_DIR}/${root}
        ${CMAKE_SOURCE_DIR}/${root}/${pattern})
    list(FILTER names EXCLUDE REGEX "(^|/)(\\.[^/]*|README\\.md)$")
    list(SORT names COMPARE STRING)
    string(APPEND tables ".global embedded_${kind}s\nembedded_${kind}s:\n")
    set(i 0)
    foreach(name ${names})
      set(path ${CMAKE_SOURCE_DIR}/${root}/${name})
      if(kind STREQUAL pack)
        set(tree ${CMAKE_BINARY_DIR}/packs/${name}.tree)
        get_filename_component(folder ${tree} DIRECTORY)
        file(MAKE_DIRECTORY ${folder})
        add_custom_command(OUTPUT ${tree} COMMAND plant ${name} ${path} ${tree} DEPENDS plant ${path} VERBATIM)
        set(path ${tree})
      endif()
      list(APPEND needs ${path})
      string(APPEND bytes
          "name_${kind}_${i}: .asciz \"${name}\"\n"
          "at_${kind}_${i}: .incbin \"${path}\"\n"
          "end_${kind}_${i}: .byte 0\n")
      string(APPEND tables
          "<word> name_${kind}_${i}, at_${kind}_${i}, end_${kind}_${i} - at_${kind}_${i}\n")
      math(EXPR i "${i} + 1")
    endforeach()
    string(APPEND tables ".global embedded_${kind}_count\nembedded_${kind}_count: <word> ${i}\n")
  endwhile()
  set(assembly ".section .rodata\n${bytes}.section .data.rel.ro,\"aw\"\n.balign 16\n${tables}.text\n")
  string(REPLACE "\"" "\\\"" assembly "${assembly}")
  string(REGEX REPLACE "([^\n]*)\n" "        \"\\1\\\\n\"\n" assembly "${assembly}")
  string(REPLACE "<word> " "\" WORD \" " assembly "${assembly}")
  file(CONFIGURE OUTPUT ${target} @ONLY CONTENT [[/* Written by knowledge/embed.cmake. */
#if __SIZEOF_POINTER__ == 8
#define WORD ".8byte"
#else
#define WORD ".4byte"
#endif
__asm__(
@assembly@);
]])
  set_source_files_properties(${target} PROPERTIES OBJECT_DEPENDS "${needs}")
  set(${out} ${target} PARENT_SCOPE)
endfunction()
