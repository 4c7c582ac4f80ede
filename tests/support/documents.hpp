#pragma once

#include <unisono/crdt/yjs/document.hpp>

#include "support/catch.hpp"

#include <cstdint>

namespace unisono::test {

inline yjs::document document_of(std::uint64_t client) {
    return yjs::document{{.client_id = client}};
}

/// Tells `to` what it does not know of `from`.
inline void sync(yjs::document& from, yjs::document& to) {
    REQUIRE(to.apply_update(from.encode_state_as_update(to.state())));
}

} // namespace unisono::test
