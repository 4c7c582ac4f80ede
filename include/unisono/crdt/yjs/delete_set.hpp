#pragma once

#include <unisono/codec/lib0_reader.hpp>
#include <unisono/core/bytes.hpp>
#include <unisono/core/result.hpp>
#include <unisono/crdt/yjs/id.hpp>
#include <unisono/crdt/yjs/limits.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace unisono::inline v0::yjs {

/// Elements that were deleted: of `client` those with a clock in [clock, clock + length).
struct delete_range {
    std::uint64_t client;
    std::uint64_t clock;
    std::uint64_t length;

    std::uint64_t end() const noexcept { return clock + length; }
    friend bool operator==(delete_range const&, delete_range const&) = default;
};

/// A set of deleted elements.
///
/// A value type, always canonical: clients descending, clocks ascending, ranges neither empty nor touching.
/// So equal sets give equal bytes, and they are the bytes Yjs writes.
class delete_set {
public:
    delete_set() noexcept = default;

    /// Takes ranges in any order, also empty and overlapping ones.
    explicit delete_set(std::vector<delete_range> ranges);

    /// Reads the V1 form. Errors: codec_error, crdt_error.
    static result<delete_set> decode(bytes_view bytes, update_limits const& limits = {});

    byte_buffer encode() const;
    void encode_to(byte_buffer& out) const;

    /// As encode_to(), in the V2 form.
    void encode_v2_to(byte_buffer& out) const;

    void merge(delete_set const& other);

    bool contains(id element) const noexcept { return contains_all({element.client, element.clock, 1}); }
    /// All of these elements? An empty range is in every set.
    bool contains_all(delete_range const& range) const noexcept;
    bool empty() const noexcept { return ranges_.empty(); }
    std::span<delete_range const> ranges() const noexcept { return ranges_; }

    friend bool operator==(delete_set const&, delete_set const&) = default;

private:
    template <class WriteRange>
    void encode_to(byte_buffer& out, WriteRange write_range) const;

    std::vector<delete_range> ranges_;
};

/// Appends the ranges of one V1 delete set to `out`, as they come. Errors are left in the reader.
void read_delete_ranges(lib0_reader& in, update_limits const& limits, std::vector<delete_range>& out);

/// As read_delete_ranges(), for the V2 form.
void read_delete_ranges_v2(lib0_reader& in, update_limits const& limits, std::vector<delete_range>& out);

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/delete_set.ipp>
#endif
