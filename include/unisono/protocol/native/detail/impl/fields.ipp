#pragma once

#include <unisono/core/config.hpp>
#include <unisono/protocol/native/detail/fields.hpp>

#include <utility>

namespace unisono::inline v0::detail {

UNISONO_DECL native_fields::native_fields(json::value object, std::string_view prefix)
    : object_(object), prefix_(prefix) {
    if (object.exists() && !object.is_object() && !object.is_null()) {
        error_ = native_error::bad_request;
        problem_ = std::string{prefix.substr(0, prefix.size() - 1)} + " must be an object";
    }
}

UNISONO_DECL json::value native_fields::get(std::string_view key) const {
    json::value const v = object_[key];
    return v.is_null() ? json::value{} : v;
}

UNISONO_DECL void native_fields::refuse(std::string_view key, std::string_view why, native_error error) {
    if (error_)
        return;
    error_ = error;
    problem_.append(prefix_).append(key).append(" ").append(why);
}

UNISONO_DECL bool native_fields::boolean(std::string_view key, bool otherwise) {
    json::value const v = get(key);
    if (v.exists() && !v.is_bool())
        refuse(key, "must be true or false");
    return v.as_bool().value_or(otherwise);
}

UNISONO_DECL std::optional<std::uint64_t> native_fields::integer(std::string_view key, std::uint64_t least) {
    json::value const v = get(key);
    if (!v.exists())
        return std::nullopt;
    auto const number = v.as_int64();
    if (!number || *number < 0 || static_cast<std::uint64_t>(*number) < least) {
        refuse(key,
               least == 0 ? "must be an integer from 0 to 2^53-1" : "must be an integer from 1 to 2^53-1");
        return std::nullopt;
    }
    return static_cast<std::uint64_t>(*number);
}

UNISONO_DECL std::string_view native_fields::string(std::string_view key, std::size_t longest) {
    json::value const v = get(key);
    if (!v.exists())
        return {};
    auto const text = v.as_string();
    if (!text) {
        refuse(key, "must be a string");
        return {};
    }
    if (text->size() > longest) {
        refuse(key, "is too long");
        return {};
    }
    return *text;
}

UNISONO_DECL std::optional<position> native_fields::at(std::string_view key) {
    json::value const v = get(key);
    if (!v.exists())
        return std::nullopt;
    auto const epoch = v["epoch"].as_string();
    auto const offset = v["offset"].as_int64();
    if (!epoch || epoch->size() > 64 || !offset || *offset < 0) {
        refuse(key, "must be {epoch, offset}");
        return std::nullopt;
    }
    return position{std::string{*epoch}, static_cast<std::uint64_t>(*offset)};
}

} // namespace unisono::inline v0::detail
