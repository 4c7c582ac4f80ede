#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/detail/document_store.hpp>

#include <string_view>
#include <vector>

/// Rich text as Yjs keeps it: invisible items that switch an attribute to a value, which holds for all text
/// behind up to the next one for the same attribute. A value of null ends it.
namespace unisono::inline v0::yjs::detail {

/// The value that a JSON text stands for. Texts are not checked when an update comes in: what is no JSON
/// reads as undefined, as does the bare word that Yjs writes for it.
any_value value_of_json(std::string_view json);

/// What a format item says; the views live until the document changes.
struct format_mark {
    std::string_view key;
    std::string_view json;
};
format_mark read_mark(document_store const& store, item const& it) noexcept;

/// Attributes in the order in which they were set.
class attribute_list {
public:
    void set(std::string_view key, any_value value);
    void erase(std::string_view key);
    /// What a format item does: null takes the attribute away.
    void apply(format_mark mark);
    any_value const* find(std::string_view key) const noexcept;
    std::vector<any_member> const& members() const noexcept { return members_; }

private:
    std::vector<any_member> members_;
};

/// When Yjs takes two attribute values for the same: plain values, or objects with the same plain members.
bool equal_attributes(any_value const& a, any_value const& b) noexcept;

/// The attributes that hold at a place: of one key, or all of them.
any_value attribute_at(document_store const& store, slot left, std::string_view key);
attribute_list attributes_at(document_store const& store, type_index type, slot left);

/// Deletes the format items from `first` to the next visible element that say nothing new to what holds at
/// `left`.
void clean_gap(document_store& store, slot left, slot first);
/// As above, and `held` is what held in front of `until` and is brought up to date.
void clean_gap(document_store& store, slot left, slot first, slot until, attribute_list& held);

} // namespace unisono::inline v0::yjs::detail

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/detail/impl/attributes.ipp>
#endif
