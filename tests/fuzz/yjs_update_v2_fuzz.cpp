// libFuzzer entry: any bytes as an update in V2 form, and as one in V1 form that is converted.
//
//   clang++ -std=c++20 -g -O1 -fsanitize=fuzzer,address,undefined -Iinclude tests/fuzz/yjs_update_v2_fuzz.cpp
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/state_vector.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace yjs = unisono::yjs;
using fuzz::require;

namespace {

// A few bytes stand for any number of structs: bounded, so that many inputs are tried.
constexpr yjs::update_limits small{.structs = 1000, .expanded_bytes = 1 << 16};

/// What is there as V1 survives the way to V2 and back, unless its JSON texts are none.
void check_round_trip(unisono::bytes_view v1) {
    for (auto marks : {yjs::key_marks::dropped, yjs::key_marks::kept}) {
        auto const v2 = yjs::convert_update_v1_to_v2(v1, {}, marks);
        if (!v2)
            return;
        auto const back = yjs::convert_update_v2_to_v1(*v2, {}, marks).value();
        require(yjs::convert_update_v1_to_v2(back, {}, marks).value() == *v2);
        require(yjs::state_vector_from_update(back).value() == yjs::state_vector_from_update(v1).value());
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};

    if (yjs::validate_update(input, small))
        check_round_trip(input);

    auto const v1 = yjs::convert_update_v2_to_v1(input, small);
    if (!v1)
        return 0;
    // Both forms are valid by the same rules, and what V2 said once it says again.
    require(yjs::validate_update(*v1).has_value());
    auto const v2 = yjs::convert_update_v1_to_v2(*v1).value();
    require(yjs::convert_update_v2_to_v1(v2).value() == *v1);

    unisono::bytes_view const twice[] = {input, v2};
    auto const merged = yjs::merge_updates_v2(twice).value();
    auto const compacted = yjs::compact_updates_v2(twice).value();
    auto const vector = yjs::state_vector_from_update_v2(input).value();
    require(yjs::state_vector_from_update_v2(merged).value() == vector);
    require(yjs::state_vector_from_update_v2(compacted).value() == vector);
    auto const meta = yjs::parse_update_meta_v2(input).value();
    require(yjs::parse_update_meta_v2(merged).value().deletes == meta.deletes);

    // Of every client a little: cuts structs in the middle.
    yjs::state_vector part;
    for (auto const& client : meta.clients)
        part.set(client.client, client.from + 1);
    auto const difference = yjs::diff_update_v2(input, part.encode()).value();
    auto const marked = yjs::convert_update_v2_to_v1(input, {}, yjs::key_marks::kept).value();
    auto const by_v1 = yjs::diff_update(marked, part.encode()).value();
    require(difference == yjs::convert_update_v1_to_v2(by_v1, {}, yjs::key_marks::kept).value());
    return 0;
}
