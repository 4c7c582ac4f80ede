#pragma once

#include <unisono/crdt/yjs/shared_type.hpp>
#include <unisono/crdt/yjs/value.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace unisono::inline v0::yjs {

/// Shared values by key. When several clients set the same key at the same time, one of their values wins,
/// the same one on all replicas.
class map : public shared_type {
public:
    static bool is_kind(type_kind kind) noexcept {
        return kind == type_kind::map || kind == type_kind::xml_hook;
    }
    static constexpr type_kind default_kind = type_kind::map;

    using shared_type::shared_type;
    explicit map(shared_type type) noexcept : shared_type(type) {}

    /// Nothing when the key has no value.
    std::optional<value> get(std::string_view key) const;
    bool contains(std::string_view key) const noexcept;

    /// The keys that have a value, in the order in which this replica first heard of them: other replicas
    /// may have another.
    std::vector<std::string> keys() const;

    /// Throws std::invalid_argument when the key is no UTF-8.
    void set(std::string_view key, any_value const& value);

    /// Sets an empty type and returns it: `m.set_type<yjs::text>("title")`.
    template <class Type>
    Type set_type(std::string_view key) {
        return Type{set_nested(key, Type::default_kind, {})};
    }

    void set_subdocument(std::string_view key, subdocument const& document);

    /// Does nothing for a key without a value.
    void erase(std::string_view key);

private:
    shared_type set_nested(std::string_view key, type_kind kind, std::string_view name);
};

} // namespace unisono::inline v0::yjs

#include <unisono/core/config.hpp>
#if defined(UNISONO_HEADER_ONLY)
#include <unisono/crdt/yjs/impl/map.ipp>
#endif
