#pragma once

#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs {

/// A shared sequence of values and types. Positions beyond the end throw std::out_of_range.
class array : public shared_type {
public:
    static bool is_kind(type_kind kind) noexcept { return kind == type_kind::array; }

    using shared_type::shared_type;
    explicit array(shared_type type) noexcept : shared_type(type) {}

    std::uint32_t length() const noexcept { return visible_length(); }

    value get(std::uint32_t index) const;
    std::vector<value> to_vector() const;

    /// Inserts values. undefined and bigint are legal here, but Yjs itself refuses to insert them.
    void insert(std::uint32_t index, std::span<any_value const> values);
    void insert(std::uint32_t index, std::initializer_list<any_value> values) {
        insert(index, std::span{values.begin(), values.size()});
    }

    /// Appends values.
    void push(std::span<any_value const> values);
    void push(std::initializer_list<any_value> values) { push(std::span{values.begin(), values.size()}); }

    /// Inserts an empty type and returns it: `a.insert_type<yjs::map>(0)`.
    template <class Type>
    Type insert_type(std::uint32_t index) {
        return Type{insert_nested(index, Type::default_kind, {})};
    }

    void insert_subdocument(std::uint32_t index, subdocument const& document);

    void erase(std::uint32_t index, std::uint32_t count);

    static constexpr type_kind default_kind = type_kind::array;

private:
    shared_type insert_nested(std::uint32_t index, type_kind kind, std::string_view name);
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/array.ipp>
#endif
