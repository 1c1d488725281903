# medley_embed_folder(TARGET NAME ROOT [STAMP])
#
# Puts all files below ROOT into the program: TARGET gets a source that defines
#   std::span<const medley::serving::EmbeddedFile> medley::serving::NAME()
# with one row a file, named by its path below ROOT. It is written again when STAMP, a file that changes whenever any of them does, is
# newer; without a STAMP there are no files. The bytes go in by the assembler's .incbin, which costs no compile time.
# Run as a script (cmake -P), it writes that source: OUT, NAME, ROOT and STAMP are set then.
if(NOT CMAKE_SCRIPT_MODE_FILE)
  set(MEDLEY_EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})
  function(medley_embed_folder target name root)
    set(out ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
    add_custom_command(OUTPUT ${out}
      COMMAND ${CMAKE_COMMAND} -DOUT=${out} -DNAME=${name} -DROOT=${root} -DSTAMP=${ARGN} -P ${MEDLEY_EMBED_SCRIPT}
      DEPENDS ${MEDLEY_EMBED_SCRIPT} ${ARGN}
      COMMENT "Embedding ${name}" VERBATIM)
    set_source_files_properties(${out} PROPERTIES SKIP_LINTING ON)
    target_sources(${target} PRIVATE ${out})
  endfunction()
  return()
endif()

set(files "")
if(STAMP)
  file(GLOB_RECURSE files ${ROOT}/*)
endif()
set(blocks "")
set(rows "")
set(count 0)
foreach(file ${files})
  if(file MATCHES "[\"\\\\\n]")
    message(FATAL_ERROR "a file name that can't be embedded: ${file}")
  endif()
  file(RELATIVE_PATH path ${ROOT} ${file})
  file(SHA256 ${file} hash)
  string(SUBSTRING ${hash} 0 16 hash)
  set(symbol "medley_${NAME}_${count}")
  string(APPEND blocks
    "__asm__(\".section .rodata\\n.balign 16\\n.globl ${symbol}\\n.hidden ${symbol}\\n${symbol}:\\n.incbin \\\"${file}\\\"\\n\"\n"
    "        \".globl ${symbol}_end\\n.hidden ${symbol}_end\\n${symbol}_end:\\n.byte 0\\n.text\\n\");\n"
    "extern \"C\" __attribute__((visibility(\"hidden\"))) const char ${symbol}[];\n"
    "extern \"C\" __attribute__((visibility(\"hidden\"))) const char ${symbol}_end[];\n")
  string(APPEND rows
    "      {\"${path}\", {${symbol}, static_cast<std::size_t>(${symbol}_end - ${symbol})}, \"\\\"${hash}\\\"\"},\n")
  math(EXPR count "${count} + 1")
endforeach()
set(body "  return {};\n")
if(count GREATER 0)
  set(body "  static const std::array<EmbeddedFile, ${count}> files = {{\n${rows}  }};\n  return files;\n")
endif()
file(WRITE ${OUT} "// Written by cmake/EmbedFiles.cmake.
#include <array>
#include <cstddef>
#include <span>

#include \"medley/serving/embedded.h\"

${blocks}
namespace medley::serving {

std::span<const EmbeddedFile> ${NAME}() {
${body}}

}  // namespace medley::serving
")
