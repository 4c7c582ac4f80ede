#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>

namespace unisono::test {

/// The update that a sync message of y-protocols carries, as an answer or by itself; empty when it is none.
/// `after_address`: of Hocuspocus.
inline bytes_view update_in(bytes_view message, bool after_address = false) {
    lib0_reader in{message};
    if (after_address)
        in.var_string();
    bool const has_one = in.var_uint() == 0 && in.var_uint() != 0;
    auto const update = in.var_bytes();
    return has_one && in.ok() ? update : bytes_view{};
}

} // namespace unisono::test
