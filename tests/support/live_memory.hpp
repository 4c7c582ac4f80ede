#pragma once

#include <cstddef>

namespace unisono::test {

/// What `new` gave and nobody deleted yet, in bytes; to the byte, unlike what an allocator reports, which
/// keeps some of what was freed. 0 under sanitizers. Programs that ask link live_memory.cpp.
std::size_t live_memory() noexcept;

} // namespace unisono::test
