#include "roots.hpp"

#include <unisono/crdt/yjs/document.hpp>
#include <unisono/crdt/yjs/struct_reader.hpp>

#include "shown.hpp"

#include <cstdint>
#include <map>
#include <string_view>

using unisono::bytes_view;
using unisono::result;
namespace yjs = unisono::yjs;

namespace {

/// What a root is into which such a struct was inserted, as far as that says.
yjs::type_kind kind_of_root(yjs::struct_view const& s) {
    if (s.keyed)
        return yjs::type_kind::map;
    switch (s.kind) {
    case yjs::struct_kind::string:
    case yjs::struct_kind::embed:
    case yjs::struct_kind::format:
        return yjs::type_kind::text;
    case yjs::struct_kind::type: {
        unisono::lib0_reader in{s.content};
        auto const nested = static_cast<yjs::type_kind>(in.var_uint());
        bool const xml = nested == yjs::type_kind::xml_element || nested == yjs::type_kind::xml_text ||
                         nested == yjs::type_kind::xml_hook;
        return xml ? yjs::type_kind::xml_fragment : yjs::type_kind::array;
    }
    case yjs::struct_kind::deleted:
        return yjs::type_kind::undefined;
    default:
        return yjs::type_kind::array;
    }
}

/// The roots of an update. Only what was inserted into an empty root names it; all else refers to that.
std::map<std::string, yjs::type_kind> find_roots(bytes_view v1) {
    std::map<std::string, yjs::type_kind> roots;
    unisono::lib0_reader in{v1};
    for (std::uint64_t blocks = in.var_uint(); blocks > 0; --blocks) {
        yjs::struct_reader_v1 reader{yjs::read_struct_block_v1(in), {}};
        for (yjs::struct_view s; reader.next(s);) {
            if (!s.has_parent || !s.parent.is_root)
                continue;
            auto& kind =
                roots.try_emplace(std::string{s.parent.root}, yjs::type_kind::undefined).first->second;
            // Attributes of a text or an element are keyed, too.
            if (kind == yjs::type_kind::undefined || kind == yjs::type_kind::map)
                kind = kind_of_root(s) != yjs::type_kind::undefined ? kind_of_root(s) : kind;
        }
        in = reader.input();
    }
    return roots;
}

std::string count(std::uint32_t length, std::string_view what) {
    return ", " + std::to_string(length) + " " + std::string{what};
}

void add_line(std::string& to, std::string_view label, std::string_view what) {
    ((((to += "  ") += label) += "  ") += what) += '\n';
}

void add_json(std::string& to, std::string_view label, unisono::any_value const& value) {
    auto const json = json_of(value);
    add_line(to, label, json ? *json : json.error().message());
}

} // namespace

result<std::string> describe_roots(bytes_view v1) {
    yjs::document doc;
    if (auto const applied = doc.apply_update(v1); !applied)
        return applied.error();
    std::string text;
    if (doc.waits())
        text += "\nincomplete: something waits for what is missing\n";
    for (auto const& [name, kind] : find_roots(v1)) {
        text += "\nroot \"" + name + "\": ";
        if (kind == yjs::type_kind::text) {
            auto const type = doc.get_text(name);
            text += "text" + count(type.length(), "code units") + "\n";
            add_line(text, "text ", type.to_string());
            add_json(text, "delta", delta_of(doc, type));
        } else if (kind == yjs::type_kind::array) {
            auto const type = doc.get_array(name);
            text += "array" + count(type.length(), "elements") + "\n";
            add_json(text, "json ", doc.to_json(type));
        } else if (kind == yjs::type_kind::map) {
            auto const type = doc.get_map(name);
            text += "map" + count(static_cast<std::uint32_t>(type.keys().size()), "keys") + "\n";
            add_json(text, "json ", doc.to_json(type));
        } else if (kind == yjs::type_kind::xml_fragment) {
            auto const type = doc.get_xml_fragment(name);
            text += "xml" + count(type.length(), "children") + "\n";
            add_line(text, "xml  ", type.to_string());
        } else {
            text += "of unknown kind\n";
        }
    }
    return text;
}
