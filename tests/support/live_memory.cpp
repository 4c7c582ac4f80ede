#include "support/live_memory.hpp"

// Sanitizers have forms of new and delete of their own, which must stay together.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define UNISONO_TEST_SANITIZED
#endif
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define UNISONO_TEST_SANITIZED
#endif

#if defined(UNISONO_TEST_SANITIZED)

std::size_t unisono::test::live_memory() noexcept {
    return 0;
}

#else

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<std::size_t> bytes{0};

void* counted(void* memory) noexcept {
    if (memory)
        bytes.fetch_add(::malloc_usable_size(memory), std::memory_order_relaxed);
    return memory;
}
void* allocate(std::size_t size) {
    if (void* const memory = counted(std::malloc(size != 0 ? size : 1)))
        return memory;
    throw std::bad_alloc{};
}
void* allocate(std::size_t size, std::align_val_t alignment) {
    auto const unit = static_cast<std::size_t>(alignment);
    if (void* const memory = counted(std::aligned_alloc(unit, (size + unit - 1) / unit * unit)))
        return memory;
    throw std::bad_alloc{};
}
void release(void* memory) noexcept {
    if (memory)
        bytes.fetch_sub(::malloc_usable_size(memory), std::memory_order_relaxed);
    std::free(memory);
}

} // namespace

std::size_t unisono::test::live_memory() noexcept {
    return bytes.load(std::memory_order_relaxed);
}

// The other forms of both call these.
void* operator new(std::size_t size) {
    return allocate(size);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate(size, alignment);
}
void operator delete(void* memory) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    release(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    release(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    release(memory);
}

#endif
