#pragma once

#include <unisono/codec/any_value.hpp>
#include <unisono/crdt/yjs/delta.hpp>
#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/text_piece.hpp>

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs {

/// Shared rich text.
///
/// Positions and lengths count UTF-16 code units, embedded things as one: as in Yjs and every browser. Use
/// utf16_length() and find_utf16() (codec/utf8.hpp) to convert. Texts are UTF-8; what cuts a surrogate pair
/// leaves U+FFFD on both sides.
///
/// Positions beyond the end throw std::out_of_range.
class text : public shared_type {
public:
    static bool is_kind(type_kind kind) noexcept { return is_text(kind); }

    using shared_type::shared_type;
    explicit text(shared_type type) noexcept : shared_type(type) {}

    std::uint32_t length() const noexcept { return visible_length(); }

    /// The text without embedded things.
    std::string to_string() const;

    /// The text in pieces of equal attributes, as Yjs's toDelta.
    std::vector<text_piece> to_delta() const;

    /// Inserts UTF-8 with the attributes that hold at `index`. Throws std::invalid_argument for what is none.
    void insert(std::uint32_t index, std::string_view utf8);

    /// Inserts with these attributes and no others.
    void insert(std::uint32_t index, std::string_view utf8, any_object const& attributes);

    /// Inserts one value that is not text, for example a picture.
    void insert_embed(std::uint32_t index, any_value const& embed, any_object const& attributes = {});

    void erase(std::uint32_t index, std::uint32_t count);

    /// Sets attributes; a value of null takes one away. What reaches beyond the end is filled with line
    /// feeds.
    void format(std::uint32_t index, std::uint32_t count, any_object const& attributes);

    /// Does what a delta says, in one transaction; for example what another text's event told. What would be
    /// retained behind the end is filled with line feeds, as by format(); what would be erased there is not.
    /// Throws std::invalid_argument, with nothing done, when something inserted is no string in UTF-8, no
    /// value that JSON can hold, or more than one.
    void apply_delta(std::span<delta_step const> delta);

    static constexpr type_kind default_kind = type_kind::text;
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/text.ipp>
#endif
