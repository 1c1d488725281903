# medley_module(NAME [DEPS module...] [LIBS target...] [LABELS label...])
#
# One library a folder: every *.cpp of the folder (and its sub-folders) that is not a test goes into
# medley_NAME, every *_test.cpp into the one test program NAME_test. DEPS names the modules that
# stand to the left in the layer order; the layer test reads it from here. LIBS are third-party.
function(medley_module name)
  cmake_parse_arguments(M "" "" "DEPS;LIBS;LABELS" ${ARGN})
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.h)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")

  add_library(medley_${name} STATIC ${sources})
  add_library(medley::${name} ALIAS medley_${name})
  set_target_properties(medley_${name} PROPERTIES LINKER_LANGUAGE CXX VERIFY_INTERFACE_HEADER_SETS ON)
  target_sources(medley_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${headers})
  foreach(dep ${M_DEPS})
    target_link_libraries(medley_${name} PUBLIC medley::${dep})
  endforeach()
  target_link_libraries(medley_${name} PUBLIC ${M_LIBS} PRIVATE medley_flags)

  if(tests)
    if(NOT M_LABELS)
      set(M_LABELS unit)
    endif()
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE medley_${name} medley_flags GTest::gmock_main)
    add_test(NAME ${name} COMMAND ${name}_test WORKING_DIRECTORY ${PROJECT_SOURCE_DIR})
    set_tests_properties(${name} PROPERTIES LABELS "${M_LABELS}" TIMEOUT 600)
  endif()
endfunction()
