// libFuzzer entry: any bytes as an update to documents that are empty, in use, or get it in parts.
#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/update.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>
#include <string>

namespace yjs = unisono::yjs;
using fuzz::require;

namespace {

/// Everything that can be read, read; and edits, which must find what was read.
void use(yjs::document& doc) {
    auto text = doc.get_text("text");
    text.to_delta();
    std::string const before = text.to_string();
    std::uint32_t const length = text.length();
    text.insert(length / 2, "fuzz");
    require(text.length() == length + 4);
    text.format(length / 3, 2, unisono::any_object{{"bold", true}});
    text.erase(length / 2, 4);
    require(text.length() == length);

    auto array = doc.get_array("array");
    require(array.to_vector().size() == array.length());
    array.insert(array.length() / 2, {1, "two"});
    array.erase(array.length() / 3, 1);
    doc.to_json(array);
    doc.get_map("map").set("k1", nullptr);
    doc.to_json(doc.get_map("map"));
    doc.get_xml_fragment("xml").to_string();
}

/// A document that was saved can be loaded and has the same elements. Which of them are deleted may depend on
/// the order in which others came, in Yjs as well, when keys got what no client ever writes there.
void reload(yjs::document const& doc, bool gc) {
    auto const saved = doc.encode_state_as_update();
    yjs::document loaded{{.client_id = 3, .gc = gc}};
    require(loaded.apply_update(saved).has_value());
    require(loaded.state() == doc.state());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};
    bool const gc = size % 2 == 0;

    yjs::document empty{{.client_id = 1, .gc = gc}};
    yjs::document busy{{.client_id = 2, .gc = gc}};
    use(busy);
    auto const before = busy.encode_state_as_update();
    bool const valid = yjs::validate_update(input).has_value();
    require(empty.apply_update(input).has_value() == valid);
    require(busy.apply_update(input).has_value() == valid);
    if (!valid) {
        require(empty.state().empty());
        require(busy.encode_state_as_update() == before);
        return 0;
    }
    auto const state = empty.encode_state_as_update();
    require(empty.apply_update(input).has_value());
    require(empty.encode_state_as_update() == state);

    // The second part first, and the first part twice.
    yjs::state_vector part;
    auto const meta = yjs::parse_update_meta(input).value();
    for (auto const& client : meta.clients)
        part.set(client.client, (client.from + client.to) / 2);
    yjs::document late{{.client_id = 1, .gc = gc}};
    require(late.apply_update(yjs::diff_update(input, part.encode()).value()).has_value());
    use(late);
    require(late.apply_update(input).has_value());
    require(late.apply_update(input).has_value());

    for (auto* doc : {&empty, &busy, &late}) {
        use(*doc);
        if (!doc->waits())
            reload(*doc, gc);
        require(yjs::validate_update(doc->encode_state_as_update()).has_value());
    }
    return 0;
}
