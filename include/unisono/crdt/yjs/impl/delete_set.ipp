#pragma once

#include <unisono/codec/lib0_writer.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/error.hpp>
#include <unisono/crdt/yjs/delete_set.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace unisono::inline v0::yjs {

UNISONO_DECL delete_set::delete_set(std::vector<delete_range> ranges) : ranges_(std::move(ranges)) {
    auto before = [](delete_range const& a, delete_range const& b) {
        return a.client != b.client ? a.client > b.client : a.clock < b.clock;
    };
    std::erase_if(ranges_, [](auto& range) { return range.length == 0; });
    if (!std::is_sorted(ranges_.begin(), ranges_.end(), before))
        std::sort(ranges_.begin(), ranges_.end(), before);

    std::size_t kept = 0;
    for (delete_range const range : ranges_) {
        if (kept > 0 && ranges_[kept - 1].client == range.client && ranges_[kept - 1].end() >= range.clock) {
            auto& last = ranges_[kept - 1];
            last.length = std::max(last.end(), range.end()) - last.clock;
        } else {
            ranges_[kept++] = range;
        }
    }
    ranges_.resize(kept);
}

UNISONO_DECL result<delete_set> delete_set::decode(bytes_view bytes, update_limits const& limits) {
    lib0_reader in{bytes};
    std::vector<delete_range> ranges;
    read_delete_ranges(in, limits, ranges);
    if (in.ok() && in.remaining() > 0)
        in.fail(codec_error::trailing_bytes);
    if (!in.ok())
        return in.error();
    return delete_set{std::move(ranges)};
}

UNISONO_DECL byte_buffer delete_set::encode() const {
    byte_buffer bytes;
    encode_to(bytes);
    return bytes;
}

template <class WriteRange>
void delete_set::encode_to(byte_buffer& to, WriteRange write_range) const {
    auto end_of_client = [this](std::size_t at) {
        std::size_t end = at;
        while (end < ranges_.size() && ranges_[end].client == ranges_[at].client)
            ++end;
        return end;
    };
    std::size_t clients = 0;
    for (std::size_t at = 0; at < ranges_.size(); at = end_of_client(at))
        ++clients;

    lib0_writer out{to};
    out.var_uint(clients);
    for (std::size_t at = 0; at < ranges_.size();) {
        std::size_t const end = end_of_client(at);
        out.var_uint(ranges_[at].client);
        out.var_uint(end - at);
        for (std::uint64_t seen = 0; at < end; ++at) {
            write_range(out, ranges_[at], seen);
            seen = ranges_[at].end();
        }
    }
}

UNISONO_DECL void delete_set::encode_to(byte_buffer& to) const {
    encode_to(to, [](lib0_writer& out, delete_range const& range, std::uint64_t) {
        out.var_uint(range.clock);
        out.var_uint(range.length);
    });
}

UNISONO_DECL void delete_set::encode_v2_to(byte_buffer& to) const {
    encode_to(to, [](lib0_writer& out, delete_range const& range, std::uint64_t seen) {
        out.var_uint(range.clock - seen);
        out.var_uint(range.length - 1);
    });
}

UNISONO_DECL void delete_set::merge(delete_set const& other) {
    auto all = ranges_;
    all.insert(all.end(), other.ranges_.begin(), other.ranges_.end());
    *this = delete_set{std::move(all)};
}

UNISONO_DECL bool delete_set::contains_all(delete_range const& wanted) const noexcept {
    // The first range that ends behind the first element.
    auto const range = std::partition_point(ranges_.begin(), ranges_.end(), [&](delete_range const& r) {
        return r.client != wanted.client ? r.client > wanted.client : r.end() <= wanted.clock;
    });
    return wanted.length == 0 || (range != ranges_.end() && range->client == wanted.client &&
                                  range->clock <= wanted.clock && range->end() >= wanted.end());
}

namespace detail {

/// Reads a delete set whose ranges `read_range(seen)` reads; `seen` is the end of the client's range before.
template <class ReadRange>
void read_delete_ranges(lib0_reader& in, update_limits const& limits, std::vector<delete_range>& out,
                        ReadRange read_range) {
    std::size_t const limit = out.size() + limits.delete_ranges;
    std::uint64_t const clients = in.var_count(2);
    if (clients > limits.clients)
        in.fail(crdt_error::too_many_clients);
    for (std::uint64_t i = 0; i < clients && in.ok(); ++i) {
        std::uint64_t const client = in.var_uint();
        std::uint64_t const count = in.var_count(2);
        if (count > limit - out.size())
            in.fail(crdt_error::too_many_ranges);
        std::uint64_t seen = 0;
        for (std::uint64_t k = 0; k < count && in.ok(); ++k) {
            auto const [clock, length] = read_range(seen);
            if (clock > limits.clock || length > limits.clock - clock)
                in.fail(crdt_error::clock_out_of_range);
            out.push_back({client, clock, length});
            seen = clock + length;
        }
    }
}

} // namespace detail

UNISONO_DECL void read_delete_ranges(lib0_reader& in, update_limits const& limits,
                                     std::vector<delete_range>& out) {
    detail::read_delete_ranges(in, limits, out, [&](std::uint64_t) {
        std::uint64_t const clock = in.var_uint();
        return std::pair{clock, in.var_uint()};
    });
}

UNISONO_DECL void read_delete_ranges_v2(lib0_reader& in, update_limits const& limits,
                                        std::vector<delete_range>& out) {
    detail::read_delete_ranges(in, limits, out, [&](std::uint64_t seen) {
        std::uint64_t const clock = seen + in.var_uint();
        return std::pair{clock, in.var_uint() + 1};
    });
}

} // namespace unisono::inline v0::yjs
