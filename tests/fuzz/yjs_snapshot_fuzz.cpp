// libFuzzer entry: any bytes as a snapshot, a state vector or an update, held against a document that forgets
// nothing.
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace yjs = unisono::yjs;
using fuzz::require;

namespace {

/// Client 1 has 30 elements of all kinds, some of them deleted; client 2 has a few.
void fill(yjs::document& doc) {
    auto text = doc.get_text("text");
    text.insert(0, "some t\xc3\xa9xt \xf0\x9f\x98\x80");
    text.format(2, 5, unisono::any_object{{"bold", true}});
    text.insert_embed(4, unisono::any_object{{"image", 1}});
    text.erase(1, 3);
    auto array = doc.get_array("array");
    array.insert(0, {1, "two", unisono::byte_buffer{}});
    array.insert_type<yjs::text>(1).insert(0, "nested");
    array.erase(0, 1);
    auto map = doc.get_map("map");
    map.set("key", 1);
    map.set("key", 2);
    map.erase("key");
}

void read(yjs::document& doc, yjs::snapshot const& state, yjs::snapshot const& older) {
    auto const past = doc.at(state);
    auto const update = doc.encode_state_at(state);
    // Both read the same past; but what a snapshot says of clients nobody knows concerns only one of them.
    require(past.has_value() == update.has_value());
    if (!past)
        return;
    auto const text = doc.get_text("text");
    yjs::document restored;
    require(restored.apply_update(*update).has_value());
    require(restored.state() == state.state);
    require(restored.get_text("text").to_string() == past->to_string(text));
    require(restored.get_array("array").length() == past->to_vector(doc.get_array("array")).size());
    past->keys(doc.get_map("map"));
    if (auto const before = doc.at(older))
        past->changes_since(*before, text);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};
    yjs::document doc{{.client_id = 1, .gc = false}};
    fill(doc);
    auto const now = doc.take_snapshot();
    for (auto const& state : {yjs::snapshot::decode(input), yjs::snapshot::decode_v2(input)}) {
        if (!state)
            continue;
        require(yjs::snapshot::decode(state->encode()).value() == *state);
        require(yjs::snapshot::decode_v2(state->encode_v2()).value() == *state);
        read(doc, *state, now);
        read(doc, now, *state);
        require(yjs::contains_update(*state, doc.encode_state_as_update()).has_value());
    }
    if (auto const known = yjs::state_vector::decode(input)) {
        require(yjs::validate_update(doc.encode_state_as_update(*known)).has_value());
        require(yjs::state_vector::decode(known->encode()).value() == *known);
    }
    bool const valid = yjs::validate_update(input).has_value();
    require(yjs::contains_update(now, input).has_value() == valid);
    require(!yjs::update_at(input, now).has_value() || valid);
    return 0;
}
