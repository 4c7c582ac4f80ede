#include "load.hpp"

#include <unisono/codec/any_json.hpp>
#include <unisono/codec/json_writer.hpp>
#include <unisono/crdt/yjs/convert.hpp>
#include <unisono/crdt/yjs/document.hpp>

#include "hex.hpp"

#include <algorithm>
#include <utility>

using unisono::any_array;
using unisono::any_kind;
using unisono::any_member;
using unisono::any_object;
using unisono::any_value;
using unisono::byte_buffer;
using unisono::bytes_view;
using unisono::result;
namespace yjs = unisono::yjs;

namespace {

result<void> apply(yjs::document& doc, update_version version, bytes_view update) {
    if (version == update_version::v1)
        return doc.apply_update(update);
    auto const v1 = yjs::convert_update_v2_to_v1(update, {}, yjs::key_marks::kept);
    return v1 ? doc.apply_update(*v1) : v1.error();
}

/// The value with what JSON lacks spelled out, and with sorted keys, for their order differs between
/// replicas. Values of documents nest no deeper than lib0_max_depth.
any_value plain(any_value const& value) {
    switch (value.kind()) {
    case any_kind::undefined:
        return any_object{{"$undefined", true}};
    case any_kind::bigint:
        return any_object{{"$bigint", std::to_string(*value.as_bigint())}};
    case any_kind::bytes:
        return any_object{{"$bytes", to_hex(*value.as_bytes())}};
    case any_kind::array: {
        any_array elements;
        for (any_value const& element : *value.as_array())
            elements.push_back(plain(element));
        return elements;
    }
    case any_kind::object: {
        std::vector<any_member> members;
        for (auto const& [key, member] : value.as_object()->members())
            members.push_back({key, plain(member)});
        std::sort(members.begin(), members.end(), [](auto& a, auto& b) { return a.key < b.key; });
        return any_object{std::move(members)};
    }
    default:
        return value;
    }
}

any_value delta(yjs::document const& doc, yjs::text const& text) {
    any_array pieces;
    for (auto const& piece : text.to_delta()) {
        any_object shown;
        auto const* inserted = piece.insert.as_any();
        shown.set("insert", inserted != nullptr ? *inserted : doc.to_json(*piece.insert.as_type()));
        if (!piece.attributes.empty())
            shown.set("attributes", piece.attributes);
        pieces.push_back(std::move(shown));
    }
    return pieces;
}

result<void> add(unisono::json::writer& to, char const* name, any_value const& value) {
    std::string json;
    if (auto const written = unisono::append_json(json, plain(value)); !written)
        return written;
    to.key(name).raw(json);
    return {};
}

result<void> describe(yjs::document& doc, root_names const& roots, unisono::json::writer& to) {
    byte_buffer const v1 = doc.encode_state_as_update();
    auto const v2 = yjs::convert_update_v1_to_v2(v1, {}, yjs::key_marks::kept);
    if (!v2)
        return v2.error();
    byte_buffer const vector = doc.state().encode();
    byte_buffer snapshot_v1 = doc.deleted().encode();
    unisono::append(snapshot_v1, vector);
    byte_buffer snapshot_v2;
    doc.deleted().encode_v2_to(snapshot_v2);
    unisono::append(snapshot_v2, vector);
    to.member("v1", to_hex(v1)).member("v2", to_hex(*v2)).member("sv", to_hex(vector));
    to.member("snapshot_v1", to_hex(snapshot_v1)).member("snapshot_v2", to_hex(snapshot_v2));
    to.member("pending", doc.waits());

    result<void> done;
    auto const tell = [&](char const* name, any_value const& value) {
        if (done)
            done = add(to, name, value);
    };
    if (!roots.text.empty()) {
        auto const text = doc.get_text(roots.text);
        to.member("text", text.to_string());
        tell("delta", delta(doc, text));
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
