#pragma once

#include <unisono/crdt/yjs/detail/item.hpp>
#include <unisono/crdt/yjs/detail/string_pool.hpp>
#include <unisono/crdt/yjs/type_kind.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace unisono::inline v0::yjs::detail {

using type_index = std::uint32_t;
using list_index = std::uint32_t;
inline constexpr std::uint32_t no_index = 0xffff'ffff;

/// A list of items in which YATA gives each its place: the children of a type, or all values one key of it
/// ever had, of which the last one counts.
struct list_record {
    type_index type = no_index;
    text_index key = no_text; ///< none: the children
    slot first = no_slot;
    slot last = no_slot;
    list_index next_key = no_index; ///< of the same type, in order of appearance
    bool flat = true;               ///< did none of their authors know of another item?

    bool keyed() const noexcept { return key != no_text; }
};

/// A shared type: a root, or the content of an item.
struct type_record {
    type_kind kind = type_kind::undefined;
    bool formatted = false;       ///< had format items at some time
    std::uint32_t generation = 0; ///< of this place in the table: handles notice that their type has gone
    slot owner = no_slot;         ///< the item that holds it; none for a root
    text_index name = no_text;    ///< of a root, or of an XML element or hook; where a weak link points
    list_index children = no_index;
    list_index first_key = no_index;
    list_index last_key = no_index;
    std::uint32_t length = 0; ///< visible elements among the children
    bool alive = false;
};

/// The shared types of a document and their lists.
class type_table {
public:
    type_record& operator[](type_index t) noexcept { return types_[t]; }
    type_record const& operator[](type_index t) const noexcept { return types_[t]; }
    list_record& list(list_index l) noexcept { return lists_[l]; }
    list_record const& list(list_index l) const noexcept { return lists_[l]; }
    string_pool& texts() noexcept { return texts_; }
    string_pool const& texts() const noexcept { return texts_; }

    /// Notes that there are, or were, format items in a type.
    void mark_formatted(type_index t) noexcept { types_[t].formatted = any_formatted_ = true; }
    /// Was any type ever formatted?
    bool any_formatted() const noexcept { return any_formatted_; }

    /// The root of that name; makes it.
    type_index root(std::string_view name);
    /// no_index when nobody has spoken of it.
    type_index find_root(std::string_view name) const noexcept;
    /// In order of appearance.
    std::vector<type_index> const& roots() const noexcept { return roots_; }

    type_index make(type_kind kind, text_index name, slot owner);
    /// Lets go of a type and its lists; their items are somebody else's matter.
    void free(type_index t);

    /// The list of one key; makes it.
    list_index key_list(type_index t, text_index key);
    /// no_index when that key never had a value.
    list_index find_key_list(type_index t, text_index key) const noexcept;

private:
    static std::uint64_t address(type_index t, text_index key) noexcept {
        return std::uint64_t{t} << 32 | key;
    }
    list_index make_list(type_index t, text_index key);

    string_pool texts_;
    std::vector<type_record> types_;
    std::vector<list_record> lists_;
    std::vector<type_index> free_types_;
    std::vector<list_index> free_lists_;
    std::vector<type_index> roots_;
    std::unordered_map<text_index, type_index> roots_by_name_;
    std::unordered_map<std::uint64_t, list_index> key_lists_;
    bool any_formatted_ = false;
};

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/type_table.ipp>
#endif
