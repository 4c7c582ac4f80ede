#include "load.hpp"

#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "hex.hpp"
#include "shown.hpp"

using unisono::any_value;
using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::result;
namespace yjs = unisono::yjs;

namespace {

result<void> apply(yjs::document& doc, update_version version, bytes_view update) {
    return version == update_version::v1 ? doc.apply_update(update) : doc.apply_update_v2(update);
}

result<void> add(unisono::json::writer& to, char const* name, any_value const& value) {
    auto const json = json_of(value);
    if (!json)
        return json.error();
    to.key(name).raw(*json);
    return {};
}

result<void> describe(yjs::document& doc, root_names const& roots, unisono::json::writer& to) {
    auto const snapshot = doc.take_snapshot();
    to.member("v1", to_hex(doc.encode_state_as_update()));
    to.member("v2", to_hex(doc.encode_state_as_update_v2()));
    to.member("sv", to_hex(snapshot.state.encode()));
    to.member("snapshot_v1", to_hex(snapshot.encode())).member("snapshot_v2", to_hex(snapshot.encode_v2()));
    to.member("pending", doc.waits());

    result<void> done;
    auto const tell = [&](char const* name, any_value const& value) {
        if (done)
            done = add(to, name, value);
    };
    if (!roots.text.empty()) {
        auto const text = doc.get_text(roots.text);
        to.member("text", text.to_string());
        tell("delta", delta_of(doc, text));
    }
    if (!roots.array.empty())
        tell("array", doc.to_json(doc.get_array(roots.array)));
    if (!roots.map.empty())
        tell("map", doc.to_json(doc.get_map(roots.map)));
    if (!roots.xml.empty())
        tell("xml", doc.to_json(doc.get_xml_fragment(roots.xml)));
    return done;
}

} // namespace

result<std::string> load(update_version version, std::vector<byte_buffer> const& updates, bool gc,
                         root_names const& roots) {
    yjs::document_options options;
    options.gc = gc;
    yjs::document doc{options};
    for (byte_buffer const& update : updates)
        if (auto const applied = apply(doc, version, update); !applied)
            return applied.error();
    std::string reply;
    unisono::json::writer writer{reply};
    result<void> done;
    writer.object([&] { done = describe(doc, roots, writer); });
    if (!done)
        return done.error();
    return reply;
}
