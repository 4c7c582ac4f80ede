#pragma once

#include <cstdint>

namespace unisono::inline v0::yjs {

/// Names one element of a document: the `clock`-th (from 0) that `client` inserted.
///
/// Both are at most 2^53-1. Any pair, also (0, 0), is a valid name.
struct id {
    std::uint64_t client;
    std::uint64_t clock;

    friend bool operator==(id const&, id const&) = default;
};

} // namespace unisono::inline v0::yjs
