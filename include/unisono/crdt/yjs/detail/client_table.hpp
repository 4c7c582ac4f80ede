#pragma once

#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/client_id_reader.hpp>
#include <unisono/crdt/yjs/detail/content_heap.hpp>
#include <unisono/crdt/yjs/detail/struct_index.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// All a document knows of one client.
struct client_record {
    std::uint64_t id = 0;
    std::array<std::byte, 8> wire_id = {}; ///< as lib0 writes it: it comes several times in every update
    std::uint8_t wire_id_size = 0;
    std::uint32_t state = 0;        ///< the first clock that is missing
    std::uint32_t state_before = 0; ///< `state` when the running transaction began, if `advanced`
    bool advanced = false;          ///< did the running transaction add elements?
    struct_index structs;
    content_heap content;
};

/// The clients of a document, numbered in order of appearance.
class client_table {
public:
    client_record& operator[](client_index c) noexcept { return records_[c]; }
    client_record const& operator[](client_index c) const noexcept { return records_[c]; }
    std::size_t size() const noexcept { return records_.size(); }

    /// no_client for an unknown one.
    client_index find(std::uint64_t id) const noexcept {
        if (last_ < records_.size() && records_[last_].id == id)
            return last_; // most often the same one goes on
        return find_cold(id);
    }

    struct read_client {
        client_index client;
        std::size_t size; ///< bytes of its id; 0: nobody knows it
    };
    /// The client whose id stands at `next`, of which `available` bytes are there.
    UNISONO_HOT read_client read(std::byte const* next, std::size_t available) const noexcept {
        auto const [client, size] = reader_.read(next, available, [this](std::uint64_t id) {
            client_index const c = find(id);
            return c != no_client ? c : client_id_reader::unknown;
        });
        return {static_cast<client_index>(client), size};
    }

    client_index intern(std::uint64_t id) {
        client_index const known = find(id);
        return known != no_client ? known : add(id);
    }

    /// The clients with the largest id first: the order of the wire.
    std::vector<client_index> descending() const;

private:
    client_index find_cold(std::uint64_t id) const noexcept;
    client_index add(std::uint64_t id);
    std::size_t start(std::uint64_t id) const noexcept {
        return static_cast<std::size_t>(id * 0x9e3779b97f4a7c15ULL >> 32) & (table_.size() - 1);
    }

    std::vector<client_record> records_;
    std::vector<client_index> table_; // open addressing, at most half full; its size is a power of two
    mutable client_index last_ = 0;
    mutable client_id_reader reader_;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/client_table.ipp>
#endif
