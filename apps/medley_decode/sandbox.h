#pragma once

#include <cstdint>
#include <string>

namespace medley::decoding {

/// Closes every descriptor but the standard ones and the protocol's, ties this process's life to
/// its parent's, and gives up the right to gain privileges or be traced. Called first. Returns what
/// failed, or nothing.
std::string CutLoose(std::int64_t parent_pid);

/// Bounds on memory (`extra_bytes` beyond what is mapped now), processor time, files and processes,
/// then a system-call filter: from here on the process can compute, take memory, and read and write
/// its socket. Anything else kills it. Called last before the first byte of a file is touched.
/// Returns what failed, or nothing.
std::string LockIn(std::uint64_t extra_bytes);

}  // namespace medley::decoding
