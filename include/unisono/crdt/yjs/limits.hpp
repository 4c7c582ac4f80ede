#pragma once

#include <cstddef>
#include <cstdint>

namespace unisono::inline v0::yjs {

/// What one update may hold. Stricter than Yjs, which has no limits: an update beyond them is refused whole.
///
/// The defaults are far above real documents (the largest public editing traces stay below 60,000 structs
/// and 400 clients), and small enough that decoding a hostile update costs no more than its bytes.
struct update_limits {
    /// Structs of all clients together. One struct is a run of typing, a value or a deleted run.
    std::size_t structs = 1'000'000;

    /// Clients that have structs, and clients that have delete ranges. Each page load is a new client.
    std::size_t clients = 100'000;

    /// Delete ranges of all clients together.
    std::size_t delete_ranges = 1'000'000;

    /// The end (clock + length) of any struct or delete range. Clocks count the elements a client ever
    /// inserted; without this, one message could use up a client's clocks and block it for good.
    std::uint64_t clock = std::uint64_t{1} << 31;

    /// Bytes that V2 updates may take as V1: one where it is read, all together where several are merged.
    /// Counted are two for each struct, and its content. V2 packs repetitions into next to nothing, so its
    /// own size bounds nothing.
    std::size_t expanded_bytes = std::size_t{64} << 20;
};

namespace detail {

/// For what is held already: it was within the limits when it came, but together it may exceed them.
inline update_limits unlimited() noexcept {
    return {.structs = SIZE_MAX,
            .clients = SIZE_MAX,
            .delete_ranges = SIZE_MAX,
            .clock = UINT64_MAX,
            .expanded_bytes = SIZE_MAX};
}

} // namespace detail
} // namespace unisono::inline v0::yjs
