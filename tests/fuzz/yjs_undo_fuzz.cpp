// libFuzzer entry: any bytes as an update in either form that is tracked by an undo manager, undone and
// redone.
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/undo_manager.hpp>
#include <unisono/crdt/yjs/update.hpp>
#include <unisono/crdt/yjs/update_v2.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace yjs = unisono::yjs;
using fuzz::require;

namespace {

constexpr yjs::update_limits small{.structs = 1000, .expanded_bytes = 1 << 16};

void edit(yjs::document& doc) {
    auto text = doc.get_text("text");
    text.insert(text.length() / 2, "undo \xf0\x9f\x98\x80");
    text.format(0, 3, unisono::any_object{{"bold", true}});
    text.erase(text.length() / 3, 2);
    auto array = doc.get_array("array");
    array.insert_type<yjs::map>(array.length() / 2).set("k", 1);
    if (array.length() > 1)
        array.erase(0, 1);
    doc.get_map("map").set("k1", "v");
    doc.get_map("map").erase("k2");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};
    yjs::document doc{{.client_id = 1, .gc = size % 2 == 0, .limits = small}};
    yjs::document all{{.client_id = 2}};
    bool failed = false;
    doc.on_update(
        [&](yjs::update_event const& event) { failed = !all.apply_update(event.update) || failed; });
    yjs::undo_manager undo{doc, {.capture_timeout = std::chrono::milliseconds{0}}};

    edit(doc);
    auto const before = doc.encode_state_as_update();
    bool const v1 = doc.apply_update(input).has_value();
    require(v1 == yjs::validate_update(input, small).has_value());
    if (!v1)
        require(doc.encode_state_as_update() == before);
    bool const v2 = doc.apply_update_v2(input).has_value();
    require(v2 == yjs::validate_update_v2(input, small).has_value());
    edit(doc);
    for (int i = 0; i < 4; ++i)
        undo.undo();
    while (undo.redo())
        ;
    edit(doc);
    undo.clear();
    undo.undo();

    require(!failed);
    require(all.state() == doc.state());
    require(yjs::validate_update(doc.encode_state_as_update()).has_value());
    require(yjs::validate_update_v2(doc.encode_state_as_update_v2()).has_value());
    return 0;
}
