# medley_precompile(TARGET KIND)
#
# What nearly every source includes is compiled once for all and read back: 2.5 of 8 seconds a source.
# The headers check and lint see the sources without it. One KIND for each way of compiling, for the
# compiler takes it back only under the same options:
#   module    the libraries
#   test      test programs: with GoogleTest
#   program   what people start: with CLI11
set(medley_most_used <algorithm> <array> <chrono> <cmath> <cstdint> <filesystem> <functional> <map> <memory> <mutex>
  <optional> <span> <string> <string_view> <utility> <vector> <nlohmann/json.hpp> <tl/expected.hpp>)
set(medley_precompile_test_headers <gmock/gmock.h> <gtest/gtest.h>)
set(medley_precompile_test_libs GTest::gmock)
set(medley_precompile_program_headers <CLI/CLI.hpp>)
set(medley_precompile_program_libs CLI11::CLI11)

function(medley_precompile target kind)
  if(NOT kind STREQUAL "module")
    # Of tests and commands it is the compilation that takes long. Debian's compiler makes programs
    # independent of their position unasked.
    target_compile_options(${target} PRIVATE -O1)
    set_target_properties(${target} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
  set(shared medley_precompiled_${kind})
  if(NOT TARGET ${shared})
    file(WRITE ${PROJECT_BINARY_DIR}/${shared}.cpp "")
    add_library(${shared} OBJECT ${PROJECT_BINARY_DIR}/${shared}.cpp)
    target_link_libraries(${shared} PRIVATE medley_flags nlohmann_json::nlohmann_json ${medley_precompile_${kind}_libs})
    if(NOT kind STREQUAL "module")
      target_compile_options(${shared} PRIVATE -O1)
      set_target_properties(${shared} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
    endif()
    target_precompile_headers(${shared} PRIVATE ${medley_most_used} ${medley_precompile_${kind}_headers})
  endif()
  target_precompile_headers(${target} REUSE_FROM ${shared})
endfunction()
