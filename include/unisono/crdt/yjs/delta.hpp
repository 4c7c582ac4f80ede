#pragma once

#include <unisono/codec/utf8.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace unisono::inline v0::yjs {

/// One step of a walk along a sequence that says what becomes of its elements: as in the Delta format of
/// Quill.
struct delta_step {
    enum class action : std::uint8_t {
        retain, ///< the next `length` elements stay, and get the attributes
        insert, ///< `inserted` comes here
        erase,  ///< the next `length` elements go
    };

    action what = action::retain;

    /// Elements; in texts UTF-16 code units. Of an insert as many as it inserts.
    std::uint32_t length = 0;

    /// In arrays and XML the values. In texts one: a string, or one embedded value or type.
    std::vector<value> inserted = {};

    /// In texts. Of an insert all that hold, of a retain those that change; null takes one away.
    any_object attributes = {};

    static delta_step retain(std::uint32_t length, any_object attributes = {}) {
        return {action::retain, length, {}, std::move(attributes)};
    }
    static delta_step insert(std::string_view utf8, any_object attributes = {}) {
        auto const length = static_cast<std::uint32_t>(utf16_length(utf8));
        return {action::insert, length, {value{any_value{utf8}}}, std::move(attributes)};
    }
    static delta_step insert_embed(any_value embed, any_object attributes = {}) {
        return {action::insert, 1, {value{std::move(embed)}}, std::move(attributes)};
    }
    static delta_step erase(std::uint32_t length) { return {action::erase, length, {}, {}}; }

    friend bool operator==(delta_step const&, delta_step const&) = default;
};

/// What is behind the last step stays as it is.
using delta = std::vector<delta_step>;

} // namespace unisono::inline v0::yjs
