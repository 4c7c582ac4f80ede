#pragma once

#include <unisono/crdt/error.hpp>
#include <unisono/crdt/state_reader.hpp>
#include <unisono/crdt/value_traits.hpp>

#include <utility>

namespace unisono::inline v0::crdt::detail {

/// Reads the entries of a map, each a key and what `read_value()` reads behind it. Keys that do not ascend
/// are an error: every map has one form.
template <class Map, class ReadValue>
void read_entries(state_reader& in, Map& entries, ReadValue&& read_value) {
    for (auto n = in.count(); n != 0 && in.ok(); --n) {
        auto key = value_traits<typename Map::key_type>::read(in);
        if (!entries.empty() && !(entries.rbegin()->first < key))
            in.fail(crdt_error::not_canonical);
        entries.emplace_hint(entries.end(), std::move(key), read_value());
    }
}

} // namespace unisono::inline v0::crdt::detail
