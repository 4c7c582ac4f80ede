// libFuzzer entry: any bytes as a relative position.
#include <unisono/crdt/yjs/document.hpp>

#include "require.hpp"

#include <cstddef>
#include <cstdint>

namespace yjs = unisono::yjs;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size) {
    unisono::bytes_view const input{reinterpret_cast<std::byte const*>(data), size};
    auto const position = yjs::relative_position::decode(input);
    if (!position)
        return 0;
    require(yjs::relative_position::decode(position->encode()).value() == *position);

    yjs::document doc{{.client_id = 1}};
    auto text = doc.get_text("t");
    text.insert(0, "some text");
    text.erase(2, 3);
    auto nested = doc.get_array("a").insert_type<yjs::text>(0);
    nested.insert(0, "gone");
    doc.get_array("a").insert_type<yjs::text>(0).insert(0, "nested");
    doc.get_array("a").erase(1, 1);
    doc.get_map("m").set("k", 1);
    if (auto const place = doc.resolve(*position)) {
        // A place where one can insert.
        if (place->type == text) {
            require(place->index <= text.length());
            text.insert(place->index, "x");
        }
        require(doc.resolve(*position).has_value());
    }
    return 0;
}
