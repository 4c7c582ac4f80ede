// libFuzzer entry: any bytes as an update, a state vector and a delete set.
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/yjs_update_fuzz.cpp
#include <unisono/crdt/yjs/delete_set.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace yjs = unisono::yjs;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};

    if (auto vector = yjs::state_vector::decode(input))
        require(yjs::state_vector::decode(vector->encode()).value() == *vector);
    if (auto deleted = yjs::delete_set::decode(input))
        require(yjs::delete_set::decode(deleted->encode()).value() == *deleted);

    bool const valid = yjs::validate_update(input).has_value();
    unisono::bytes_view const twice[] = {input, input};
    auto const merged = yjs::merge_updates(twice);
    require(merged.has_value() == valid);
    if (!valid)
        return 0;

    // What is written can be read, and says the same.
    auto const compacted = yjs::compact_updates(twice).value();
    unisono::bytes_view const once[] = {compacted};
    require(yjs::compact_updates(once).value() == compacted);
    auto const vector = yjs::state_vector_from_update(input).value();
    require(yjs::state_vector_from_update(*merged).value() == vector);
    require(yjs::state_vector_from_update(compacted).value() == vector);
    auto const meta = yjs::parse_update_meta(input).value();
    require(yjs::parse_update_meta(*merged).value().deletes == meta.deletes);

    auto const rest = yjs::diff_update(input, vector).value();
    require(yjs::validate_update(rest).has_value());
    // Of every client a little: cuts structs in the middle.
    yjs::state_vector part;
    for (auto const& client : meta.clients)
        part.set(client.client, client.from + 1);
    require(yjs::validate_update(yjs::diff_update(input, part.encode()).value()).has_value());
    return 0;
}
