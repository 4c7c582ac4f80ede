#pragma once

#include <unisono/codec/error.hpp>
#include <unisono/codec/utf8.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/causal_context.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>

#include <algorithm>

namespace unisono::inline v0::crdt {

/// A number in groups of seven bits is as short as can be when its last group is not zero.
UNISONO_DECL void state_reader::require_shortest(bytes_view before) noexcept {
    if (!ok())
        return;
    bytes_view const number = in_.since(before);
    if (number.size() > 1 && number.back() == std::byte{0})
        fail(crdt_error::not_canonical);
}

UNISONO_DECL std::uint64_t state_reader::uint() noexcept {
    auto const before = in_.rest();
    auto const value = in_.var_uint();
    require_shortest(before);
    return ok() ? value : 0;
}

UNISONO_DECL std::int64_t state_reader::sint() noexcept {
    auto const before = in_.rest();
    auto const value = in_.var_int();
    require_shortest(before);
    if (value.negative && value.magnitude == 0)
        fail(crdt_error::not_canonical);
    return ok() ? value.value() : 0;
}

UNISONO_DECL bool state_reader::boolean() noexcept {
    auto const value = uint();
    if (value > 1)
        fail(crdt_error::not_canonical);
    return value == 1;
}

UNISONO_DECL bytes_view state_reader::bytes() noexcept {
    return in_.bytes(uint());
}

UNISONO_DECL std::string_view state_reader::text() noexcept {
    auto const value = as_text(bytes());
    if (is_valid_utf8(value))
        return value;
    fail(codec_error::invalid_utf8);
    return {};
}

UNISONO_DECL std::size_t state_reader::count() noexcept {
    auto const n = uint();
    if (n > in_.remaining())
        fail(codec_error::truncated);
    else if (n > limits_.elements - counted_)
        fail(codec_error::too_large);
    if (!ok())
        return 0;
    counted_ += static_cast<std::size_t>(n);
    return static_cast<std::size_t>(n);
}

UNISONO_DECL std::uint64_t state_reader::counter() noexcept {
    auto const value = uint();
    if (value == 0 || value > limits_.counter)
        fail(crdt_error::clock_out_of_range);
    return value;
}

UNISONO_DECL std::span<crdt::replica_id const> state_reader::replicas() {
    table_ = true;
    replicas_.clear();
    for (auto n = count(); n != 0 && ok(); --n) {
        auto const gap = uint();
        if (gap == 0 && !replicas_.empty())
            fail(crdt_error::not_canonical);
        auto const id = (replicas_.empty() ? 0 : replicas_.back()) + gap;
        if (id > lib0_max_integer)
            fail(codec_error::number_overflow);
        replicas_.push_back(id);
    }
    if (!ok())
        replicas_.clear();
    return replicas_;
}

UNISONO_DECL crdt::replica_id state_reader::replica() noexcept {
    auto const n = uint();
    if (!table_)
        return n;
    if (n < replicas_.size())
        return replicas_[static_cast<std::size_t>(n)];
    fail(crdt_error::unknown_replica);
    return 0;
}

UNISONO_DECL crdt::dot state_reader::dot() noexcept {
    auto const from = replica();
    crdt::dot const result{from, uint()};
    if (ok() && (context_ == nullptr || !context_->contains(result)))
        fail(crdt_error::unseen_dot);
    return result;
}

UNISONO_DECL void state_reader::expect(bytes_view expected, std::error_code otherwise) noexcept {
    if (auto const found = in_.bytes(expected.size()); ok() && !std::ranges::equal(found, expected))
        fail(otherwise);
}

} // namespace unisono::inline v0::crdt
