// libFuzzer entry: any bytes as a state of each type. What is taken as one is written again as it came, and
// joins with any other state as states do.
#include <unisono/crdt/encoding.hpp>

#include "require.hpp"
#include "support/crdt_types.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

using namespace unisono;
using fuzz::require;

namespace {

/// Joins with a state that shares some of its names, as far as inputs come from the seeds.
template <crdt::delta_crdt T>
void check(bytes_view input) {
    auto const state = crdt::decode<T>(input, {.elements = 10'000});
    if (!state)
        return;
    auto const bytes = crdt::encode(*state);
    require(std::ranges::equal(bytes, input));
    require(!crdt::to_json(*state).empty());

    static T last;
    T left = last;
    bool const reused = left.join(*state) == crdt::effect::reused;
    T right = *state;
    right.join(last);
    require(crdt::encode(left) == crdt::encode(right));
    require(left == right);
    require(left.join(*state) != crdt::effect::changed);
    if constexpr (crdt::causal_crdt<T>) {
        T known = last;
        known.join(state->missing_from(last.context()));
        require(known == left || reused);
    }
    last = *state;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    bytes_view const input{reinterpret_cast<std::byte const*>(data), size};
    test::for_each_crdt([&]<class T>(std::string_view, std::type_identity<T>) { check<T>(input); });
    return 0;
}
