#pragma once

#include <unisono/codec/detail/javascript_number.hpp>
#include <unisono/codec/utf16.hpp>
#include <unisono/core/config.hpp>
#include <unisono/crdt/yjs/detail/content_reader.hpp>
#include <unisono/crdt/yjs/detail/delta_reader.hpp>
#include <unisono/crdt/yjs/detail/xml_string.hpp>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs::detail {

/// What JavaScript makes of a value in a text (ECMA-262, 7.1.17, ToString).
UNISONO_DECL void append_javascript_string(std::string& out, any_value const& v, std::size_t depth = 0) {
    if (auto const text = v.as_string()) {
        out += *text;
    } else if (auto const number = v.as_number()) {
        if (std::isfinite(*number))
            unisono::detail::append_javascript_number(out, *number);
        else
            out += std::isnan(*number) ? "NaN" : *number > 0 ? "Infinity" : "-Infinity";
    } else if (auto const truth = v.as_bool()) {
        out += *truth ? "true" : "false";
    } else if (auto const bigint = v.as_bigint()) {
        out += std::to_string(*bigint);
    } else if (auto const* elements = v.as_array()) {
        for (std::size_t i = 0; i < elements->size() && depth < lib0_max_depth; ++i) {
            out += i > 0 ? "," : "";
            any_value const& element = (*elements)[i];
            if (!element.is_null() && !element.is_undefined())
                append_javascript_string(out, element, depth + 1);
        }
    } else if (auto const bytes = v.as_bytes()) {
        for (std::size_t i = 0; i < bytes->size(); ++i)
            out += (i > 0 ? "," : "") + std::to_string(std::to_integer<int>((*bytes)[i]));
    } else {
        out += v.is_null() ? "null" : v.is_undefined() ? "undefined" : "[object Object]";
    }
}

UNISONO_DECL void append_attribute(std::string& out, std::string_view name, any_value const& value) {
    ((out += ' ') += name) += "=\"";
    append_javascript_string(out, value);
    out += '"';
}

/// Attributes by name: in the order of bytes, which for all but characters beyond U+FFFF is that of Yjs.
UNISONO_DECL std::vector<any_member> sorted(std::vector<any_member> members) {
    std::sort(members.begin(), members.end(), [](auto const& a, auto const& b) { return a.key < b.key; });
    return members;
}

/// What JavaScript's for-in finds in an attribute's value: the members of an object, or the numbered parts of
/// an array or a text.
UNISONO_DECL std::vector<any_member> parts_of(any_value const& value) {
    std::vector<any_member> parts;
    if (auto const* object = value.as_object()) {
        parts.assign(object->members().begin(), object->members().end());
    } else if (auto const* elements = value.as_array()) {
        for (any_value const& element : *elements)
            parts.push_back({std::to_string(parts.size()), element});
    } else if (auto const text = value.as_string()) {
        std::u16string units;
        append_utf16(*text, units);
        for (char16_t const unit : units) {
            byte_buffer utf8;
            append_utf8({&unit, 1}, utf8);
            parts.push_back({std::to_string(parts.size()), as_text(utf8)});
        }
    }
    return parts;
}

/// Text with a tag for each attribute.
UNISONO_DECL void append_xml_text(std::string& out, document_core& core, type_index type, std::size_t depth) {
    for (text_piece const& piece : read_delta(core, type)) {
        auto const all = piece.attributes.members();
        auto const tags = sorted({all.begin(), all.end()});
        for (auto const& [name, value] : tags) {
            (out += '<') += name;
            auto const attributes = sorted(parts_of(value));
            for (auto const& [key, text] : attributes)
                append_attribute(out, key, text);
            out += '>';
        }
        if (auto const* plain = piece.insert.as_any())
            append_javascript_string(out, *plain);
        else if (auto const* nested = piece.insert.as_type())
            out += xml_string(core, nested->type(), depth + 1);
        for (auto tag = tags.rbegin(); tag != tags.rend(); ++tag)
            ((out += "</") += tag->key) += '>';
    }
}

UNISONO_DECL void append_xml_children(std::string& out, document_core& core, type_index type,
                                      std::size_t depth) {
    for (value const& child : read_elements(core, type)) {
        if (auto const* nested = child.as_type())
            out += xml_string(core, nested->type(), depth + 1);
        else if (auto const* plain = child.as_any())
            append_javascript_string(out, *plain);
    }
}

UNISONO_DECL std::string xml_string(document_core& core, type_index type, std::size_t depth) {
    std::string out;
    if (depth >= lib0_max_depth)
        return out;
    type_kind const kind = core.store.types[type].kind;
    if (kind == type_kind::text || kind == type_kind::xml_text) {
        append_xml_text(out, core, type, depth);
    } else if (kind == type_kind::xml_element) {
        std::string name{core.store.types.texts()[core.store.types[type].name]};
        for (char& c : name)
            c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
        (out += '<') += name;
        any_value const map = map_to_json(core, type, depth);
        auto const all = map.as_object()->members();
        auto const attributes = sorted({all.begin(), all.end()});
        for (auto const& [key, value] : attributes)
            append_attribute(out, key, value);
        out += '>';
        append_xml_children(out, core, type, depth);
        ((out += "</") += name) += '>';
    } else if (kind == type_kind::map || kind == type_kind::xml_hook) {
        out = "[object Object]";
    } else {
        append_xml_children(out, core, type, depth);
    }
    return out;
}

} // namespace unisono::inline v0::yjs::detail
