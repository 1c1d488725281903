# Every part that is not ours, found once, by the name the modules' LIBS use. Where each comes from, its licence and why it
# is here: THIRD_PARTY.md. What apt does not carry lies in the cache that tools/setup fills.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(spdlog REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(GTest REQUIRED)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET GLOBAL libxxhash)
find_package(tl-expected QUIET)
add_library(medley_expected INTERFACE)
find_path(EXPECTED_INCLUDE tl/expected.hpp REQUIRED)
