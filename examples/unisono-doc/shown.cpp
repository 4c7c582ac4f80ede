#include "shown.hpp"

#include <unisono/codec/any_json.hpp>

#include "hex.hpp"

#include <algorithm>
#include <utility>
#include <vector>

using unisono::any_array;
using unisono::any_kind;
using unisono::any_member;
using unisono::any_object;
using unisono::any_value;
using unisono::result;
namespace yjs = unisono::yjs;

namespace {

/// Values of documents nest no deeper than lib0_max_depth.
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

} // namespace

result<std::string> json_of(any_value const& value) {
    std::string json;
    auto const written = unisono::append_json(json, plain(value));
    return written ? result<std::string>{std::move(json)} : written.error();
}

any_value delta_of(yjs::document const& doc, yjs::text const& text) {
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
