#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/crdt/dot.hpp>
#include <unisono/crdt/type_tag.hpp>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::crdt {

/// Appends the parts of a state to its encoding. Every part has one form only, so equal states have equal
/// bytes as long as their types write what they hold in a fixed order.
class state_writer {
public:
    explicit state_writer(byte_buffer& out) noexcept : out_(out) {}

    /// Precondition: at most 2^53-1.
    void uint(std::uint64_t value) { out_.var_uint(value); }
    /// Precondition: within +-(2^53-1).
    void sint(std::int64_t value) { out_.var_int(value); }
    void boolean(bool value) { uint(value ? 1 : 0); }
    void tag(type_tag value) { uint(static_cast<std::uint64_t>(value)); }
    void fixed64(std::int64_t value) { out_.i64(value); }
    void real(double value) { out_.f64(value); }
    void bytes(bytes_view value) { out_.var_bytes(value); }
    /// Precondition: valid UTF-8.
    void text(std::string_view value) { out_.var_string(value); }

    /// Lays down the replicas that follow, once; from here on replica() is a small number. Precondition:
    /// ascending, each once.
    void replicas(std::vector<crdt::replica_id> ids) {
        uint(ids.size());
        crdt::replica_id before = 0;
        for (crdt::replica_id const id : ids)
            uint(id - std::exchange(before, id));
        replicas_ = std::move(ids);
        table_ = true;
    }

    /// Precondition: among replicas(), if there was such a call.
    void replica(crdt::replica_id id) {
        if (!table_)
            return uint(id);
        auto const place = std::lower_bound(replicas_.begin(), replicas_.end(), id);
        uint(static_cast<std::uint64_t>(place - replicas_.begin()));
    }
    void dot(crdt::dot d) {
        replica(d.replica);
        uint(d.counter);
    }

private:
    lib0_writer out_;
    std::vector<crdt::replica_id> replicas_;
    bool table_ = false;
};

} // namespace unisono::inline v0::crdt
